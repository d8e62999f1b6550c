import { type Args, signature } from '../../_C/args.js'
import type { TensorOrNumber } from '../_common.js'
import { times } from '../_scalar_math.js'
import type { AnyOptimizer } from '../optimizer.js'
import { type LrLambda, lambdasFor } from './_lambdas.js'
import { LRScheduler, type SchedulerStateDict } from './lr_scheduler.js'

/** Parameters of `LambdaLR`. */
export interface LambdaLROptions {
  /** The function, or one for each group. */
  lr_lambda: LrLambda | readonly LrLambda[]
  /** The step to go on from; −1 begins. */
  last_epoch: number
}

type LambdaLRKeywords = LambdaLROptions & { optimizer: AnyOptimizer }

const lambdaLROptions = signature<LambdaLRKeywords>('LambdaLR', 'optimizer', 'lr_lambda', ['last_epoch', -1])

/**
 * The first learning rate times what a function says for the step. The functions are not part of `state_dict`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.LambdaLR.html
 */
export class LambdaLR extends LRScheduler {
  declare lr_lambdas: LrLambda[]

  constructor(
    ...args: Args<
      [optimizer: AnyOptimizer, lr_lambda: LrLambda | readonly LrLambda[]],
      [last_epoch: number],
      LambdaLRKeywords
    >
  ) {
    const { optimizer, lr_lambda, last_epoch } = lambdaLROptions(args)
    super(optimizer, last_epoch, { lr_lambdas: lambdasFor(optimizer, lr_lambda) })
  }

  override get_lr(): TensorOrNumber[] {
    this._warnIfOutside()
    return this.base_lrs.map((lr, i) => times(lr, this.lr_lambdas[i]!(this.last_epoch)))
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
