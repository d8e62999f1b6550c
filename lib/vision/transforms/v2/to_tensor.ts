import { warn } from '../../../_C/raise.js'
import type { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import { to_tensor } from '../functional.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'

export interface ToTensor {
  (picture: Picture): Tensor
  (...samples: unknown[]): unknown
}

/**
 * Pictures to tensors (C, H, W) of floats of 0 to 1; deprecated for `ToImage` and `ToDtype`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToTensor.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call, see `Module`.
export class ToTensor extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [Picture]

  constructor() {
    warn(
      'The transform `ToTensor()` is deprecated and will be removed in a future release. ' +
        'Instead, please use `v2.Compose([v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])`.' +
        'Output is equivalent up to float precision.',
    )
    super()
  }

  override transform(inpt: unknown): unknown {
    return to_tensor(inpt as Picture)
  }
}
