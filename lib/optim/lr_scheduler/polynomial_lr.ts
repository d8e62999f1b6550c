import { type Args, signature } from '../../_C/args.js'
import { clibPow } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `PolynomialLR`. */
export interface PolynomialLROptions {
  /** How many steps it takes. */
  total_iters: number
  /** The power of what is left of them. */
  power: number
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type PolynomialLRKeywords = PolynomialLROptions & { optimizer: AnyOptimizer }

const polynomialLROptions = signature<PolynomialLRKeywords>(
  'PolynomialLR',
  'optimizer',
  ['total_iters', 5],
  ['power', 1],
  ['last_epoch', -1],
)

/**
 * Brings the learning rate to 0 in `total_iters` steps, along a polynomial.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.PolynomialLR.html
 */
export class PolynomialLR extends LRScheduler {
  declare total_iters: number
  declare power: number

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer],
      [total_iters: number, power: number, last_epoch: number],
      PolynomialLRKeywords
    >
  ) {
    const { optimizer, last_epoch, ...own } = polynomialLROptions(args)
    super(optimizer, last_epoch, own)
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    const { total_iters, last_epoch } = this
    if (this._is_initial || last_epoch > total_iters) return this._rates()
    const factor = clibPow((1 - last_epoch / total_iters) / (1 - (last_epoch - 1) / total_iters), this.power)
    return this._rates().map(lr => times(lr, factor))
  }

  override _get_closed_form_lr(): TensorOrNumber[] {
    const left = 1 - Math.min(this.total_iters, this.last_epoch) / this.total_iters
    const factor = clibPow(left, this.power)
    return this.base_lrs.map(lr => times(lr, factor))
  }
}
