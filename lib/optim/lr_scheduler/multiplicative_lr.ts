import { type Args, signature } from '../../_C/args.js'
import type { TensorOrNumber } from '../_common.js'
import { times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { type LrLambda, lambdasFor } from './_lambdas.js'
import { LRScheduler, type SchedulerStateDict } from './lr_scheduler.js'

/** Parameters of `MultiplicativeLR`. */
export interface MultiplicativeLROptions {
  /** The function, or one for each group. */
  lr_lambda: LrLambda | readonly LrLambda[]
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type MultiplicativeLRKeywords = MultiplicativeLROptions & { optimizer: AnyOptimizer }

const multiplicativeLROptions = signature<MultiplicativeLRKeywords>('MultiplicativeLR', 'optimizer', 'lr_lambda', [
  'last_epoch',
  -1,
])

/**
 * Multiplies the learning rate at every step by what a function says for the step. The functions are not part of `state_dict`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.MultiplicativeLR.html
 */
export class MultiplicativeLR extends LRScheduler {
  declare lr_lambdas: LrLambda[]

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer, lr_lambda: LrLambda | readonly LrLambda[]],
      [last_epoch: number],
      MultiplicativeLRKeywords
    >
  ) {
    const { optimizer, lr_lambda, last_epoch } = multiplicativeLROptions(args)
    super(optimizer, last_epoch, { lr_lambdas: lambdasFor(optimizer, lr_lambda) })
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    if (this._is_initial) return this._rates()
    return this._rates().map((lr, i) => times(lr, this.lr_lambdas[i]!(this.last_epoch)))
  }

  override state_dict(): SchedulerStateDict {
    const { lr_lambdas, ...state } = super.state_dict()
    return { ...state, lr_lambdas: (lr_lambdas as LrLambda[]).map(() => null) }
  }

  override load_state_dict(state_dict: SchedulerStateDict): void {
    const { lr_lambdas: _functions, ...state } = state_dict
    super.load_state_dict(state)
  }
}
