import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface PairwiseDistanceOptions {
  /** The norm. */
  p: number
  /** Added against division by zero. */
  eps: number
  keepdim: boolean
}

const pairwiseDistanceOptions = signature<PairwiseDistanceOptions>(
  'PairwiseDistance',
  ['p', 2.0],
  ['eps', 1e-6],
  ['keepdim', false],
)

/**
 * The p-norm of `x₁ − x₂` along the last dimension. Inputs (N, D) or (D), output (N) or (), with `keepdim` (N, 1) or
 * (1).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.PairwiseDistance.html
 */
export class PairwiseDistance extends Module {
  norm: number
  eps: number
  keepdim: boolean

  constructor(...args: Args<[], [p: number, eps: number, keepdim: boolean], PairwiseDistanceOptions>) {
    super()
    const options = pairwiseDistanceOptions(args)
    this.eps = options.eps
    this.keepdim = options.keepdim
    this.norm = options.p
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return F.pairwise_distance(x1, x2, this.norm, this.eps, this.keepdim)
  }
}

export interface CosineSimilarityOptions {
  dim: number
  /** The least norm, against division by zero. */
  eps: number
}

const cosineSimilarityOptions = signature<CosineSimilarityOptions>('CosineSimilarity', ['dim', 1], ['eps', 1e-8])

/**
 * `x₁·x₂ / (‖x₁‖·‖x₂‖)` along `dim`. Inputs (*, D, *), output (*, *).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineSimilarity.html
 */
export class CosineSimilarity extends Module {
  dim: number
  eps: number

  constructor(...args: Args<[], [dim: number, eps: number], CosineSimilarityOptions>) {
    super()
    const options = cosineSimilarityOptions(args)
    this.dim = options.dim
    this.eps = options.eps
  }

  forward(x1: Tensor, x2: Tensor): Tensor {
    return F.cosine_similarity(x1, x2, this.dim, this.eps)
  }
}
