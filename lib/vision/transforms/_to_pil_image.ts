import { typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { type dtype, float32, int16, int32, uint8 } from '../../dtype.js'
import { Tensor } from '../../tensor.js'
import type { Mode } from '../_image/modes.js'
import { tensorPixels } from '../_image/tensor.js'
import { Image } from '../image.js'

/** The mode of a one-channel picture, by dtype. */
const greyModes: ReadonlyMap<dtype, Mode> = new Map<dtype, Mode>([
  [uint8, 'L'],
  [int16, 'I;16'],
  [int32, 'I'],
  [float32, 'F'],
])

const colourModes: Record<number, Mode> = { 2: 'LA', 3: 'RGB', 4: 'RGBA' }

/**
 * Tensor (C, H, W) or (H, W) → Image, in memory of its own. Floats are multiplied by 255 and cut to whole numbers,
 * unless
 * the mode is `F`.
 *
 * @throws {ValueError} for another number of dimensions or channels, or a mode that does not fit them
 */
export function to_pil_image(pic: Tensor, mode: Mode | null = null): Image {
  if (!(pic instanceof Tensor)) throw new TypeError(`pic should be Tensor. Got ${typeName(pic)}`)
  const dims = pic.dim()
  if (dims !== 2 && dims !== 3) throw new ValueError(`pic should be 2/3 dimensional. Got ${dims} dimensions.`)
  let hwc = (dims === 2 ? pic.unsqueeze(2) : pic.permute(1, 2, 0)).detach().cpu()
  const channels = hwc.size(2)
  if (channels < 1 || channels > 4) throw new ValueError(`pic should have 1 to 4 channels. Got ${channels} channels.`)
  if (hwc.is_floating_point() && mode !== 'F') hwc = hwc.mul(255).to(uint8)
  const fitting = channels === 1 ? greyModes.get(hwc.dtype) : hwc.dtype === uint8 ? colourModes[channels] : undefined
  if (!fitting) throw new TypeError(`Input type ${hwc.dtype.name} with ${channels} channels is not supported`)
  if (mode !== null && mode !== fitting)
    throw new ValueError(`Incorrect mode (${mode}) supplied for input type ${hwc.dtype.name}. Should be ${fitting}`)
  return Image.frombytes(fitting, [hwc.size(1), hwc.size(0)], tensorPixels(hwc))
}
