import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { tupleText } from './_text.js'
import * as F from './functional.js'

export interface CenterCrop {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * The middle of an Image or a Tensor (…, H, W), with zeros around where it is smaller. `size` is `[height, width]`,
 * or one
 * number for both. https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.CenterCrop.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class CenterCrop extends Module {
  readonly size: readonly [height: number, width: number]

  constructor(size: number | readonly number[]) {
    super()
    this.size = F.heightAndWidth(size)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return F.center_crop(img, this.size)
  }

  override toString(): string {
    return `${this.constructor.name}(size=${tupleText(this.size)})`
  }
}
