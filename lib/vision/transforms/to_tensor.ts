import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import * as F from './functional.js'
import { Transform } from './transform.js'

export interface ToTensor {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (pic: Image): Tensor
}

/**
 * Image → Tensor (C, H, W) of the default float dtype; pixels of 8 bits become 0 to 1, others keep their numbers.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ToTensor.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class ToTensor extends Transform {
  forward(pic: Image): Tensor {
    return F.to_tensor(pic)
  }
}
