import { type Args, signature } from '../../../_C/args.js'
import { rand_like } from '../../../_generated/torch.js'
import { contiguous_format } from '../../../memory_format.js'
import type { Tensor } from '../../../tensor.js'
import { checkAmount, countToPrune } from './_amount.js'
import { BasePruningMethod } from './base_pruning_method.js'

const bind = signature<{ amount: number }>('RandomUnstructured', 'amount')

/**
 * Prunes elements drawn at random: `amount` of them, or that share of all when it is not whole.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.RandomUnstructured.html
 */
export class RandomUnstructured extends BasePruningMethod {
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
    const { indices } = rand_like(t).view(-1).topk(count)
    mask.view(-1).setAt([indices], 0)
    return mask
  }
}
