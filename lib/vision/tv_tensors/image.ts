import { ValueError } from '../../_C/errors.js'
import type { Tensor } from '../../tensor.js'
import { dataTensor, TVTensor, type TVTensorArgs } from './tv_tensor.js'

/**
 * An image, or a batch of them: (…, C, H, W). Of two dimensions it gets a channel.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.tv_tensors.Image.html
 */
export class Image extends TVTensor {
  constructor(...args: TVTensorArgs) {
    super(withChannels(dataTensor(args)))
  }

  override toString(): string {
    return this._reprWith('')
  }
}

function withChannels(tensor: Tensor): Tensor {
  const dims = tensor.dim()
  if (dims < 2) throw new ValueError(`Tensor must be 2D or higher, got ${dims}D tensor.`)
  return dims === 2 ? tensor.unsqueeze(0) : tensor
}
