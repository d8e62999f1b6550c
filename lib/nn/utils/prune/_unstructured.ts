import { type Args, signature } from '../../../_C/args.js'
import { contiguous_format } from '../../../memory_format.js'
import type { Tensor } from '../../../tensor.js'
import { checkAmount, countToPrune } from './_amount.js'
import { BasePruningMethod } from './base_pruning_method.js'

export type AmountArgs = Args<[amount: number], [], { amount: number }>

/** Reads the arguments of a method that takes an amount alone. */
export const amountSignature = (name: string) => signature<{ amount: number }>(name, 'amount')

/** The base of the methods that prune single elements. @internal */
export abstract class _Unstructured extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'unstructured'
  amount: number

  constructor({ amount }: { amount: number }) {
    super()
    checkAmount(amount)
    this.amount = amount
  }

  /** The places of the `count` elements that go, in the flattened `t`. */
  protected abstract _chosen(t: Tensor, count: number): Tensor

  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const count = countToPrune(this.amount, t.numel())
    const mask = default_mask.clone({ memory_format: contiguous_format })
    if (count > 0) mask.view(-1).setAt([this._chosen(t, count)], 0)
    return mask
  }
}
