import { type Args, signature } from '../../_C/args.js'
import { clibPow } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `ExponentialLR`. */
export interface ExponentialLROptions {
  /** What it is multiplied by. */
  gamma: number
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type ExponentialLRKeywords = ExponentialLROptions & { optimizer: AnyOptimizer }

const exponentialLROptions = signature<ExponentialLRKeywords>('ExponentialLR', 'optimizer', 'gamma', ['last_epoch', -1])

/**
 * Multiplies the learning rate by `gamma` at every step.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ExponentialLR.html
 */
export class ExponentialLR extends LRScheduler {
  declare gamma: number

  constructor(...args: Args<[optimizer: AnyOptimizer, gamma: number], [last_epoch: number], ExponentialLRKeywords>) {
    const { optimizer, last_epoch, ...own } = exponentialLROptions(args)
    super(optimizer, last_epoch, own)
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    if (this._is_initial) return this._rates()
    return this._rates().map(lr => times(lr, this.gamma))
  }

  override _get_closed_form_lr(): TensorOrNumber[] {
    const factor = clibPow(this.gamma, this.last_epoch)
    return this.base_lrs.map(lr => times(lr, factor))
  }
}
