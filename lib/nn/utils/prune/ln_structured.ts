import { type Args, signature } from '../../../_C/args.js'
import { norm } from '../../../functional/norm.js'
import type { Tensor } from '../../../tensor.js'
import { channelCount, checkAmount, countToPrune } from './_amount.js'
import { maskOfChannels } from './_channels.js'
import { BasePruningMethod } from './base_pruning_method.js'

/** The order of a norm, as `torch.norm` takes it. */
export type NormOrder = number | 'fro' | 'nuc'

interface LnStructuredOptions {
  amount: number
  n: NormOrder
  /** The dimension of the channels. Default -1. */
  dim: number
}

const bind = signature<LnStructuredOptions>('LnStructured', 'amount', 'n', ['dim', -1])

/**
 * Prunes the channels of the smallest Ln-norm: `amount` of them, or that share when it is not whole.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.LnStructured.html
 */
export class LnStructured extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'structured'
  amount: number
  n: NormOrder
  dim: number

  constructor(...args: Args<[amount: number, n: NormOrder], [dim: number], LnStructuredOptions>) {
    super()
    const { amount, n, dim } = bind(args)
    checkAmount(amount)
    this.amount = amount
    this.n = n
    this.dim = dim
  }

  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const channels = channelCount(t, this.dim)
    const count = countToPrune(this.amount, channels)
    const own = this.dim < 0 ? this.dim + t.dim() : this.dim
    const others = t.shape.map((_, d) => d).filter(d => d !== own)
    const { indices } = norm(t, this.n, others).topk(channels - count)
    return count === 0 ? default_mask : maskOfChannels(t, this.dim, indices, default_mask)
  }
}
