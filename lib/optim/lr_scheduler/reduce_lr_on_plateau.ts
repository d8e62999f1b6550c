import { type Args, signature } from '../../_C/args.js'
import { runtimeError, valueError, warn } from '../../_C/raise.js'
import { numberOf, type TensorOrNumber } from '../_common.js'
import type { AnyOptimizer } from '../optimizer.js'
import { groupsOf, setValue } from './_groups.js'
import { epochDeprecation, LRScheduler, type SchedulerStateDict } from './lr_scheduler.js'

/** Parameters of `ReduceLROnPlateau`. */
export interface ReduceLROnPlateauOptions {
  /** Whether what is watched is to fall (`min`) or to rise (`max`). */
  mode: 'min' | 'max'
  /** What the learning rate is multiplied by; below 1. */
  factor: number
  /** How many steps without improvement are borne. */
  patience: number
  /** What counts as improvement. */
  threshold: number
  /** Whether `threshold` is a share of the best value (`rel`) or a difference (`abs`). */
  threshold_mode: 'rel' | 'abs'
  /** How many steps after a change of the learning rate do not count. */
  cooldown: number
  /** The least learning rate, or one for each group. */
  min_lr: number | readonly number[]
  /** The least change of the learning rate that is made. */
  eps: number
}

type ReduceLROnPlateauKeywords = ReduceLROnPlateauOptions & { optimizer: AnyOptimizer }

const reduceLROnPlateauOptions = signature<ReduceLROnPlateauKeywords>(
  'ReduceLROnPlateau',
  'optimizer',
  ['mode', 'min'],
  ['factor', 0.1],
  ['patience', 10],
  ['threshold', 1e-4],
  ['threshold_mode', 'rel'],
  ['cooldown', 0],
  ['min_lr', 0],
  ['eps', 1e-8],
)

/**
 * Lowers the learning rate when what is given to `step`, such as the validation loss, no longer improves.
 *
 * ```ts
 * scheduler.step(val_loss)
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html
 */
export class ReduceLROnPlateau extends LRScheduler {
  declare factor: number
  declare default_min_lr: number | null
  declare min_lrs: number[]
  declare patience: number
  declare cooldown: number
  declare eps: number
  declare mode: 'min' | 'max'
  declare threshold: number
  declare threshold_mode: 'rel' | 'abs'
  /** @internal */
  declare mode_worse: number
  /** The best value so far. */
  declare best: number
  declare cooldown_counter: number
  declare num_bad_epochs: number

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer],
      [
        mode: 'min' | 'max',
        factor: number,
        patience: number,
        threshold: number,
        threshold_mode: 'rel' | 'abs',
        cooldown: number,
        min_lr: number | readonly number[],
        eps: number,
      ],
      ReduceLROnPlateauKeywords
    >
  ) {
    const { optimizer, min_lr, ...own } = reduceLROnPlateauOptions(args)
    if (own.factor >= 1) throw valueError('Factor should be < 1.0.')
    if (own.mode !== 'min' && own.mode !== 'max') throw valueError(`mode ${String(own.mode)} is unknown!`)
    if (own.threshold_mode !== 'rel' && own.threshold_mode !== 'abs')
      throw valueError(`threshold mode ${String(own.threshold_mode)} is unknown!`)
    const count = groupsOf(optimizer).length
    const min_lrs = typeof min_lr === 'number' ? Array<number>(count).fill(min_lr) : [...min_lr]
    if (min_lrs.length !== count) throw valueError(`expected ${count} min_lrs, got ${min_lrs.length}`)
    super(optimizer, -1, { ...own, default_min_lr: typeof min_lr === 'number' ? min_lr : null, min_lrs })
  }

  protected override _begin(): void {
    this.last_epoch = 0
    this._last_lr = this._rates()
    this.mode_worse = this.mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
    this._reset()
  }

  /** Forgets what it has seen. @internal */
  _reset(): void {
    this.best = this.mode_worse
    this.cooldown_counter = 0
    this.num_bad_epochs = 0
  }

  /** Whether the steps do not count at present. */
  get in_cooldown(): boolean {
    return this.cooldown_counter > 0
  }

  /** The rates as they are: this scheduler has no formula of its own. */
  override get_lr(): TensorOrNumber[] {
    return this.get_last_lr()
  }

  /** @param metrics what is watched: a number, or a tensor of one. */
  override step(metrics?: TensorOrNumber | null, epoch: number | null = null): void {
    if (metrics === null || metrics === undefined)
      throw new TypeError("ReduceLROnPlateau.step() missing 1 required positional argument: 'metrics'")
    const current = numberOf(metrics)
    if (epoch !== null) warn(epochDeprecation)
    this.last_epoch = epoch ?? this.last_epoch + 1
    if (this._is_better(current, this.best)) {
      this.best = current
      this.num_bad_epochs = 0
    } else this.num_bad_epochs++
    if (this.in_cooldown) {
      this.cooldown_counter--
      this.num_bad_epochs = 0
    }
    if (this.num_bad_epochs > this.patience) {
      this.#reduce()
      this.cooldown_counter = this.cooldown
      this.num_bad_epochs = 0
    }
    this._last_lr = this._rates()
  }

  #reduce(): void {
    const groups = groupsOf(this.optimizer)
    if (groups.length !== this.min_lrs.length) {
      if (this.default_min_lr === null)
        throw runtimeError(
          `The number of param groups in the \`optimizer\` (${groups.length}) differs from when \`ReduceLROnPlateau\` was ` +
            `initialized (${this.min_lrs.length}), usually due to a new param group being added to the optimizer. Please ` +
            'modify the `min_lrs` field to match the length of the `optimizer` param groups.',
        )
      this.min_lrs = Array<number>(groups.length).fill(this.default_min_lr)
    }
    for (const [i, group] of groups.entries()) {
      const old = numberOf(group.lr)
      const next = Math.max(old * this.factor, this.min_lrs[i]!)
      if (old - next > this.eps) setValue(group, 'lr', next)
    }
  }

  /** @internal */
  _is_better(a: number, best: number): boolean {
    const { mode, threshold, threshold_mode } = this
    if (mode === 'min') return threshold_mode === 'rel' ? a < best * (1 - threshold) : a < best - threshold
    return threshold_mode === 'rel' ? a > best * (threshold + 1) : a > best + threshold
  }

  override load_state_dict(state_dict: SchedulerStateDict): void {
    super.load_state_dict(state_dict)
    this.mode_worse = this.mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  }
}
