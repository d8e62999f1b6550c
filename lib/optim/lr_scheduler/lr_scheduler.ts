import { valueError, warn } from '../../_C/raise.js'
import { isTensor, type TensorOrNumber } from '../_common.js'
import type { AnyOptimizer } from '../optimizer.js'
import { groupsOf, setValue, valuesOf } from './_groups.js'

/** What `LRScheduler.state_dict` returns: everything but the optimizer, and functions. */
export type SchedulerStateDict = Record<string, unknown>

/** Warned of where an epoch is given to `step`. */
export const epochDeprecation =
  'The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please use ' +
  '`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from None, the closed form is ' +
  'used instead of the new chainable form, where available.'

/**
 * The base of every scheduler. It sets `lr` of the optimizer's groups, first when it is made and then at every `step`.
 *
 * A subclass gives its own settings to `super`, so that `get_lr` finds them on its first call, and says in `get_lr` what the
 * learning rates are at `last_epoch`:
 *
 * ```ts
 * class SquareRootLR extends LRScheduler {
 *   declare warmup: number
 *   constructor(optimizer: AnyOptimizer, warmup: number, last_epoch = -1) {
 *     super(optimizer, last_epoch, { warmup })
 *   }
 *   override get_lr() {
 *     return this.base_lrs.map(lr => Number(lr) / Math.sqrt(Math.max(1, this.last_epoch - this.warmup)))
 *   }
 * }
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LRScheduler.html
 */
export abstract class LRScheduler {
  declare optimizer: AnyOptimizer
  /** The groups' learning rates at the very beginning. */
  declare base_lrs: TensorOrNumber[]
  /** How many steps there were. */
  declare last_epoch: number
  /** @internal */
  declare _step_count: number
  /** Whether this is the step that the constructor takes. @internal */
  declare _is_initial: boolean
  /** @internal */
  declare _get_lr_called_within_step: boolean
  /** @internal */
  declare _last_lr: TensorOrNumber[]

  /** The learning rates at `last_epoch` without regard to the ones before, where there is such a form. @internal */
  _get_closed_form_lr?(): TensorOrNumber[]

  /**
   * @param last_epoch the step to go on from, whose `initial_lr` the groups have; −1 begins.
   * @param own what a subclass keeps: it becomes properties, and part of `state_dict`.
   */
  constructor(optimizer: AnyOptimizer, last_epoch = -1, own: object = {}) {
    this.optimizer = optimizer
    Object.assign(this, own)
    this._begin(last_epoch)
  }

  /** Notes the initial learning rates and takes the first step. */
  protected _begin(last_epoch: number): void {
    for (const [i, group] of groupsOf(this.optimizer).entries()) {
      if (last_epoch === -1) group.initial_lr ??= isTensor(group.lr) ? group.lr.clone() : group.lr
      else if (!('initial_lr' in group))
        throw valueError(
          `param 'initial_lr' is not specified in param_groups[${i}] when resuming scheduler with last_epoch >= 0.`,
        )
    }
    this.base_lrs = valuesOf(this.optimizer, 'initial_lr')
    this.last_epoch = last_epoch
    this._initial_step()
  }

  /** @internal */
  _initial_step(): void {
    this._step_count = 0
    this._is_initial = true
    try {
      this.step()
    } finally {
      this._is_initial = false
    }
  }

  /** Everything that is needed to go on later, with Python's names. */
  state_dict(): SchedulerStateDict {
    const { optimizer: _optimizer, ...state } = this
    return state
  }

  /** Takes up a state that `state_dict` gave, here or in Python. */
  load_state_dict(state_dict: SchedulerStateDict): void {
    Object.assign(this, state_dict)
  }

  /** The learning rates of the groups as the last step set them. */
  get_last_lr(): TensorOrNumber[] {
    return this._last_lr
  }

  /** What the learning rates of the groups are to be; for `step` to ask. */
  abstract get_lr(): TensorOrNumber[]

  /** Warns of a call of `get_lr` from outside. */
  protected _warnIfOutside(): void {
    if (!this._get_lr_called_within_step)
      warn('To get the last learning rate computed by the scheduler, please use `get_last_lr()`.')
  }

  /** Sets the next learning rates. Comes after `optimizer.step()`. */
  step(epoch: number | null = null): void {
    if (this._step_count === 1 && !this.optimizer._opt_called)
      warn(
        'Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should call them ' +
          'in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this will result in ' +
          'PyTorch skipping the first value of the learning rate schedule. See more details at ' +
          'https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate',
      )
    this._step_count++
    if (epoch !== null) warn(epochDeprecation)
    this._update_lr(epoch)
  }

  /** @internal */
  _update_lr(epoch: number | null = null): void {
    this.last_epoch = epoch ?? this.last_epoch + 1
    this._setRates(() => (epoch !== null && this._get_closed_form_lr ? this._get_closed_form_lr() : this.get_lr()))
  }

  /** Sets the groups' learning rates to what `compute` says. */
  protected _setRates(compute: () => TensorOrNumber[]): void {
    this._get_lr_called_within_step = true
    let rates: TensorOrNumber[]
    try {
      rates = compute()
    } finally {
      this._get_lr_called_within_step = false
    }
    for (const [i, group] of groupsOf(this.optimizer).entries()) setValue(group, 'lr', rates[i]!)
    this._last_lr = valuesOf(this.optimizer, 'lr')
  }

  /** The groups' learning rates now, as copies. */
  protected _rates(): TensorOrNumber[] {
    return valuesOf(this.optimizer, 'lr')
  }
}
