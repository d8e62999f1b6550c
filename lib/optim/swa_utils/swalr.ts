import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import { clibCos } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { minus, over, plus, times } from '../_scalar_math.js'
import { forEachGroup, groupsOf } from '../lr_scheduler/_groups.js'
import { LRScheduler } from '../lr_scheduler/lr_scheduler.js'
import type { AnyOptimizer } from '../optimizer.js'

/** Parameters of `SWALR`. */
export interface SWALROptions {
  /** The learning rate at the end, or one for each group. */
  swa_lr: TensorOrNumber | readonly TensorOrNumber[]
  /** How many steps it takes to get there. */
  anneal_epochs: number
  /** Along what the learning rate moves. */
  anneal_strategy: 'cos' | 'linear'
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type SWALRKeywords = SWALROptions & { optimizer: AnyOptimizer }

const swalrOptions = signature<SWALRKeywords>(
  'SWALR',
  'optimizer',
  'swa_lr',
  ['anneal_epochs', 10],
  ['anneal_strategy', 'cos'],
  ['last_epoch', -1],
)

/**
 * Moves the learning rate to a constant one, at which weights are then averaged.
 *
 * https://docs.pytorch.org/docs/stable/optim.html#torch.optim.swa_utils.SWALR
 */
export class SWALR extends LRScheduler {
  declare anneal_epochs: number
  /** @internal */
  declare _anneal_strategy: 'cos' | 'linear'

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer, swa_lr: TensorOrNumber | readonly TensorOrNumber[]],
      [anneal_epochs: number, anneal_strategy: 'cos' | 'linear', last_epoch: number],
      SWALRKeywords
    >
  ) {
    const { optimizer, swa_lr, anneal_epochs, anneal_strategy, last_epoch } = swalrOptions(args)
    const rates = forEachGroup('swa_lr', optimizer, swa_lr)
    if (anneal_strategy !== 'cos' && anneal_strategy !== 'linear')
      throw valueError(`anneal_strategy must be one of 'cos' or 'linear', instead got ${String(anneal_strategy)}`)
    if (!Number.isInteger(anneal_epochs) || anneal_epochs < 0)
      throw valueError(`anneal_epochs must be equal or greater than 0, got ${anneal_epochs}`)
    for (const [i, group] of groupsOf(optimizer).entries()) group.swa_lr = rates[i]
    super(optimizer, last_epoch, { _anneal_strategy: anneal_strategy, anneal_epochs })
  }

  /** The share of the way that is done at a share of the time. */
  private _annealed(t: number): number {
    return this._anneal_strategy === 'cos' ? (1 - clibCos(Math.PI * t)) / 2 : t
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    const step = this.anneal_epochs === 0 ? Math.max(1, this._step_count - 1) : this._step_count - 1
    const share = (at: number) => this._annealed(Math.max(0, Math.min(1, at / Math.max(1, this.anneal_epochs))))
    const before = share(step - 1)
    const now = share(step)
    return groupsOf(this.optimizer).map(({ lr, swa_lr }) => {
      const target = swa_lr as TensorOrNumber
      // What the learning rate would be without this scheduler, which another one may still change.
      const initial = before === 1 ? target : over(minus(lr, times(before, target)), 1 - before)
      return plus(times(target, now), times(initial, 1 - now))
    })
  }
}
