import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export type MSELossOptions = LossOptions

const bind = signature<MSELossOptions>('MSELoss', ...reductionParameters)

/**
 * `(input − target)²`. Input and target (*), of the same shape; output a scalar, or (*) without reduction.
 * `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html
 */
export class MSELoss extends _Loss {
  constructor(
    ...args: Args<[], [size_average: boolean | null, reduce: boolean | null, reduction: Reduction], MSELossOptions>
  ) {
    super(bind(args))
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.mse_loss(input, target, null, null, this.reduction)
  }
}
