import { type Args, signature } from '../../_C/args.js'
import { clibPow } from '../_bias_correction.js'
import type { TensorOrNumber } from '../_common.js'
import { times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { LRScheduler } from './lr_scheduler.js'

/** Parameters of `MultiStepLR`. */
export interface MultiStepLROptions {
  /** The steps; one that is there twice counts twice. */
  milestones: Iterable<number>
  /** What the learning rate is multiplied by. */
  gamma: number
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type MultiStepLRKeywords = MultiStepLROptions & { optimizer: AnyOptimizer }

const multiStepLROptions = signature<MultiStepLRKeywords>(
  'MultiStepLR',
  'optimizer',
  'milestones',
  ['gamma', 0.1],
  ['last_epoch', -1],
)

/**
 * Multiplies the learning rate by `gamma` at each of `milestones`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiStepLR.html
 */
export class MultiStepLR extends LRScheduler {
  /** How often each milestone is there. */
  declare milestones: Record<number, number>
  declare gamma: number

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer, milestones: Iterable<number>],
      [gamma: number, last_epoch: number],
      MultiStepLRKeywords
    >
  ) {
    const { optimizer, last_epoch, milestones, gamma } = multiStepLROptions(args)
    const counts: Record<number, number> = {}
    for (const milestone of milestones) counts[milestone] = (counts[milestone] ?? 0) + 1
    super(optimizer, last_epoch, { milestones: counts, gamma })
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    const count = this.milestones[this.last_epoch]
    if (count === undefined) return this._rates()
    const factor = clibPow(this.gamma, count)
    return this._rates().map(lr => times(lr, factor))
  }

  override _get_closed_form_lr(): TensorOrNumber[] {
    let passed = 0
    for (const [milestone, count] of Object.entries(this.milestones))
      if (Number(milestone) <= this.last_epoch) passed += count
    const factor = clibPow(this.gamma, passed)
    return this.base_lrs.map(lr => times(lr, factor))
  }
}
