import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export type L1LossOptions = LossOptions

const bind = signature<L1LossOptions>('L1Loss', ...reductionParameters)

/**
 * `|input − target|`. Input and target (*), of the same shape; output a scalar, or (*) without reduction. `reduction`
 * is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html
 */
export class L1Loss extends _Loss {
  constructor(
    ...args: Args<[], [size_average: boolean | null, reduce: boolean | null, reduction: Reduction], L1LossOptions>
  ) {
    super(bind(args))
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.l1_loss(input, target, null, null, this.reduction)
  }
}
