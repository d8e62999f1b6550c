import { type Args, signature } from '../_C/args.js'
import { show } from '../_C/checks.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import type { Pooled } from './max_pooling.js'
import { Module } from './module.js'

type Ratio = number | readonly number[]

function checkOutput(name: string, size: Ints | null, ratio: Ratio | null): void {
  if (size === null && ratio === null)
    throw valueError(`${name} requires specifying either an output size, or a pooling ratio`)
  if (size !== null && ratio !== null) throw valueError('only one of output_size and output_ratio may be specified')
  if (ratio !== null && ![ratio].flat().every(r => r > 0 && r < 1))
    throw valueError(`output_ratio must be between 0 and 1 (got ${show(ratio)})`)
}

export interface FractionalMaxPool2dOptions {
  kernel_size: Ints
  /** The size of the output; either this or `output_ratio`. */
  output_size: Ints | null
  /** The size of the output as a share of the input's, between 0 and 1. */
  output_ratio: Ratio | null
  return_indices: boolean
  _random_samples: Tensor | null
}

export type FractionalMaxPool3dOptions = FractionalMaxPool2dOptions

type FractionalArgs = Args<
  [kernel_size: Ints],
  [output_size: Ints | null, output_ratio: Ratio | null, return_indices: boolean, _random_samples: Tensor | null],
  FractionalMaxPool2dOptions
>

const fractionalSignature = (name: string) =>
  signature<FractionalMaxPool2dOptions>(
    name,
    'kernel_size',
    ['output_size', null],
    ['output_ratio', null],
    ['return_indices', false],
    ['_random_samples', null],
  )

/** The base of the fractional poolings. @internal */
export abstract class _FractionalMaxPoolNd<R extends Pooled> extends Module {
  kernel_size: number[]
  output_size: number[] | null
  output_ratio: number[] | null
  return_indices: boolean
  _random_samples: Tensor | null = null

  constructor(options: FractionalMaxPool2dOptions, dims: number) {
    super()
    const { kernel_size, output_size, output_ratio } = options
    this.kernel_size = ntuple(kernel_size, dims, 'kernel_size')
    // Python looks at three dimensions only.
    if (dims === 3 && !this.kernel_size.every(k => k > 0))
      throw valueError(`kernel_size must be greater than 0, but got ${show(kernel_size)}`)
    checkOutput(`FractionalMaxPool${dims}d`, output_size, output_ratio)
    this.output_size = output_size === null ? null : ntuple(output_size, dims, 'output_size')
    if (typeof output_ratio === 'number') this.output_ratio = new Array<number>(dims).fill(output_ratio)
    else this.output_ratio = output_ratio === null ? null : [...output_ratio]
    this.return_indices = options.return_indices
    this.register_buffer('_random_samples', options._random_samples)
  }

  abstract override forward(input: Tensor): R

  /** What `forward` hands to the function after the input. */
  protected get _arguments(): [number[], number[] | null, number[] | null, boolean, Tensor | null] {
    return [this.kernel_size, this.output_size, this.output_ratio, this.return_indices, this._random_samples]
  }
}

const bind2d = fractionalSignature('FractionalMaxPool2d')

/**
 * Max pooling over windows of drawn, fractional steps. Input (N, C, H, W) or (C, H, W), output (N, C, H_out, W_out).
 * With `return_indices` a call gives values and places.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
 */
export class FractionalMaxPool2d<R extends Pooled = Tensor> extends _FractionalMaxPoolNd<R> {
  constructor(...args: FractionalArgs) {
    super(bind2d(args), 2)
  }

  forward(input: Tensor): R {
    return F.fractional_max_pool2d(input, ...this._arguments) as R
  }
}

const bind3d = fractionalSignature('FractionalMaxPool3d')

/**
 * Max pooling over windows of drawn, fractional steps. Input (N, C, D, H, W) or (C, D, H, W), output (N, C, D_out,
 * H_out, W_out). With `return_indices` a call gives values and places.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html
 */
export class FractionalMaxPool3d<R extends Pooled = Tensor> extends _FractionalMaxPoolNd<R> {
  constructor(...args: FractionalArgs) {
    super(bind3d(args), 3)
  }

  forward(input: Tensor): R {
    return F.fractional_max_pool3d(input, ...this._arguments) as R
  }
}
