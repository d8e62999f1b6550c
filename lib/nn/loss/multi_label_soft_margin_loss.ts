import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _WeightedLoss, type LossOptions, reductionParameters } from './_loss.js'

export interface MultiLabelSoftMarginLossOptions extends LossOptions {
  weight: Tensor | null
}

const bind = signature<MultiLabelSoftMarginLossOptions>(
  'MultiLabelSoftMarginLoss',
  ['weight', null],
  ...reductionParameters,
)

/**
 * The mean over classes of the binary cross entropy of scores. Input and target (N, C); `weight` (C) weighs the
 * classes. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiLabelSoftMarginLoss.html
 */
export class MultiLabelSoftMarginLoss extends _WeightedLoss {
  constructor(
    ...args: Args<
      [],
      [weight: Tensor | null, size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      MultiLabelSoftMarginLossOptions
    >
  ) {
    super(bind(args))
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multilabel_soft_margin_loss(input, target, this.weight, null, null, this.reduction)
  }
}
