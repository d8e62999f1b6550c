import { type Args, signature, typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { withModes } from '../../_C/modes.js'
import { cat, stack } from '../../_generated/torch.js'
import { Tensor } from '../../tensor.js'

/** Keywords of `make_grid`. */
export interface MakeGridOptions {
  /** Images a row. Default 8. */
  nrow: number
  /** Pixels between images and around them. Default 2. */
  padding: number
  /** Scale the values to 0 to 1 by `value_range`. Default false. */
  normalize: boolean
  /** What becomes 0 and what becomes 1. Default: the smallest and the largest value. */
  value_range: readonly [low: number, high: number] | null
  /** Scale each image by its own smallest and largest value. Default false. */
  scale_each: boolean
  /** The value of the pixels between. Default 0. */
  pad_value: number
}

type Images = Tensor | readonly Tensor[]

const parameters = signature<MakeGridOptions & { tensor: Images }>(
  'make_grid',
  'tensor',
  ['nrow', 8],
  ['padding', 2],
  ['normalize', false],
  ['value_range', null],
  ['scale_each', false],
  ['pad_value', 0],
)

/**
 * Images side by side in one: a tensor (B, C, H, W) or a list of equal (C, H, W) → (C or 3, height, width). One grey
 * channel becomes three.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.utils.make_grid.html
 */
export function make_grid(
  ...args: Args<
    [tensor: Images],
    [
      nrow: number,
      padding: number,
      normalize: boolean,
      value_range: readonly [low: number, high: number] | null,
      scale_each: boolean,
      pad_value: number,
    ],
    MakeGridOptions & { tensor: Images }
  >
): Tensor {
  const { tensor, ...options } = parameters(args)
  return withModes({ grad: false }, () => grid(batchOf(tensor), options))
}

/** The images as one tensor (B, C, H, W) of three channels where they had one. */
function batchOf(images: Images): Tensor {
  if (Array.isArray(images)) {
    const stranger = images.find(image => !(image instanceof Tensor))
    if (stranger !== undefined)
      throw new TypeError(`tensor or list of tensors expected, got a list containing ${typeName(stranger)}`)
  } else if (!(images instanceof Tensor)) {
    throw new TypeError(`tensor or list of tensors expected, got ${typeName(images)}`)
  }
  let batch = images instanceof Tensor ? images : stack(images as Tensor[], 0)
  if (batch.dim() === 2) batch = batch.unsqueeze(0)
  if (batch.dim() === 3) {
    if (batch.size(0) === 1) batch = cat([batch, batch, batch], 0)
    batch = batch.unsqueeze(0)
  }
  if (batch.dim() === 4 && batch.size(1) === 1) batch = cat([batch, batch, batch], 1)
  return batch
}

function grid(batch: Tensor, options: MakeGridOptions): Tensor {
  const { nrow, padding, normalize, value_range, scale_each, pad_value } = options
  let images = batch
  if (normalize) {
    if (value_range !== null && !(Array.isArray(value_range) && value_range.length === 2))
      throw new TypeError('value_range has to be [min, max] if specified. min and max are numbers')
    images = images.clone()
    const parts = scale_each ? images.unbind(0) : [images]
    for (const part of parts) scaleToUnit(part, value_range)
  }
  const count = images.size(0)
  if (count === 1) return images.squeeze(0)
  if (!(nrow >= 1)) throw new ValueError(`nrow must be at least 1, got ${nrow}`)
  const columns = Math.min(nrow, count)
  const rows = Math.ceil(count / columns)
  const height = images.size(2) + padding
  const width = images.size(3) + padding
  const result = images.new_full([images.size(1), height * rows + padding, width * columns + padding], pad_value)
  for (let k = 0; k < count; k++) {
    const top = Math.floor(k / columns) * height + padding
    const left = (k % columns) * width + padding
    result
      .narrow(1, top, height - padding)
      .narrow(2, left, width - padding)
      .copy_(images.select(0, k))
  }
  return result
}

function scaleToUnit(image: Tensor, range: readonly [low: number, high: number] | null): void {
  const [low, high] = range ?? [image.min().item() as number, image.max().item() as number]
  image.clamp_(low, high)
  image.sub_(low).div_(Math.max(high - low, 1e-5))
}
