/** Activations that pull values towards zero. */
import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { reprFloat } from './_print.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface HardshrinkOptions {
  lambd: number
}

const hardshrinkOptions = signature<HardshrinkOptions>('Hardshrink', ['lambd', 0.5])

/**
 * `x` where `|x| > lambd`, 0 elsewhere. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html
 */
export class Hardshrink extends Module {
  lambd: number

  constructor(...args: Args<[], [lambd: number], HardshrinkOptions>) {
    super()
    const options = hardshrinkOptions(args)
    this.lambd = options.lambd
  }

  forward(input: Tensor): Tensor {
    return F.hardshrink(input, this.lambd)
  }

  override extra_repr(): string {
    return reprFloat(this.lambd)
  }
}

export interface SoftshrinkOptions {
  lambd: number
}

const softshrinkOptions = signature<SoftshrinkOptions>('Softshrink', ['lambd', 0.5])

/**
 * `x − lambd` above `lambd`, `x + lambd` below `−lambd`, 0 between. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
 */
export class Softshrink extends Module {
  lambd: number

  constructor(...args: Args<[], [lambd: number], SoftshrinkOptions>) {
    super()
    const options = softshrinkOptions(args)
    this.lambd = options.lambd
  }

  forward(input: Tensor): Tensor {
    return F.softshrink(input, this.lambd)
  }

  override extra_repr(): string {
    return reprFloat(this.lambd)
  }
}

/**
 * `x − tanh(x)`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html
 */
export class Tanhshrink extends Module {
  forward(input: Tensor): Tensor {
    return F.tanhshrink(input)
  }
}
