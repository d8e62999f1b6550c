import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { checkedSize } from '../functional.js'
import { Transform } from './_transform.js'
import { type NewSize, type ResizeMode, resize } from './functional/_geometry.js'

interface ResizeOptions {
  /** `[height, width]`, or the length of the shorter side; null where `max_size` is that of the longer one. */
  size: NewSize
  /** Default `bilinear`; masks take the nearest pixels. */
  interpolation: ResizeMode
  /** The longest that the longer side may become, with one `size`. */
  max_size: number | null
  /** Average over the pixels that fall together when a tensor shrinks. Default true; pictures always do. */
  antialias: boolean | null
}

const parameters = signature<ResizeOptions>(
  'Resize',
  'size',
  ['interpolation', 'bilinear'],
  ['max_size', null],
  ['antialias', true],
)

/**
 * Scales a sample: images, videos, masks, boxes and points together. See `functional.resize`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Resize.html
 */
export class Resize extends Transform {
  readonly size: readonly number[] | null
  readonly interpolation: ResizeMode
  readonly max_size: number | null
  readonly antialias: boolean | null

  constructor(
    ...args: Args<
      [size: NewSize],
      [interpolation: ResizeMode, max_size: number | null, antialias: boolean | null],
      ResizeOptions
    >
  ) {
    super()
    const { size, interpolation, max_size, antialias } = parameters(args)
    if (size === null && !Number.isInteger(max_size))
      throw new ValueError(`max_size must be an integer when size is None, but got ${max_size} instead.`)
    const sides = size === null ? null : checkedSize(size)
    this.size = typeof sides === 'number' ? [sides] : sides
    this.interpolation = interpolation
    this.max_size = max_size
    this.antialias = antialias
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(resize, inpt, this.size, this.interpolation, this.max_size, this.antialias)
  }
}
