import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export interface CosineEmbeddingLossOptions extends LossOptions {
  margin: number
}

const bind = signature<CosineEmbeddingLossOptions>('CosineEmbeddingLoss', ['margin', 0.0], ...reductionParameters)

/**
 * `1 − cos(x₁, x₂)` where the target is 1, `max(0, cos(x₁, x₂) − margin)` where it is −1. Inputs (N, D) or (D),
 * target (N) or (). `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html
 */
export class CosineEmbeddingLoss extends _Loss {
  margin: number

  constructor(
    ...args: Args<
      [],
      [margin: number, size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      CosineEmbeddingLossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.margin = options.margin
  }

  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.cosine_embedding_loss(input1, input2, target, this.margin, null, null, this.reduction)
  }
}
