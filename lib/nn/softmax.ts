/** Softmax and its kin. */
import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface SoftmaxOptions {
  dim: number | null
}

const softmaxOptions = signature<SoftmaxOptions>('Softmax', ['dim', null])

/**
 * `exp(xᵢ) / Σ exp(xⱼ)` along `dim`: values from 0 to 1 that sum to 1. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
 */
export class Softmax extends Module {
  dim: number | null

  constructor(...args: Args<[], [dim: number | null], SoftmaxOptions>) {
    super()
    const options = softmaxOptions(args)
    this.dim = options.dim
  }

  forward(input: Tensor): Tensor {
    return F.softmax(input, this.dim)
  }

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`
  }
}

export interface SoftminOptions {
  dim: number | null
}

const softminOptions = signature<SoftminOptions>('Softmin', ['dim', null])

/**
 * `exp(−xᵢ) / Σ exp(−xⱼ)` along `dim`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmin.html
 */
export class Softmin extends Module {
  dim: number | null

  constructor(...args: Args<[], [dim: number | null], SoftminOptions>) {
    super()
    const options = softminOptions(args)
    this.dim = options.dim
  }

  forward(input: Tensor): Tensor {
    return F.softmin(input, this.dim)
  }

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`
  }
}

export interface LogSoftmaxOptions {
  dim: number | null
}

const logSoftmaxOptions = signature<LogSoftmaxOptions>('LogSoftmax', ['dim', null])

/**
 * `log(exp(xᵢ) / Σ exp(xⱼ))` along `dim`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
 */
export class LogSoftmax extends Module {
  dim: number | null

  constructor(...args: Args<[], [dim: number | null], LogSoftmaxOptions>) {
    super()
    const options = logSoftmaxOptions(args)
    this.dim = options.dim
  }

  forward(input: Tensor): Tensor {
    return F.log_softmax(input, this.dim)
  }

  override extra_repr(): string {
    return `dim=${repr(this.dim)}`
  }
}

/**
 * Softmax over the channels at each place of an image. Input and output (N, C, H, W) or (C, H, W).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html
 */
export class Softmax2d extends Module {
  forward(input: Tensor): Tensor {
    const dims = input.dim()
    if (dims !== 3 && dims !== 4) throw valueError(`Softmax2d: expected input to be 3D or 4D, got ${dims}D instead`)
    return F.softmax(input, -3)
  }
}
