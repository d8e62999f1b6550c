import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { _Loss, _WeightedLoss } from './_loss.js'
import type { Reduction } from './_reduction.js'
import { PairwiseDistance } from './distance.js'
import * as F from './functional/index.js'

/** The distance of two batches of vectors, (N, D) and (N, D), as (N). */
export type DistanceFunction = (x1: Tensor, x2: Tensor) => Tensor

function checkMargin(name: string, margin: number): void {
  if (!(margin > 0)) throw valueError(`${name}: expected margin to be greater than 0, got ${margin} instead`)
}

export interface HingeEmbeddingLossOptions {
  margin: number
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const hingeEmbeddingLossOptions = signature<HingeEmbeddingLossOptions>(
  'HingeEmbeddingLoss',
  ['margin', 1.0],
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

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
    const options = hingeEmbeddingLossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
    this.margin = options.margin
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.hinge_embedding_loss(input, target, this.margin, null, null, this.reduction)
  }
}

export interface SoftMarginLossOptions {
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const softMarginLossOptions = signature<SoftMarginLossOptions>(
  'SoftMarginLoss',
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

/**
 * `log(1 + exp(−y·x))` of targets 1 and −1. Input and target (*), of the same shape. `reduction` is `'mean'`, `'sum'`
 * or `'none'`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.SoftMarginLoss.html
 */
export class SoftMarginLoss extends _Loss {
  constructor(
    ...args: Args<
      [],
      [size_average: boolean | null, reduce: boolean | null, reduction: Reduction],
      SoftMarginLossOptions
    >
  ) {
    const options = softMarginLossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.soft_margin_loss(input, target, null, null, this.reduction)
  }
}

export interface CosineEmbeddingLossOptions {
  margin: number
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const cosineEmbeddingLossOptions = signature<CosineEmbeddingLossOptions>(
  'CosineEmbeddingLoss',
  ['margin', 0.0],
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

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
    const options = cosineEmbeddingLossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
    this.margin = options.margin
  }

  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.cosine_embedding_loss(input1, input2, target, this.margin, null, null, this.reduction)
  }
}

export interface MarginRankingLossOptions {
  margin: number
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const marginRankingLossOptions = signature<MarginRankingLossOptions>(
  'MarginRankingLoss',
  ['margin', 0.0],
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
)

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
    const options = marginRankingLossOptions(args)
    super(options.reduction, options.size_average, options.reduce)
    this.margin = options.margin
  }

  forward(input1: Tensor, input2: Tensor, target: Tensor): Tensor {
    return F.margin_ranking_loss(input1, input2, target, this.margin, null, null, this.reduction)
  }
}

export interface MultiMarginLossOptions {
  /** The exponent: 1 or 2. */
  p: number
  margin: number
  weight: Tensor | null
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const multiMarginLossOptions = signature<MultiMarginLossOptions>(
  'MultiMarginLoss',
  ['p', 1],
  ['margin', 1.0],
  ['weight', null],
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
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
    const options = multiMarginLossOptions(args)
    const { p, weight } = options
    if (p !== 1 && p !== 2) throw valueError('only p == 1 and p == 2 supported')
    if (weight !== null && weight.dim() !== 1)
      throw valueError(`MultiMarginLoss: expected weight to be None or 1D tensor, got ${weight.dim()}D instead`)
    super(options.weight, options.reduction, options.size_average, options.reduce)
    this.p = options.p
    this.margin = options.margin
  }

  forward(input: Tensor, target: Tensor): Tensor {
    return F.multi_margin_loss(input, target, this.p, this.margin, this.weight, null, null, this.reduction)
  }
}

export interface TripletMarginLossOptions {
  margin: number
  /** The norm of the distance. */
  p: number
  eps: number
  /** Whether the nearer of anchor and positive counts for the negative. */
  swap: boolean
  size_average: boolean | null
  reduce: boolean | null
  reduction: Reduction
}

const tripletMarginLossOptions = signature<TripletMarginLossOptions>(
  'TripletMarginLoss',
  ['margin', 1.0],
  ['p', 2.0],
  ['eps', 1e-6],
  ['swap', false],
  ['size_average', null],
  ['reduce', null],
  ['reduction', 'mean'],
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
    const options = tripletMarginLossOptions(args)
    checkMargin('TripletMarginLoss', options.margin)
    super(options.reduction, options.size_average, options.reduce)
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

export interface TripletMarginWithDistanceLossOptions {
  /** By default `PairwiseDistance`. */
  distance_function: DistanceFunction | null
  margin: number
  swap: boolean
  reduction: Reduction
}

const tripletMarginWithDistanceLossOptions = signature<TripletMarginWithDistanceLossOptions>(
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
    const options = tripletMarginWithDistanceLossOptions(args)
    checkMargin('TripletMarginWithDistanceLoss', options.margin)
    super(options.reduction)
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
