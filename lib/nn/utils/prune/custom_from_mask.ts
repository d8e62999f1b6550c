import { type Args, signature } from '../../../_C/args.js'
import { assertionError } from '../../../_C/raise.js'
import { sizeText } from '../../../size.js'
import type { Tensor } from '../../../tensor.js'
import { BasePruningMethod } from './base_pruning_method.js'

const bind = signature<{ mask: Tensor }>('CustomFromMask', 'mask')

/**
 * Prunes where a given mask is 0.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.CustomFromMask.html
 */
export class CustomFromMask extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'global'
  mask: Tensor

  constructor(...args: Args<[mask: Tensor], [], { mask: Tensor }>) {
    super()
    this.mask = bind(args).mask
  }

  compute_mask(_t: Tensor, default_mask: Tensor): Tensor {
    const [given, own] = [this.mask.shape, default_mask.shape]
    if (given.length !== own.length || given.some((size, i) => size !== own[i]))
      throw assertionError(`default_mask shape ${sizeText(own)} must match self.mask shape ${sizeText(given)}`)
    return default_mask.mul(this.mask.to(default_mask.dtype))
  }
}
