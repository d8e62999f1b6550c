import type { Tensor } from '../../../tensor.js'
import { BasePruningMethod } from './base_pruning_method.js'

/**
 * Prunes nothing: a mask of ones.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.Identity.html
 */
export class Identity extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'unstructured'

  compute_mask(_t: Tensor, default_mask: Tensor): Tensor {
    return default_mask
  }
}
