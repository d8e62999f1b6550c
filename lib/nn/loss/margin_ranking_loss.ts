import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export interface MarginRankingLossOptions extends LossOptions {
  margin: number
}

const bind = signature<MarginRankingLossOptions>('MarginRankingLoss', ['margin', 0.0], ...reductionParameters)

/**
 * `max(0, −y·(x₁ − x₂) + margin)`: y = 1 wants x₁ the greater, −1 x₂. Inputs and target (N) or (). `reduction` is
 * `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MarginRankingLoss.html
 */
export class MarginRankingLoss extends _Loss {
  margin: number

  constructor(
    ...args: Args<
      [],
      [margin: number, size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      MarginRankingLossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.margin = options.margin
  }

  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.margin_ranking_loss(input1, input2, target, this.margin, null, null, this.reduction)
  }
}
