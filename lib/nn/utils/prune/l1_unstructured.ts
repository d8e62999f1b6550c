import { type Args, signature } from '../../../_C/args.js'
import { contiguous_format } from '../../../memory_format.js'
import type { Tensor } from '../../../tensor.js'
import { checkAmount, countToPrune } from './_amount.js'
import { BasePruningMethod } from './base_pruning_method.js'

const bind = signature<{ amount: number }>('L1Unstructured', 'amount')

/**
 * Prunes the elements next to zero: `amount` of them, or that share of all when it is not whole.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.L1Unstructured.html
 */
export class L1Unstructured extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'unstructured'
  amount: number

  constructor(...args: Args<[amount: number], [], { amount: number }>) {
    super()
    const { amount } = bind(args)
    checkAmount(amount)
    this.amount = amount
  }

  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const count = countToPrune(this.amount, t.numel())
    const mask = default_mask.clone({ memory_format: contiguous_format })
    if (count === 0) return mask
    const { indices } = t.abs().view(-1).topk(count, { largest: false })
    mask.view(-1).setAt([indices], 0)
    return mask
  }
}
