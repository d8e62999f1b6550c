import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { reprFloat } from './_print.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface LocalResponseNormOptions {
  /** How many neighbouring channels count. */
  size: number
  alpha: number
  beta: number
  k: number
}

const localResponseNormOptions = signature<LocalResponseNormOptions>(
  'LocalResponseNorm',
  'size',
  ['alpha', 0.0001],
  ['beta', 0.75],
  ['k', 1.0],
)

/**
 * Divides by the energy of neighbouring channels: `x / (k + alpha / size · Σ x²)^beta`. Input and output (N, C, *).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
 */
export class LocalResponseNorm extends Module {
  size: number
  alpha: number
  beta: number
  k: number

  constructor(...args: Args<[size: number], [alpha: number, beta: number, k: number], LocalResponseNormOptions>) {
    super()
    const options = localResponseNormOptions(args)
    this.size = options.size
    this.alpha = options.alpha
    this.beta = options.beta
    this.k = options.k
  }

  forward(input: Tensor): Tensor {
    return F.local_response_norm(input, this.size, this.alpha, this.beta, this.k)
  }

  override extra_repr(): string {
    return `${this.size}, alpha=${reprFloat(this.alpha)}, beta=${reprFloat(this.beta)}, k=${reprFloat(this.k)}`
  }
}
