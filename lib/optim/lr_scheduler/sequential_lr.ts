import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import type { TensorOrNumber } from '../_common.js'
import type { AnyOptimizer } from '../optimizer.js'
import { groupsOf, setValue } from './_groups.js'
import { checkSchedulers, loadSeveral, saveSeveral } from './_several.js'
import { LRScheduler, type SchedulerStateDict } from './lr_scheduler.js'

/** Parameters of `SequentialLR`. */
export interface SequentialLROptions {
  /** The schedulers, in order. */
  schedulers: LRScheduler[]
  /** The steps at which the second one takes over, the third, and so on. */
  milestones: number[]
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type SequentialLRKeywords = SequentialLROptions & { optimizer: AnyOptimizer }

const sequentialLROptions = signature<SequentialLRKeywords>('SequentialLR', 'optimizer', 'schedulers', 'milestones', [
  'last_epoch',
  -1,
])

/** How many of the sorted `milestones` are at or before `epoch`. */
const passed = (milestones: readonly number[], epoch: number): number => milestones.filter(at => at <= epoch).length

/** Takes back the step that every scheduler took when it was made. */
function undo(scheduler: LRScheduler): void {
  const { _schedulers } = scheduler as { _schedulers?: LRScheduler[] }
  if (_schedulers) for (const inner of _schedulers) undo(inner)
  else scheduler.last_epoch -= 1
}

/**
 * One scheduler after the other.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.SequentialLR.html
 */
export class SequentialLR extends LRScheduler {
  /** @internal */
  declare _schedulers: LRScheduler[]
  /** @internal */
  declare _milestones: number[]

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer, schedulers: LRScheduler[], milestones: number[]],
      [last_epoch: number],
      SequentialLRKeywords
    >
  ) {
    const { optimizer, schedulers, milestones, last_epoch } = sequentialLROptions(args)
    if (schedulers.length < 1) throw valueError('SequentialLR expects at least one scheduler, but got no scheduler.')
    checkSchedulers('SequentialLR', optimizer, schedulers)
    if (milestones.length !== schedulers.length - 1)
      throw valueError(
        'Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, ' +
          `but got number of schedulers ${schedulers.length} and the number of milestones to be equal to ${milestones.length}`,
      )
    super(optimizer, last_epoch, { _schedulers: schedulers, _milestones: milestones })
  }

  protected override _begin(last_epoch: number): void {
    this.last_epoch = last_epoch + 1
    for (const group of groupsOf(this.optimizer)) setValue(group, 'lr', group.initial_lr as TensorOrNumber)
    undo(this)
    const first = this._schedulers[passed(this._milestones, 0)]!
    first._initial_step()
    this._last_lr = first.get_last_lr()
  }

  /** The rates as they are: this scheduler has no formula of its own. */
  override get_lr(): TensorOrNumber[] {
    return this.get_last_lr()
  }

  override step(): void {
    this.last_epoch++
    const i = passed(this._milestones, this.last_epoch)
    const scheduler = this._schedulers[i]!
    if (i > 0 && this._milestones[i - 1] === this.last_epoch) scheduler._update_lr(0)
    else scheduler.step()
    this._last_lr = scheduler.get_last_lr()
  }

  override state_dict(): SchedulerStateDict {
    return saveSeveral(super.state_dict(), this._schedulers)
  }

  override load_state_dict(state_dict: SchedulerStateDict): void {
    super.load_state_dict(loadSeveral(state_dict, this._schedulers))
  }
}
