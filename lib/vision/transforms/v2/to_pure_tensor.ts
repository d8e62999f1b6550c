import { Tensor } from '../../../tensor.js'
import { TVTensor } from '../../tv_tensors/index.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'

export interface ToPureTensor {
  (tensor: TVTensor): Tensor
  (...samples: unknown[]): unknown
}

/**
 * tv_tensors to plain tensors.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ToPureTensor.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call, see `Module`.
export class ToPureTensor extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [TVTensor]

  override transform(inpt: unknown): unknown {
    return (inpt as TVTensor).as_subclass(Tensor)
  }
}
