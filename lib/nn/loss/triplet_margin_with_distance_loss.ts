import { type Args, signature } from '../../_C/args.js'
import type { Tensor } from '../../tensor.js'
import type { Reduction } from '../_reduction.js'
import { PairwiseDistance } from '../distance.js'
import * as F from '../functional/index.js'
import { _Loss } from './_loss.js'
import { checkMargin } from './_margin.js'

/** The distance of two batches of vectors, (N, D) and (N, D), as (N). */
export type DistanceFunction = (x1: Tensor, x2: Tensor) => Tensor

export interface TripletMarginWithDistanceLossOptions {
  /** By default `PairwiseDistance`. */
  distance_function: DistanceFunction | null
  margin: number
  swap: boolean
  reduction: Reduction
}

const bind = signature<TripletMarginWithDistanceLossOptions>(
  'TripletMarginWithDistanceLoss',
  '*',
  ['distance_function', null],
  ['margin', 1.0],
  ['swap', false],
  ['reduction', 'mean'],
)

/**
 * `TripletMarginLoss` with a distance of one's own. Inputs (N, *), as the distance wants them. `reduction` is
 * `'mean'`, `'sum'` or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginWithDistanceLoss.html
 */
export class TripletMarginWithDistanceLoss extends _Loss {
  margin: number
  swap: boolean
  distance_function: DistanceFunction

  constructor(...args: Args<[], [], TripletMarginWithDistanceLossOptions>) {
    const options = bind(args)
    checkMargin('TripletMarginWithDistanceLoss', options.margin)
    super(options)
    this.margin = options.margin
    this.swap = options.swap
    this.distance_function = options.distance_function ?? new PairwiseDistance()
  }

  forward(anchor: Tensor, positive: Tensor, negative: Tensor): Tensor {
    return F.triplet_margin_with_distance_loss(anchor, positive, negative, {
      distance_function: this.distance_function,
      margin: this.margin,
      swap: this.swap,
      reduction: this.reduction,
    })
  }
}
