import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _WeightedLoss, type LossOptions, reductionParameters } from './_loss.js'

export interface BCEWithLogitsLossOptions extends LossOptions {
  weight: Tensor | null
  /** Weighs the positive targets of each class. */
  pos_weight: Tensor | null
}

const bind = signature<BCEWithLogitsLossOptions>('BCEWithLogitsLoss', ['weight', null], ...reductionParameters, [
  'pos_weight',
  null,
])

/**
 * The binary cross entropy of scores, with the sigmoid in it, which is numerically more stable than apart. Input and
 * target (*), of the same shape; `weight` is broadcast. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
 */
export class BCEWithLogitsLoss extends _WeightedLoss {
  pos_weight: Tensor | null

  constructor(
    ...args: Args<
      [],
      [
        weight: Tensor | null,
        size_average: boolean | null,
        reduce: boolean | null,
        reduction: Reduction,
        pos_weight: Tensor | null,
      ],
      BCEWithLogitsLossOptions
    >
  ) {
    const options = bind(args)
    super(options)
    this.pos_weight = null
    this.register_buffer('pos_weight', options.pos_weight)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.binary_cross_entropy_with_logits(input, target, this.weight, null, null, this.reduction, this.pos_weight)
  }
}
