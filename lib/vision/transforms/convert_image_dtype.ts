import type { dtype } from '../../dtype.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import * as F from './functional.js'

/**
 * A tensor image in another dtype, its values scaled to the range of that.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ConvertImageDtype.html
 */
export class ConvertImageDtype extends Module {
  readonly dtype: dtype

  constructor(dtype: dtype) {
    super()
    this.dtype = dtype
  }

  override forward(image: Tensor): Tensor {
    return F.convert_image_dtype(image, this.dtype)
  }
}
