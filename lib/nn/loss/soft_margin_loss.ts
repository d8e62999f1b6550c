import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export type SoftMarginLossOptions = LossOptions

const bind = signature<SoftMarginLossOptions>('SoftMarginLoss', ...reductionParameters)

/**
 * `log(1 + exp(−y·x))` of targets 1 and −1. Input and target (*), of the same shape. `reduction` is `'mean'`, `'sum'`
 * or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
 */
export class SoftMarginLoss extends _Loss {
  constructor(
    ...args: Args<
      [],
      [size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      SoftMarginLossOptions
    >
  ) {
    super(bind(args))
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.soft_margin_loss(input, target, null, null, this.reduction)
  }
}
