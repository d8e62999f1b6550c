import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { sizeOf } from './_geometry_arguments.js'
import { tupleText } from './_text.js'
import * as F from './functional.js'

export interface FiveCrop {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): [T, T, T, T, T]
}

/**
 * The four corners and the middle of an Image or a Tensor (…, H, W), see `functional.five_crop`.
 * `size` is `[height, width]`, or one number for both.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.FiveCrop.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class FiveCrop extends Module {
  readonly size: readonly [height: number, width: number]

  constructor(size: number | readonly number[]) {
    super()
    this.size = sizeOf(size)
  }

  override forward<T extends Image | Tensor>(img: T): [T, T, T, T, T] {
    return F.five_crop(img, this.size)
  }

  override toString(): string {
    return `${this.constructor.name}(size=${tupleText(this.size)})`
  }
}
