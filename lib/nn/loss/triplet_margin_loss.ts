import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import * as F from '../functional/index.js'
import { _Loss, type LossOptions, reductionParameters } from './_loss.js'
import { checkMargin } from './_margin.js'

export interface TripletMarginLossOptions extends LossOptions {
  margin: number
  /** The norm of the distance. */
  p: number
  eps: number
  /** Whether the nearer of anchor and positive counts for the negative. */
  swap: boolean
}

const bind = signature<TripletMarginLossOptions>(
  'TripletMarginLoss',
  ['margin', 1.0],
  ['p', 2.0],
  ['eps', 1e-6],
  ['swap', false],
  ...reductionParameters,
)

/**
 * `max(0, d(anchor, positive) − d(anchor, negative) + margin)`. Inputs (N, D) or (D). `reduction` is `'mean'`,
 * `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html
 */
export class TripletMarginLoss extends _Loss {
  margin: number
  p: number
  eps: number
  swap: boolean

  constructor(
    ...args: Args<
      [],
      [
        margin: number,
        p: number,
        eps: number,
        swap: boolean,
        size_average: boolean | null,
        reduce: boolean | null,
        reduction: Reduction,
      ],
      TripletMarginLossOptions
    >
  ) {
    const options = bind(args)
    checkMargin('TripletMarginLoss', options.margin)
    super(options)
    this.margin = options.margin
    this.p = options.p
    this.eps = options.eps
    this.swap = options.swap
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return F.triplet_margin_loss(
      anchor,
      positive,
      negative,
      this.margin,
      this.p,
      this.eps,
      this.swap,
      null,
      null,
      this.reduction,
    )
  }
}
