import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import * as F from './functional.js'
import { Transform } from './transform.js'

export interface PILToTensor {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (pic: Image): Tensor
}

/**
 * Image → Tensor (C, H, W) of the image's own kind, unscaled: uint8 for most.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.PILToTensor.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class PILToTensor extends Transform {
  forward(pic: Image): Tensor {
    return F.pil_to_tensor(pic)
  }
}
