import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import { clibCos } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { minus, over, plus, times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `CosineAnnealingWarmRestarts`. */
export interface CosineAnnealingWarmRestartsOptions {
  /** How many steps there are until the first restart. */
  T_0: number
  /** What that is multiplied by at every restart. */
  T_mult: number
  /** The least learning rate. */
  eta_min: number
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type CosineAnnealingWarmRestartsKeywords = CosineAnnealingWarmRestartsOptions & { optimizer: AnyOptimizer }

const cosineAnnealingWarmRestartsOptions = signature<CosineAnnealingWarmRestartsKeywords>(
  'CosineAnnealingWarmRestarts',
  'optimizer',
  'T_0',
  ['T_mult', 1],
  ['eta_min', 0],
  ['last_epoch', -1],
)

/**
 * Lowers the learning rate along a cosine, and begins anew from its first value again and again.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.html
 */
export class CosineAnnealingWarmRestarts extends LRScheduler {
  declare T_0: number
  /** How many steps there are between the last restart and the next. */
  declare T_i: number
  declare T_mult: number
  declare eta_min: number
  /** How many steps there were since the last restart. */
  declare T_cur: number

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer, T_0: number],
      [T_mult: number, eta_min: number, last_epoch: number],
      CosineAnnealingWarmRestartsKeywords
    >
  ) {
    const { optimizer, T_0, T_mult, eta_min, last_epoch } = cosineAnnealingWarmRestartsOptions(args)
    if (!Number.isInteger(T_0) || T_0 <= 0) throw valueError(`Expected positive integer T_0, but got ${T_0}`)
    if (!Number.isInteger(T_mult) || T_mult < 1) throw valueError(`Expected integer T_mult >= 1, but got ${T_mult}`)
    if (typeof eta_min !== 'number')
      throw valueError(`Expected float or int eta_min, but got ${String(eta_min)} of type ${typeof eta_min}`)
    super(optimizer, last_epoch, { T_0, T_i: T_0, T_mult, eta_min, T_cur: last_epoch })
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    const height = 1 + clibCos((Math.PI * this.T_cur) / this.T_i)
    return this.base_lrs.map(lr => plus(this.eta_min, over(times(minus(lr, this.eta_min), height), 2)))
  }

  /** @param epoch where to go, which may be between two steps: `epoch + i / iterations`. */
  override step(epoch: number | null = null): void {
    if (epoch === null && this.last_epoch >= 0) {
      this.T_cur++
      if (this.T_cur >= this.T_i) {
        this.T_cur %= this.T_i
        this.T_i *= this.T_mult
      }
      this.last_epoch++
    } else {
      const to = epoch ?? 0
      if (to < 0) throw valueError(`Expected non-negative epoch, but got ${to}`)
      this._goTo(to)
      this.last_epoch = Math.floor(to)
    }
    this._setRates(() => this.get_lr())
  }

  private _goTo(epoch: number): void {
    const { T_0, T_mult } = this
    if (epoch < T_0) {
      this.T_i = T_0
      this.T_cur = epoch
    } else if (T_mult === 1) this.T_cur = epoch % T_0
    else {
      const restarts = Math.trunc(Math.log((epoch / T_0) * (T_mult - 1) + 1) / Math.log(T_mult))
      this.T_cur = epoch - (T_0 * (T_mult ** restarts - 1)) / (T_mult - 1)
      this.T_i = T_0 * T_mult ** restarts
    }
  }
}
