import { fileURLToPath } from 'node:url'
import { ValueError } from '../../_C/errors.js'
import { withModes } from '../../_C/modes.js'
import { uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Mode } from '../_image/modes.js'
import { tensorPixels } from '../_image/tensor.js'
import { Image } from '../image.js'
import { type MakeGridOptions, make_grid } from './make_grid.js'

/** Keywords of `save_image`: those of `make_grid` and the format. */
export interface SaveImageOptions extends Partial<MakeGridOptions> {
  /** `png`, `jpeg`, …; default by the file name's extension. */
  format?: string | null
}

/**
 * Writes a tensor of values 0 to 1 as a picture, a batch or list as a grid of pictures.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.utils.save_image.html
 */
export async function save_image(
  tensor: Tensor | readonly Tensor[],
  fp: string | URL,
  options: SaveImageOptions = {},
): Promise<void> {
  const { format = null, ...gridOptions } = options
  const path = fp instanceof URL ? fileURLToPath(fp) : fp
  await gridImage(make_grid(tensor, gridOptions)).save(path, { format })
}

const modes: Record<number, Mode> = { 1: 'L', 2: 'LA', 3: 'RGB', 4: 'RGBA' }

/** The picture of a grid (C, H, W); values round to the nearest of 256. @internal */
export function gridImage(grid: Tensor): Image {
  return withModes({ grad: false }, () => {
    const hwc = grid.mul(255).add_(0.5).clamp_(0, 255).permute(1, 2, 0).to('cpu', uint8)
    const mode = modes[hwc.size(2)]
    if (!mode) throw new ValueError(`cannot make a picture of ${hwc.size(2)} channels`)
    return Image.frombytes(mode, [hwc.size(1), hwc.size(0)], tensorPixels(hwc))
  })
}
