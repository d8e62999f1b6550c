import { type Args, signature } from '../../../_C/args.js'
import { rand } from '../../../_generated/torch.js'
import type { Tensor } from '../../../tensor.js'
import { channelCount, checkAmount, countToPrune } from './_amount.js'
import { maskOfChannels } from './_channels.js'
import { BasePruningMethod } from './base_pruning_method.js'

interface RandomStructuredOptions {
  amount: number
  /** The dimension of the channels. Default -1. */
  dim: number
}

const bind = signature<RandomStructuredOptions>('RandomStructured', 'amount', ['dim', -1])

/**
 * Prunes whole channels drawn at random: `amount` of them, or that share when it is not whole.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.prune.RandomStructured.html
 */
export class RandomStructured extends BasePruningMethod {
  override readonly PRUNING_TYPE = 'structured'
  amount: number
  dim: number

  constructor(...args: Args<[amount: number], [dim: number], RandomStructuredOptions>) {
    super()
    const { amount, dim } = bind(args)
    checkAmount(amount)
    this.amount = amount
    this.dim = dim
  }

  compute_mask(t: Tensor, default_mask: Tensor): Tensor {
    const channels = channelCount(t, this.dim)
    const count = countToPrune(this.amount, channels)
    if (count === 0) return default_mask
    const drawn = rand([channels])
    const { values: threshold } = drawn.kthvalue(count)
    return maskOfChannels(t, this.dim, drawn.gt(threshold), default_mask)
  }
}
