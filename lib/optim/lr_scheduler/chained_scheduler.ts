import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import type { TensorOrNumber } from '../_common.js'
import type { AnyOptimizer } from '../optimizer.js'
import { checkSchedulers, loadSeveral, saveSeveral } from './_several.js'
import { LRScheduler, type SchedulerStateDict } from './lr_scheduler.js'

/** Parameters of `ChainedScheduler`. */
export interface ChainedSchedulerOptions {
  /** The schedulers, in the order of their steps. */
  schedulers: readonly LRScheduler[]
  /** Theirs; null takes the first one's. */
  optimizer: AnyOptimizer | null
}

const chainedSchedulerOptions = signature<ChainedSchedulerOptions>('ChainedScheduler', 'schedulers', [
  'optimizer',
  null,
])

/**
 * Steps several schedulers at once: each changes what the one before it left.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ChainedScheduler.html
 */
export class ChainedScheduler extends LRScheduler {
  /** @internal */
  declare _schedulers: readonly LRScheduler[]

  constructor(
    ...args: Args<[schedulers: readonly LRScheduler[]], [optimizer: AnyOptimizer | null], ChainedSchedulerOptions>
  ) {
    const { schedulers, optimizer } = chainedSchedulerOptions(args)
    if (schedulers.length < 1)
      throw valueError('ChainedScheduler expects at least one scheduler to be chained, but got no scheduler.')
    const shared = optimizer ?? schedulers[0]!.optimizer
    checkSchedulers('ChainedScheduler', shared, schedulers)
    super(shared, -1, { _schedulers: schedulers })
  }

  /** The schedulers have taken their first steps. */
  protected override _begin(): void {
    this._last_lr = this._rates()
  }

  /** The rates as they are: this scheduler has no formula of its own. */
  override get_lr(): TensorOrNumber[] {
    return this.get_last_lr()
  }

  override step(): void {
    for (const scheduler of this._schedulers) scheduler.step()
    this._last_lr = this._rates()
  }

  override state_dict(): SchedulerStateDict {
    return saveSeveral(super.state_dict(), this._schedulers)
  }

  override load_state_dict(state_dict: SchedulerStateDict): void {
    super.load_state_dict(loadSeveral(state_dict, this._schedulers))
  }
}
