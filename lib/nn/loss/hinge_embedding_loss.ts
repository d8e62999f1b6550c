import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'

export interface HingeEmbeddingLossOptions extends LossOptions {
  margin: number
}

const bind = signature<HingeEmbeddingLossOptions>('HingeEmbeddingLoss', ['margin', 1.0], ...reductionParameters)

/**
 * `x` where the target is 1, `max(0, margin − x)` where it is −1. Input and target (*), of the same shape.
 * `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.HingeEmbeddingLoss.html
 */
export class HingeEmbeddingLoss extends _Loss {
  margin: number

  constructor(
    ...args: Args<
      [],
      [margin: number, size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      HingeEmbeddingLossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.margin = options.margin
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.hinge_embedding_loss(input, target, this.margin, null, null, this.reduction)
  }
}
