import { type Args, signature } from '../../_C/args.js'
import { clibCos } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { minus, over, plus, times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `CosineAnnealingLR`. */
export interface CosineAnnealingLROptions {
  /** Half of the period, in steps. */
  T_max: number
  /** The least learning rate. */
  eta_min: number
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type CosineAnnealingLRKeywords = CosineAnnealingLROptions & { optimizer: AnyOptimizer }

const cosineAnnealingLROptions = signature<CosineAnnealingLRKeywords>(
  'CosineAnnealingLR',
  'optimizer',
  'T_max',
  ['eta_min', 0],
  ['last_epoch', -1],
)

/**
 * Moves the learning rate along a cosine: to `eta_min` in `T_max` steps, and back in as many.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingLR.html
 */
export class CosineAnnealingLR extends LRScheduler {
  declare T_max: number
  declare eta_min: number

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer, T_max: number],
      [eta_min: number, last_epoch: number],
      CosineAnnealingLRKeywords
    >
  ) {
    const { optimizer, last_epoch, ...own } = cosineAnnealingLROptions(args)
    super(optimizer, last_epoch, own)
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    const { T_max, eta_min, last_epoch } = this
    if (this._is_initial) return this._rates()
    if (this._step_count === 1 && last_epoch > 0) return this._along((last_epoch * Math.PI) / T_max)
    if ((last_epoch - 1 - T_max) % (2 * T_max) === 0) {
      const rise = 1 - clibCos(Math.PI / T_max)
      return this._rates().map((lr, i) => plus(lr, over(times(minus(this.base_lrs[i]!, eta_min), rise), 2)))
    }
    const now = 1 + clibCos((Math.PI * last_epoch) / T_max)
    const before = 1 + clibCos((Math.PI * (last_epoch - 1)) / T_max)
    return this._rates().map(lr => plus(times(now / before, minus(lr, eta_min)), eta_min))
  }

  override _get_closed_form_lr(): TensorOrNumber[] {
    return this._along((Math.PI * this.last_epoch) / this.T_max)
  }

  private _along(angle: number): TensorOrNumber[] {
    const height = 1 + clibCos(angle)
    return this.base_lrs.map(lr => plus(this.eta_min, over(times(minus(lr, this.eta_min), height), 2)))
  }
}
