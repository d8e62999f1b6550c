import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { sizeOf } from './_geometry_arguments.js'
import { boolText, tupleText } from './_text.js'
import * as F from './functional.js'

interface TenCropOptions {
  /** `[height, width]`, or one number for both. */
  size: number | readonly number[]
  /** Mirror upside down rather than left to right. Default false. */
  vertical_flip: boolean
}

const parameters = signature<TenCropOptions>('TenCrop', 'size', ['vertical_flip', false])

export interface TenCrop {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): [T, T, T, T, T, T, T, T, T, T]
}

/**
 * The four corners and the middle of an Image or a Tensor (…, H, W), then those of its mirror image, see
 * `functional.ten_crop`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.TenCrop.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class TenCrop extends Module {
  readonly size: readonly [height: number, width: number]
  readonly vertical_flip: boolean

  constructor(...args: Args<[size: number | readonly number[]], [vertical_flip: boolean], TenCropOptions>) {
    super()
    const { size, vertical_flip } = parameters(args)
    this.size = sizeOf(size)
    this.vertical_flip = vertical_flip
  }

  override forward<T extends Image | Tensor>(img: T): [T, T, T, T, T, T, T, T, T, T] {
    return F.ten_crop(img, this.size, this.vertical_flip)
  }

  override toString(): string {
    const detail = `size=${tupleText(this.size)}, vertical_flip=${boolText(this.vertical_flip)}`
    return `${this.constructor.name}(${detail})`
  }
}
