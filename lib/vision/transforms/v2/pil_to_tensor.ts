import type { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'
import { pil_to_tensor } from './functional/_type_conversion.js'

export interface PILToTensor {
  (picture: Picture): Tensor
  (...samples: unknown[]): unknown
}

/**
 * Pictures to tensors (C, H, W) of their own dtype, unscaled.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.PILToTensor.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call, see `Module`.
export class PILToTensor extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [Picture]

  override transform(inpt: unknown): unknown {
    return pil_to_tensor(inpt as Picture)
  }
}
