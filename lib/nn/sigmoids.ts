/** Smooth activations, and their piecewise linear forms. */
import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr, reprFloat } from './_print.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

/**
 * `1 / (1 + exp(−x))`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html
 */
export class Sigmoid extends Module {
  forward(input: Tensor): Tensor {
    return F.sigmoid(input)
  }
}

/**
 * `log(1 / (1 + exp(−x)))`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html
 */
export class LogSigmoid extends Module {
  forward(input: Tensor): Tensor {
    return F.logsigmoid(input)
  }
}

export interface HardsigmoidOptions {
  inplace: boolean
}

const hardsigmoidOptions = signature<HardsigmoidOptions>('Hardsigmoid', ['inplace', false])

/**
 * `min(max(0, x / 6 + 1 / 2), 1)`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html
 */
export class Hardsigmoid extends Module {
  inplace: boolean

  constructor(...args: Args<[], [inplace: boolean], HardsigmoidOptions>) {
    super()
    const options = hardsigmoidOptions(args)
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.hardsigmoid(input, this.inplace)
  }
}

/**
 * The hyperbolic tangent. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanh.html
 */
export class Tanh extends Module {
  forward(input: Tensor): Tensor {
    return F.tanh(input)
  }
}

export interface SiLUOptions {
  inplace: boolean
}

const siLUOptions = signature<SiLUOptions>('SiLU', ['inplace', false])

/**
 * `x · σ(x)`, also called swish. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.SiLU.html
 */
export class SiLU extends Module {
  inplace: boolean

  constructor(...args: Args<[], [inplace: boolean], SiLUOptions>) {
    super()
    const options = siLUOptions(args)
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.silu(input, this.inplace)
  }

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : ''
  }
}

export interface MishOptions {
  inplace: boolean
}

const mishOptions = signature<MishOptions>('Mish', ['inplace', false])

/**
 * `x · tanh(softplus(x))`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Mish.html
 */
export class Mish extends Module {
  inplace: boolean

  constructor(...args: Args<[], [inplace: boolean], MishOptions>) {
    super()
    const options = mishOptions(args)
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.mish(input, this.inplace)
  }

  override extra_repr(): string {
    return this.inplace ? 'inplace=True' : ''
  }
}

export interface HardswishOptions {
  inplace: boolean
}

const hardswishOptions = signature<HardswishOptions>('Hardswish', ['inplace', false])

/**
 * `x · min(max(0, x + 3), 6) / 6`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardswish.html
 */
export class Hardswish extends Module {
  inplace: boolean

  constructor(...args: Args<[], [inplace: boolean], HardswishOptions>) {
    super()
    const options = hardswishOptions(args)
    this.inplace = options.inplace
  }

  forward(input: Tensor): Tensor {
    return F.hardswish(input, this.inplace)
  }
}

export interface GELUOptions {
  approximate: 'none' | 'tanh'
}

const geluOptions = signature<GELUOptions>('GELU', ['approximate', 'none'])

/**
 * `x · Φ(x)`, Φ being the normal distribution function; `tanh` for its usual approximation. Input and output (*), of
 * the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GELU.html
 */
export class GELU extends Module {
  approximate: 'none' | 'tanh'

  constructor(...args: Args<[], [approximate: 'none' | 'tanh'], GELUOptions>) {
    super()
    const options = geluOptions(args)
    this.approximate = options.approximate
  }

  forward(input: Tensor): Tensor {
    return F.gelu(input, { approximate: this.approximate })
  }

  override extra_repr(): string {
    return `approximate=${repr(this.approximate)}`
  }
}

export interface GLUOptions {
  dim: number
}

const gluOptions = signature<GLUOptions>('GLU', ['dim', -1])

/**
 * `a · σ(b)`, a and b being the halves of the input along `dim`. Input (*, N, *), output (*, N / 2, *).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GLU.html
 */
export class GLU extends Module {
  dim: number

  constructor(...args: Args<[], [dim: number], GLUOptions>) {
    super()
    const options = gluOptions(args)
    this.dim = options.dim
  }

  forward(input: Tensor): Tensor {
    return F.glu(input, this.dim)
  }

  override extra_repr(): string {
    return `dim=${this.dim}`
  }
}

export interface SoftplusOptions {
  beta: number
  threshold: number
}

const softplusOptions = signature<SoftplusOptions>('Softplus', ['beta', 1.0], ['threshold', 20.0])

/**
 * `log(1 + exp(beta · x)) / beta`, and `x` where `beta · x > threshold`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Softplus.html
 */
export class Softplus extends Module {
  beta: number
  threshold: number

  constructor(...args: Args<[], [beta: number, threshold: number], SoftplusOptions>) {
    super()
    const options = softplusOptions(args)
    this.beta = options.beta
    this.threshold = options.threshold
  }

  forward(input: Tensor): Tensor {
    return F.softplus(input, this.beta, this.threshold)
  }

  override extra_repr(): string {
    return `beta=${reprFloat(this.beta)}, threshold=${reprFloat(this.threshold)}`
  }
}

/**
 * `x / (1 + |x|)`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Softsign.html
 */
export class Softsign extends Module {
  forward(input: Tensor): Tensor {
    return F.softsign(input)
  }
}
