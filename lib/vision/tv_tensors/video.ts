import { ValueError } from '../../_C/errors.js'
import type { Tensor } from '../../tensor.js'
import { dataTensor, TVTensor, type TVTensorArgs } from './tv_tensor.js'

/**
 * A video, or a batch of them: (…, T, C, H, W).
 * https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.Video.html
 */
export class Video extends TVTensor {
  constructor(...args: TVTensorArgs) {
    super(checked(dataTensor(args)))
  }

  override toString(): string {
    return this._reprWith('')
  }
}

function checked(tensor: Tensor): Tensor {
  if (tensor.dim() < 4) throw new ValueError(`A video must be 4D or higher, got ${tensor.dim()}D tensor.`)
  return tensor
}
