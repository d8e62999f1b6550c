import { type Args, signature } from '../_C/args.js'
import { checkNumber } from '../_C/checks.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { repr, reprFloat } from './_print.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface DropoutOptions {
  /** The probability of an element, or a channel, to become zero. */
  p: number
  inplace: boolean
}

type DropoutOptional = [p: number, inplace: boolean]

function dropoutSignature(name: string): (args: readonly unknown[]) => DropoutOptions {
  return signature<DropoutOptions>(name, ['p', 0.5], ['inplace', false])
}

/** The base of the dropouts. @internal */
export abstract class _DropoutNd extends Module {
  p: number
  inplace: boolean

  constructor(options: DropoutOptions) {
    super()
    checkNumber('Dropout', 'p', options.p)
    if (!(options.p >= 0 && options.p <= 1))
      throw valueError(`dropout probability has to be between 0 and 1, but got ${options.p}`)
    this.p = options.p
    this.inplace = options.inplace
  }

  override extra_repr(): string {
    return `p=${reprFloat(this.p)}, inplace=${repr(this.inplace)}`
  }
}

const dropoutOptions = dropoutSignature('Dropout')

/**
 * In training, sets each element to zero with probability `p` and scales the others by `1 / (1 − p)`; in evaluation
 * gives the input back. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 */
export class Dropout extends _DropoutNd {
  constructor(...args: Args<[], DropoutOptional, DropoutOptions>) {
    super(dropoutOptions(args))
  }

  forward(input: Tensor): Tensor {
    return F.dropout(input, this.p, this.training, this.inplace)
  }
}

const dropout1dOptions = dropoutSignature('Dropout1d')

/**
 * In training, sets whole channels to zero with probability `p` and scales the others by `1 / (1 − p)`. Input and
 * output (N, C, L) or (C, L).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html
 */
export class Dropout1d extends _DropoutNd {
  constructor(...args: Args<[], DropoutOptional, DropoutOptions>) {
    super(dropout1dOptions(args))
  }

  forward(input: Tensor): Tensor {
    return F.dropout1d(input, this.p, this.training, this.inplace)
  }
}

const dropout2dOptions = dropoutSignature('Dropout2d')

/**
 * In training, sets whole channels to zero with probability `p` and scales the others by `1 / (1 − p)`. Input and
 * output (N, C, H, W).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
 */
export class Dropout2d extends _DropoutNd {
  constructor(...args: Args<[], DropoutOptional, DropoutOptions>) {
    super(dropout2dOptions(args))
  }

  forward(input: Tensor): Tensor {
    return F.dropout2d(input, this.p, this.training, this.inplace)
  }
}

const dropout3dOptions = dropoutSignature('Dropout3d')

/**
 * In training, sets whole channels to zero with probability `p` and scales the others by `1 / (1 − p)`. Input and
 * output (N, C, D, H, W) or (C, D, H, W).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html
 */
export class Dropout3d extends _DropoutNd {
  constructor(...args: Args<[], DropoutOptional, DropoutOptions>) {
    super(dropout3dOptions(args))
  }

  forward(input: Tensor): Tensor {
    return F.dropout3d(input, this.p, this.training, this.inplace)
  }
}

const alphaDropoutOptions = dropoutSignature('AlphaDropout')

/**
 * Dropout that keeps mean 0 and variance 1, for use with `SELU`: dropped elements become its negative limit. Input
 * and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
 */
export class AlphaDropout extends _DropoutNd {
  constructor(...args: Args<[], DropoutOptional, DropoutOptions>) {
    super(alphaDropoutOptions(args))
  }

  forward(input: Tensor): Tensor {
    return F.alpha_dropout(input, this.p, this.training)
  }
}

const featureAlphaDropoutOptions = dropoutSignature('FeatureAlphaDropout')

/**
 * `AlphaDropout` of whole channels. Input and output (N, C, D, H, W) or (C, D, H, W).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html
 */
export class FeatureAlphaDropout extends _DropoutNd {
  constructor(...args: Args<[], DropoutOptional, DropoutOptions>) {
    super(featureAlphaDropoutOptions(args))
  }

  forward(input: Tensor): Tensor {
    return F.feature_alpha_dropout(input, this.p, this.training)
  }
}
