import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import { clibCos } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { minus, over, plus, times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { forEachGroup, groupsOf } from './_groups.js'
import { beginMomentum, setMomentum, usesBeta1 } from './_momentum.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `OneCycleLR`: `total_steps`, or `epochs` and `steps_per_epoch`, are needed. */
export interface OneCycleLROptions {
  /** The greatest learning rate, or one for each group. */
  max_lr: TensorOrNumber | readonly TensorOrNumber[]
  /** How many steps the cycle has. */
  total_steps: number | null
  epochs: number | null
  steps_per_epoch: number | null
  /** The share of the cycle in which the learning rate rises. */
  pct_start: number
  /** Along what the learning rate moves. */
  anneal_strategy: 'cos' | 'linear'
  /** Whether the momentum falls while the learning rate rises. */
  cycle_momentum: boolean
  /** The least momentum, or one for each group. */
  base_momentum: number | readonly number[]
  /** The greatest momentum, or one for each group. */
  max_momentum: number | readonly number[]
  /** The first learning rate is `max_lr / div_factor`. */
  div_factor: number
  /** The last learning rate is the first over `final_div_factor`. */
  final_div_factor: number
  /** Whether it falls to the first learning rate as it rose, and only then to the last. */
  three_phase: boolean
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type OneCycleLRKeywords = OneCycleLROptions & { optimizer: AnyOptimizer }

const oneCycleLROptions = signature<OneCycleLRKeywords>(
  'OneCycleLR',
  'optimizer',
  'max_lr',
  ['total_steps', null],
  ['epochs', null],
  ['steps_per_epoch', null],
  ['pct_start', 0.3],
  ['anneal_strategy', 'cos'],
  ['cycle_momentum', true],
  ['base_momentum', 0.85],
  ['max_momentum', 0.95],
  ['div_factor', 25],
  ['final_div_factor', 1e4],
  ['three_phase', false],
  ['last_epoch', -1],
)

type OneCycleLROptional = [
  total_steps: number | null,
  epochs: number | null,
  steps_per_epoch: number | null,
  pct_start: number,
  anneal_strategy: 'cos' | 'linear',
  cycle_momentum: boolean,
  base_momentum: number | readonly number[],
  max_momentum: number | readonly number[],
  div_factor: number,
  final_div_factor: number,
  three_phase: boolean,
  last_epoch: number,
]

type Bound = 'initial_lr' | 'max_lr' | 'min_lr'
type MomentumBound = 'base_momentum' | 'max_momentum'

/** A part of the cycle: until when, and between which of the group's values. */
interface SchedulePhase {
  end_step: number
  start_lr: Bound
  end_lr: Bound
  start_momentum: MomentumBound
  end_momentum: MomentumBound
}

function phase(
  end_step: number,
  [start_lr, end_lr]: [Bound, Bound],
  [start_momentum, end_momentum]: [MomentumBound, MomentumBound],
): SchedulePhase {
  return { end_step, start_lr, end_lr, start_momentum, end_momentum }
}

function phasesOf({ pct_start, three_phase }: OneCycleLROptions, total: number): SchedulePhase[] {
  const rise = phase(pct_start * total - 1, ['initial_lr', 'max_lr'], ['max_momentum', 'base_momentum'])
  if (!three_phase) return [rise, phase(total - 1, ['max_lr', 'min_lr'], ['base_momentum', 'max_momentum'])]
  return [
    rise,
    phase(2 * pct_start * total - 2, ['max_lr', 'initial_lr'], ['base_momentum', 'max_momentum']),
    phase(total - 1, ['initial_lr', 'min_lr'], ['max_momentum', 'max_momentum']),
  ]
}

function stepsOf({ total_steps, epochs, steps_per_epoch }: OneCycleLROptions): number {
  const check = (name: string, value: number) => {
    if (!Number.isInteger(value) || value <= 0) throw valueError(`Expected positive integer ${name}, but got ${value}`)
    return value
  }
  if (total_steps !== null) return check('total_steps', total_steps)
  if (epochs === null || steps_per_epoch === null)
    throw valueError('You must define either total_steps OR (epochs AND steps_per_epoch)')
  return check('epochs', epochs) * check('steps_per_epoch', steps_per_epoch)
}

/**
 * One cycle for the whole training: the learning rate rises to `max_lr`, then falls far below where it began; the momentum
 * goes the other way. Stepped after every batch.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.OneCycleLR.html
 */
export class OneCycleLR extends LRScheduler {
  declare total_steps: number
  declare cycle_momentum: boolean
  declare use_beta1: boolean
  /** @internal */
  declare _schedule_phases: SchedulePhase[]
  /** @internal */
  declare _anneal_func_type: 'cos' | 'linear'

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer, max_lr: TensorOrNumber | readonly TensorOrNumber[]],
      OneCycleLROptional,
      OneCycleLRKeywords
    >
  ) {
    const given = oneCycleLROptions(args)
    const { optimizer, pct_start, anneal_strategy, cycle_momentum, last_epoch } = given
    const total_steps = stepsOf(given)
    if (typeof pct_start !== 'number' || !(pct_start >= 0 && pct_start <= 1))
      throw valueError(`Expected float between 0 and 1 pct_start, but got ${pct_start}`)
    if (anneal_strategy !== 'cos' && anneal_strategy !== 'linear')
      throw valueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${String(anneal_strategy)}`)
    const max_lrs = forEachGroup('max_lr', optimizer, given.max_lr)
    if (last_epoch === -1) {
      for (const [i, group] of groupsOf(optimizer).entries()) {
        const initial = over(max_lrs[i]!, given.div_factor)
        Object.assign(group, { initial_lr: initial, max_lr: max_lrs[i], min_lr: over(initial, given.final_div_factor) })
      }
    }
    const own: Record<string, unknown> = {
      total_steps,
      _schedule_phases: phasesOf(given, total_steps),
      _anneal_func_type: anneal_strategy,
      cycle_momentum,
    }
    if (cycle_momentum) {
      const use_beta1 = usesBeta1(optimizer)
      const max = forEachGroup('max_momentum', optimizer, given.max_momentum)
      const base = forEachGroup('base_momentum', optimizer, given.base_momentum)
      if (last_epoch === -1) beginMomentum(optimizer, use_beta1, base, max)
      own.use_beta1 = use_beta1
    }
    super(optimizer, last_epoch, own)
  }

  private _between(start: TensorOrNumber, end: TensorOrNumber, share: number): TensorOrNumber {
    if (this._anneal_func_type === 'linear') return plus(times(minus(end, start), share), start)
    return plus(end, times(over(minus(start, end), 2), clibCos(Math.PI * share) + 1))
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    const step = this.last_epoch
    if (step > this.total_steps)
      throw valueError(`Tried to step ${step} times. The specified number of total steps is ${this.total_steps}`)
    const phases = this._schedule_phases
    let i = 0
    while (i < phases.length - 1 && step > phases[i]!.end_step) i++
    const now = phases[i]!
    const begin = i > 0 ? phases[i - 1]!.end_step : 0
    const share = (step - begin) / (now.end_step - begin)
    return groupsOf(this.optimizer).map(group => {
      const value = (name: Bound | MomentumBound) => group[name] as TensorOrNumber
      const rate = this._between(value(now.start_lr), value(now.end_lr), share)
      if (this.cycle_momentum)
        setMomentum(group, this.use_beta1, this._between(value(now.start_momentum), value(now.end_momentum), share))
      return rate
    })
  }
}
