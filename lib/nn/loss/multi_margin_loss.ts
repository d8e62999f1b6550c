import { type Args, signature } from '../../_C/args.js'
import { valueError } from '../../_C/raise.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _WeightedLoss, type LossOptions, reductionParameters } from './_loss.js'

export interface MultiMarginLossOptions extends LossOptions {
  /** The exponent: 1 or 2. */
  p: number
  margin: number
  weight: Tensor | null
}

const bind = signature<MultiMarginLossOptions>(
  'MultiMarginLoss',
  ['p', 1],
  ['margin', 1.0],
  ['weight', null],
  ...reductionParameters,
)

/**
 * The margin loss of one class each: `Σ max(0, margin − x[y] + x[i])^p / C`. Input (N, C) or (C), target class
 * numbers (N) or (); `weight` (C) weighs the classes. `reduction` is `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html
 */
export class MultiMarginLoss extends _WeightedLoss {
  p: number
  margin: number

  constructor(
    ...args: Args<
      [],
      [
        p: number,
        margin: number,
        weight: Tensor | null,
        size_average: boolean | null,
        reduce: boolean | null,
        reduction: Reduction,
      ],
      MultiMarginLossOptions
    >
  ) {
    const options = bind(args)
    const { p, weight } = options
    if (p !== 1 && p !== 2) throw valueError('only p == 1 and p == 2 supported')
    if (weight !== null && weight.dim() !== 1)
      throw valueError(`MultiMarginLoss: expected weight to be None or 1D tensor, got ${weight.dim()}D instead`)
    super(options)
    this.p = options.p
    this.margin = options.margin
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multi_margin_loss(input, target, this.p, this.margin, this.weight, null, null, this.reduction)
  }
}
