import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _WeightedLoss, type LossOptions, reductionParameters } from './_loss.js'

export interface BCELossOptions extends LossOptions {
  weight: Tensor | null
}

const bind = signature<BCELossOptions>('BCELoss', ['weight', null], ...reductionParameters)

/**
 * The binary cross entropy of probabilities. Input and target (*), of the same shape, from 0 to 1; `weight` is
 * broadcast. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
 */
export class BCELoss extends _WeightedLoss {
  constructor(
    ...args: Args<
      [],
      [weight: Tensor | null, size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      BCELossOptions
    >
  ) {
    super(bind(args))
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy(input, target, this.weight, null, null, this.reduction)
  }
}
