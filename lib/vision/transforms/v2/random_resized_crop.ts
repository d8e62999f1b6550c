import { type Args, signature } from '../../../_C/args.js'
import { sizeOf } from '../_geometry_arguments.js'
import { checkPartRanges, RandomResizedCrop as First, randomPart } from '../random_resized_crop.js'
import { floatTuple, tuple } from './_text.js'
import { Transform } from './_transform.js'
import { query_size } from './_utils.js'
import { type ResizeMode, resized_crop } from './functional/_geometry.js'

type Range = readonly [least: number, most: number]

interface RandomResizedCropOptions {
  size: number | readonly number[]
  /** Shares of the area. Default 0.08 to 1. */
  scale: Range
  /** Width by height. Default 3/4 to 4/3. */
  ratio: Range
  /** Default `bilinear`; masks take the nearest pixels. */
  interpolation: ResizeMode
  /** Average over the pixels that fall together when a tensor shrinks. Default true; pictures always do. */
  antialias: boolean | null
}

const parameters = signature<RandomResizedCropOptions>(
  'RandomResizedCrop',
  'size',
  ['scale', [0.08, 1]],
  ['ratio', [3 / 4, 4 / 3]],
  ['interpolation', 'bilinear'],
  ['antialias', true],
)

interface Part {
  top: number
  left: number
  height: number
  width: number
}

/**
 * A random part of a sample scaled to `size`, `[height, width]` or one number for both. Draws as the first
 * `transforms.RandomResizedCrop` does.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomResizedCrop.html
 */
export class RandomResizedCrop extends Transform<Part> {
  static override readonly _texts = { size: tuple, scale: floatTuple, ratio: floatTuple }
  static readonly get_params = First.get_params

  readonly size: readonly [height: number, width: number]
  readonly scale: Range
  readonly ratio: Range
  readonly interpolation: ResizeMode
  readonly antialias: boolean | null

  constructor(
    ...args: Args<
      [size: number | readonly number[]],
      [scale: Range, ratio: Range, interpolation: ResizeMode, antialias: boolean | null],
      RandomResizedCropOptions
    >
  ) {
    super()
    const { size, scale, ratio, interpolation, antialias } = parameters(args)
    this.size = sizeOf(size)
    checkPartRanges(scale, ratio)
    this.scale = scale
    this.ratio = ratio
    this.interpolation = interpolation
    this.antialias = antialias
  }

  override make_params(flat_inputs: readonly unknown[]): Part {
    const [top, left, height, width] = randomPart(query_size(flat_inputs), this.scale, this.ratio)
    return { top, left, height, width }
  }

  override transform(inpt: unknown, { top, left, height, width }: Part): unknown {
    const { size, interpolation, antialias } = this
    return this._call_kernel(resized_crop, inpt, top, left, height, width, size, interpolation, antialias)
  }
}
