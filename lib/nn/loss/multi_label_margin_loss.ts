import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export type MultiLabelMarginLossOptions = LossOptions

const bind = signature<MultiLabelMarginLossOptions>('MultiLabelMarginLoss', ...reductionParameters)

/**
 * The margin loss of several classes each: `Σ max(0, 1 − (x[y] − x[i])) / C`. Input (C) or (N, C); target class
 * numbers of that shape, ended by −1. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelMarginLoss.html
 */
export class MultiLabelMarginLoss extends _Loss {
  constructor(
    ...args: Args<
      [],
      [size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      MultiLabelMarginLossOptions
    >
  ) {
    super(bind(args))
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_margin_loss(input, target, null, null, this.reduction)
  }
}
