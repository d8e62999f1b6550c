import { zeros_like } from '../../../_generated/torch.js'
import type { Index } from '../../../_indexing.js'
import { slice } from '../../../slice.js'
import type { Tensor } from '../../../tensor.js'

/** `default_mask` where `kept`, indices or a mask of the channels along `dim`, and zeros elsewhere. */
export function maskOfChannels(t: Tensor, dim: number, kept: Tensor, default_mask: Tensor): Tensor {
  const mask = zeros_like(t)
  const indices = t.shape.map((): Index => slice(null))
  indices[dim < 0 ? dim + indices.length : dim] = kept
  mask.setAt(indices, 1)
  return mask.mul_(default_mask.to(mask.dtype))
}
