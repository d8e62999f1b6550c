import { type Args, signature } from '../../_C/args.js'
import { clibPow } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `StepLR`. */
export interface StepLROptions {
  /** How many steps a learning rate lasts. */
  step_size: number
  /** What it is multiplied by. */
  gamma: number
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type StepLRKeywords = StepLROptions & { optimizer: AnyOptimizer }

const stepLROptions = signature<StepLRKeywords>('StepLR', 'optimizer', 'step_size', ['gamma', 0.1], ['last_epoch', -1])

/**
 * Multiplies the learning rate by `gamma` every `step_size` steps.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.StepLR.html
 */
export class StepLR extends LRScheduler {
  declare step_size: number
  declare gamma: number

  constructor(
    ...args: Args<[optimizer: AnyOptimizer, step_size: number], [gamma: number, last_epoch: number], StepLRKeywords>
  ) {
    const { optimizer, last_epoch, ...own } = stepLROptions(args)
    super(optimizer, last_epoch, own)
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    if (this.last_epoch === 0 || this.last_epoch % this.step_size !== 0) return this._rates()
    return this._rates().map(lr => times(lr, this.gamma))
  }

  override _get_closed_form_lr(): TensorOrNumber[] {
    const factor = clibPow(this.gamma, Math.floor(this.last_epoch / this.step_size))
    return this.base_lrs.map(lr => times(lr, factor))
  }
}
