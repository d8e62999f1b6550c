import type { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import type * as tv_tensors from '../../tv_tensors/index.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'
import { to_image } from './functional/_type_conversion.js'
import { is_pure_tensor } from './functional/_utils.js'

export interface ToImage {
  (image: Picture | Tensor): tv_tensors.Image
  (...samples: unknown[]): unknown
}

/**
 * Pictures and plain tensors to `tv_tensors.Image`, unscaled.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToImage.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call, see `Module`.
export class ToImage extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [is_pure_tensor, Picture]

  override transform(inpt: unknown): unknown {
    return to_image(inpt as Tensor)
  }
}
