import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { sizeText } from './_text.js'
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

interface ResizeOptions {
  /** `[height, width]`, or the length of the shorter side. */
  size: number | readonly number[]
  /** Default `bilinear`. */
  interpolation: InterpolationMode
  /** The longest that the longer side may become, with one `size`. */
  max_size: number | null
  /** Average over the pixels that fall together when a tensor shrinks. Default true; images always do. */
  antialias: boolean | null
}

const parameters = signature<ResizeOptions>(
  'Resize',
  'size',
  ['interpolation', 'bilinear'],
  ['max_size', null],
  ['antialias', true],
)

export interface Resize {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Scales an Image or a Tensor (…, H, W).
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Resize.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class Resize extends Module {
  readonly size: number | readonly number[]
  readonly interpolation: InterpolationMode
  readonly max_size: number | null
  readonly antialias: boolean | null

  constructor(
    ...args: Args<
      [size: number | readonly number[]],
      [interpolation: InterpolationMode, max_size: number | null, antialias: boolean | null],
      ResizeOptions
    >
  ) {
    super()
    const { size, interpolation, max_size, antialias } = parameters(args)
    this.size = F.checkedSize(size)
    this.interpolation = interpolationMode(interpolation)
    this.max_size = max_size
    this.antialias = antialias
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return F.resize(img, this.size, this.interpolation, this.max_size, this.antialias)
  }

  override toString(): string {
    const { size, interpolation, max_size, antialias } = this
    const flag = antialias === null ? 'None' : antialias ? 'True' : 'False'
    const detail = `size=${sizeText(size)}, interpolation=${interpolation}, max_size=${max_size ?? 'None'}, antialias=${flag}`
    return `${this.constructor.name}(${detail})`
  }
}
