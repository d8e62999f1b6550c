import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import type { TensorOrNumber } from '../_common.js'
import { times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `ConstantLR`. */
export interface ConstantLROptions {
  /** Between 0 and 1. */
  factor: number
  /** How long. */
  total_iters: number
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type ConstantLRKeywords = ConstantLROptions & { optimizer: AnyOptimizer }

const constantLROptions = signature<ConstantLRKeywords>(
  'ConstantLR',
  'optimizer',
  ['factor', 1 / 3],
  ['total_iters', 5],
  ['last_epoch', -1],
)

/**
 * Multiplies the learning rate by `factor` for the first `total_iters` steps.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ConstantLR.html
 */
export class ConstantLR extends LRScheduler {
  declare factor: number
  declare total_iters: number

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer],
      [factor: number, total_iters: number, last_epoch: number],
      ConstantLRKeywords
    >
  ) {
    const { optimizer, last_epoch, ...own } = constantLROptions(args)
    if (own.factor > 1 || own.factor < 0)
      throw valueError('Constant multiplicative factor expected to be between 0 and 1.')
    super(optimizer, last_epoch, own)
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    if (this.last_epoch === 0) return this._rates().map(lr => times(lr, this.factor))
    if (this.last_epoch !== this.total_iters) return this._rates()
    return this._rates().map(lr => times(lr, 1 / this.factor))
  }

  override _get_closed_form_lr(): TensorOrNumber[] {
    const factor = this.factor + (this.last_epoch >= this.total_iters ? 1 - this.factor : 0)
    return this.base_lrs.map(lr => times(lr, factor))
  }
}
