import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import type { TensorOrNumber } from '../_common.js'
import { times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `LinearLR`. */
export interface LinearLROptions {
  /** Above 0, at most 1. */
  start_factor: number
  /** Between 0 and 1. */
  end_factor: number
  /** How many steps the change takes. */
  total_iters: number
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type LinearLRKeywords = LinearLROptions & { optimizer: AnyOptimizer }

const linearLROptions = signature<LinearLRKeywords>(
  'LinearLR',
  'optimizer',
  ['start_factor', 1 / 3],
  ['end_factor', 1],
  ['total_iters', 5],
  ['last_epoch', -1],
)

/**
 * Multiplies the learning rate by a factor that goes from `start_factor` to `end_factor` in `total_iters` steps.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LinearLR.html
 */
export class LinearLR extends LRScheduler {
  declare start_factor: number
  declare end_factor: number
  declare total_iters: number

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer],
      [start_factor: number, end_factor: number, total_iters: number, last_epoch: number],
      LinearLRKeywords
    >
  ) {
    const { optimizer, last_epoch, ...own } = linearLROptions(args)
    if (own.start_factor > 1 || own.start_factor <= 0)
      throw valueError('Starting multiplicative factor expected to be greater than 0 and less or equal to 1.')
    if (own.end_factor > 1 || own.end_factor < 0)
      throw valueError('Ending multiplicative factor expected to be between 0 and 1.')
    super(optimizer, last_epoch, own)
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    if (this.last_epoch === 0) return this._rates().map(lr => times(lr, this.start_factor))
    if (this._is_initial || this.last_epoch > this.total_iters) return this._rates()
    const change = this.end_factor - this.start_factor
    const factor = 1 + change / (this.total_iters * this.start_factor + (this.last_epoch - 1) * change)
    return this._rates().map(lr => times(lr, factor))
  }

  override _get_closed_form_lr(): TensorOrNumber[] {
    const { start_factor, end_factor, total_iters } = this
    const passed = Math.min(total_iters, this.last_epoch)
    const factor = start_factor + ((end_factor - start_factor) * passed) / total_iters
    return this.base_lrs.map(lr => times(lr, factor))
  }
}
