import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import { clibPow } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { minus, plus, times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { forEachGroup, groupsOf, setValue } from './_groups.js'
import { beginMomentum, setMomentum, usesBeta1 } from './_momentum.js'
import { LRScheduler, type SchedulerStateDict } from './lr_scheduler.js'

/** Parameters of `CyclicLR`. */
export interface CyclicLROptions {
  /** The least learning rate, or one for each group. */
  base_lr: TensorOrNumber | readonly TensorOrNumber[]
  /** The greatest learning rate of the first cycle, or one for each group. */
  max_lr: TensorOrNumber | readonly TensorOrNumber[]
  /** How many steps a cycle rises. */
  step_size_up: number
  /** How many steps it falls; null is as many. */
  step_size_down: number | null
  /** `triangular`: all cycles are alike; `triangular2`: each is half of the last; `exp_range`: scaled by `gamma ** step`. */
  mode: 'triangular' | 'triangular2' | 'exp_range'
  gamma: number
  /** What scales a cycle, in place of `mode`. */
  scale_fn: ((x: number) => number) | null
  /** Whether `scale_fn` is given the number of the cycle, from 1, or of the step. */
  scale_mode: 'cycle' | 'iterations'
  /** Whether the momentum falls while the learning rate rises. */
  cycle_momentum: boolean
  /** The least momentum, or one for each group. */
  base_momentum: number | readonly number[]
  /** The greatest momentum, or one for each group. */
  max_momentum: number | readonly number[]
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type CyclicLRKeywords = CyclicLROptions & { optimizer: AnyOptimizer }

const cyclicLROptions = signature<CyclicLRKeywords>(
  'CyclicLR',
  'optimizer',
  'base_lr',
  'max_lr',
  ['step_size_up', 2000],
  ['step_size_down', null],
  ['mode', 'triangular'],
  ['gamma', 1],
  ['scale_fn', null],
  ['scale_mode', 'cycle'],
  ['cycle_momentum', true],
  ['base_momentum', 0.8],
  ['max_momentum', 0.9],
  ['last_epoch', -1],
)

type CyclicLROptional = [
  step_size_up: number,
  step_size_down: number | null,
  mode: 'triangular' | 'triangular2' | 'exp_range',
  gamma: number,
  scale_fn: ((x: number) => number) | null,
  scale_mode: 'cycle' | 'iterations',
  cycle_momentum: boolean,
  base_momentum: number | readonly number[],
  max_momentum: number | readonly number[],
  last_epoch: number,
]

/**
 * Moves the learning rate up and down between two bounds, and the momentum the other way.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.CyclicLR.html
 */
export class CyclicLR extends LRScheduler {
  declare max_lrs: TensorOrNumber[]
  declare total_size: number
  declare step_ratio: number
  declare mode: 'triangular' | 'triangular2' | 'exp_range'
  declare gamma: number
  declare scale_mode: 'cycle' | 'iterations'
  declare cycle_momentum: boolean
  declare use_beta1: boolean
  declare base_momentums: number[]
  declare max_momentums: number[]
  /** @internal */
  declare _scale_fn_custom: ((x: number) => number) | null

  constructor(
    ...args: Args<
      [
        optimizer: AnyOptimizer,
        base_lr: TensorOrNumber | readonly TensorOrNumber[],
        max_lr: TensorOrNumber | readonly TensorOrNumber[],
      ],
      CyclicLROptional,
      CyclicLRKeywords
    >
  ) {
    const given = cyclicLROptions(args)
    const { optimizer, step_size_up, scale_fn, mode, gamma, cycle_momentum, last_epoch } = given
    const base_lrs = forEachGroup('base_lr', optimizer, given.base_lr)
    if (last_epoch === -1) for (const [i, group] of groupsOf(optimizer).entries()) setValue(group, 'lr', base_lrs[i]!)
    const max_lrs = forEachGroup('max_lr', optimizer, given.max_lr)
    const total_size = step_size_up + (given.step_size_down ?? step_size_up)
    if (!scale_fn && !['triangular', 'triangular2', 'exp_range'].includes(mode))
      throw valueError('mode is invalid and scale_fn is None')
    const own: Record<string, unknown> = {
      max_lrs,
      total_size,
      step_ratio: step_size_up / total_size,
      mode,
      gamma,
      _scale_fn_custom: scale_fn,
      scale_mode: scale_fn ? given.scale_mode : mode === 'exp_range' ? 'iterations' : 'cycle',
      cycle_momentum,
    }
    if (cycle_momentum) {
      const use_beta1 = usesBeta1(optimizer)
      const base_momentums = forEachGroup('base_momentum', optimizer, given.base_momentum)
      const max_momentums = forEachGroup('max_momentum', optimizer, given.max_momentum)
      if (last_epoch === -1) beginMomentum(optimizer, use_beta1, base_momentums, max_momentums)
      Object.assign(own, { use_beta1, base_momentums, max_momentums })
    }
    super(optimizer, last_epoch, own)
    this.base_lrs = base_lrs
  }

  /** What a cycle's height is multiplied by. */
  scale_fn(x: number): number {
    if (this._scale_fn_custom) return this._scale_fn_custom(x)
    if (this.mode === 'triangular') return 1
    return this.mode === 'triangular2' ? 1 / 2 ** (x - 1) : clibPow(this.gamma, x)
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    const cycle = Math.floor(1 + this.last_epoch / this.total_size)
    const x = 1 + this.last_epoch / this.total_size - cycle
    const height = x <= this.step_ratio ? x / this.step_ratio : (x - 1) / (this.step_ratio - 1)
    const scale = () => this.scale_fn(this.scale_mode === 'cycle' ? cycle : this.last_epoch)
    const rates = this.base_lrs.map((lr, i) => plus(lr, times(times(minus(this.max_lrs[i]!, lr), height), scale())))
    if (this.cycle_momentum) {
      for (const [i, group] of groupsOf(this.optimizer).entries()) {
        const max = this.max_momentums[i]!
        setMomentum(group, this.use_beta1, max - (max - this.base_momentums[i]!) * height * scale())
      }
    }
    return rates
  }

  /** A `scale_fn` of one's own is not part of it. */
  override state_dict(): SchedulerStateDict {
    return { ...super.state_dict(), _scale_fn_custom: null }
  }

  override load_state_dict(state_dict: SchedulerStateDict): void {
    const { _scale_fn_custom: _function, ...state } = state_dict
    super.load_state_dict(state)
  }
}
