/** Activations that cut off: ReLU and its kin. */
import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr, reprFloat } from './_print.js'
import * as F from './functional/index.js'
import { Hardtanh } from './hardtanh.js'
import { Module } from './module.js'

export interface ThresholdOptions {
  threshold: number
  value: number
  inplace: boolean
}

const thresholdOptions = signature<ThresholdOptions>('Threshold', 'threshold', 'value', ['inplace', false])

/**
 * `x` where `x > threshold`, `value` elsewhere. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Threshold.html
 */
export class Threshold extends Module {
  threshold: number
  value: number
  inplace: boolean

  constructor(...args: Args<[threshold: number, value: number], [inplace: boolean], ThresholdOptions>) {
    super()
    const options = thresholdOptions(args)
    this.threshold = options.threshold
    this.value = options.value
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.threshold(input, this.threshold, this.value, this.inplace)
  }

  override extra_repr(): string {
    return `threshold=${repr(this.threshold)}, value=${repr(this.value)}${this.inplace ? ', inplace=True' : ''}`
  }
}

export interface ReLUOptions {
  inplace: boolean
}

const reLUOptions = signature<ReLUOptions>('ReLU', ['inplace', false])

/**
 * `max(0, x)`. Input and output (*), of the same shape.
 *
 * ```ts
 * const m = new nn.ReLU()
 * m(torch.randn(2))
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU.html
 */
export class ReLU extends Module {
  inplace: boolean

  constructor(...args: Args<[], [inplace: boolean], ReLUOptions>) {
    super()
    const options = reLUOptions(args)
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.relu(input, this.inplace)
  }

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : ''
  }
}

export interface RReLUOptions {
  lower: number
  upper: number
  inplace: boolean
}

const rreluOptions = signature<RReLUOptions>(
  'RReLU',
  ['lower', 0.125],
  ['upper', 0.3333333333333333],
  ['inplace', false],
)

/**
 * `x` where `x ≥ 0`, `a·x` elsewhere, `a` drawn from U(lower, upper) for each element in training and their mean in
 * evaluation. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.RReLU.html
 */
export class RReLU extends Module {
  lower: number
  upper: number
  inplace: boolean

  constructor(...args: Args<[], [lower: number, upper: number, inplace: boolean], RReLUOptions>) {
    super()
    const options = rreluOptions(args)
    this.lower = options.lower
    this.upper = options.upper
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.rrelu(input, this.lower, this.upper, this.training, this.inplace)
  }

  override extra_repr(): string {
    return `lower=${reprFloat(this.lower)}, upper=${reprFloat(this.upper)}${this.inplace ? ', inplace=True' : ''}`
  }
}

export interface ReLU6Options {
  inplace: boolean
}

const reLU6Options = signature<ReLU6Options>('ReLU6', ['inplace', false])

/**
 * `min(max(0, x), 6)`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ReLU6.html
 */
export class ReLU6 extends Hardtanh {
  constructor(...args: Args<[], [inplace: boolean], ReLU6Options>) {
    super(0, 6, reLU6Options(args).inplace)
  }

  override forward(input: Tensor): Tensor {
    return F.relu6(input, this.inplace)
  }

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : ''
  }
}

export interface LeakyReLUOptions {
  negative_slope: number
  inplace: boolean
}

const leakyReLUOptions = signature<LeakyReLUOptions>('LeakyReLU', ['negative_slope', 0.01], ['inplace', false])

/**
 * `x` where `x ≥ 0`, `negative_slope · x` elsewhere. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
 */
export class LeakyReLU extends Module {
  negative_slope: number
  inplace: boolean

  constructor(...args: Args<[], [negative_slope: number, inplace: boolean], LeakyReLUOptions>) {
    super()
    const options = leakyReLUOptions(args)
    this.negative_slope = options.negative_slope
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.leaky_relu(input, this.negative_slope, this.inplace)
  }

  override extra_repr(): string {
    return `negative_slope=${reprFloat(this.negative_slope)}${this.inplace ? ', inplace=True' : ''}`
  }
}

export interface ELUOptions {
  alpha: number
  inplace: boolean
}

const eluOptions = signature<ELUOptions>('ELU', ['alpha', 1.0], ['inplace', false])

/**
 * `x` where `x > 0`, `alpha · (exp(x) − 1)` elsewhere. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ELU.html
 */
export class ELU extends Module {
  alpha: number
  inplace: boolean

  constructor(...args: Args<[], [alpha: number, inplace: boolean], ELUOptions>) {
    super()
    const options = eluOptions(args)
    this.alpha = options.alpha
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.elu(input, this.alpha, this.inplace)
  }

  override extra_repr(): string {
    return `alpha=${reprFloat(this.alpha)}${this.inplace ? ', inplace=True' : ''}`
  }
}

export interface CELUOptions {
  alpha: number
  inplace: boolean
}

const celuOptions = signature<CELUOptions>('CELU', ['alpha', 1.0], ['inplace', false])

/**
 * `max(0, x) + min(0, alpha · (exp(x / alpha) − 1))`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.CELU.html
 */
export class CELU extends Module {
  alpha: number
  inplace: boolean

  constructor(...args: Args<[], [alpha: number, inplace: boolean], CELUOptions>) {
    super()
    const options = celuOptions(args)
    this.alpha = options.alpha
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.celu(input, this.alpha, this.inplace)
  }

  override extra_repr(): string {
    return `alpha=${reprFloat(this.alpha)}${this.inplace ? ', inplace=True' : ''}`
  }
}

export interface SELUOptions {
  inplace: boolean
}

const seluOptions = signature<SELUOptions>('SELU', ['inplace', false])

/**
 * `scale · (max(0, x) + min(0, α · (exp(x) − 1)))` with the two constants that keep mean 0 and variance 1. Input and
 * output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.SELU.html
 */
export class SELU extends Module {
  inplace: boolean

  constructor(...args: Args<[], [inplace: boolean], SELUOptions>) {
    super()
    const options = seluOptions(args)
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.selu(input, this.inplace)
  }

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : ''
  }
}
