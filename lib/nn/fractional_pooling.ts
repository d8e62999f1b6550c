import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import type { Pooled } from './max_pooling.js'
import { Module } from './module.js'

function checkOutput(name: string, size: readonly number[] | null, ratio: readonly number[] | null): void {
  if (size === null && ratio === null)
    throw valueError(`${name} requires specifying either an output size, or a pooling ratio`)
  if (size !== null && ratio !== null) throw valueError('only one of output_size and output_ratio may be specified')
  if (ratio?.some(r => !(r > 0 && r < 1)))
    throw valueError(`output_ratio must be between 0 and 1 (got (${ratio.join(', ')}))`)
}

export interface FractionalMaxPool2dOptions {
  kernel_size: Ints
  /** The size of the output; either this or `output_ratio`. */
  output_size: Ints | null
  /** The size of the output as a share of the input's, between 0 and 1. */
  output_ratio: number | readonly number[] | null
  return_indices: boolean
  _random_samples: Tensor | null
}

const fractionalMaxPool2dOptions = signature<FractionalMaxPool2dOptions>(
  'FractionalMaxPool2d',
  'kernel_size',
  ['output_size', null],
  ['output_ratio', null],
  ['return_indices', false],
  ['_random_samples', null],
)

/**
 * Max pooling over windows of drawn, fractional steps. Input (N, C, H, W) or (C, H, W), output (N, C, H_out, W_out).
 * With `return_indices` a call gives values and places.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
 */
export class FractionalMaxPool2d<R extends Pooled = Tensor> extends Module {
  kernel_size: number[]
  output_size: number[] | null
  output_ratio: number[] | null
  return_indices: boolean
  _random_samples: Tensor | null

  constructor(
    ...args: Args<
      [kernel_size: Ints],
      [
        output_size: Ints | null,
        output_ratio: number | readonly number[] | null,
        return_indices: boolean,
        _random_samples: Tensor | null,
      ],
      FractionalMaxPool2dOptions
    >
  ) {
    super()
    const options = fractionalMaxPool2dOptions(args)
    const { output_size, output_ratio } = options
    this.kernel_size = ntuple(options.kernel_size, 2, 'kernel_size')
    this.output_size = output_size === null ? null : ntuple(output_size, 2, 'output_size')
    this.output_ratio =
      output_ratio === null
        ? null
        : typeof output_ratio === 'number'
          ? new Array<number>(2).fill(output_ratio)
          : [...output_ratio]
    checkOutput('FractionalMaxPool2d', this.output_size, this.output_ratio)
    this.return_indices = options.return_indices
    this._random_samples = null
    this.register_buffer('_random_samples', options._random_samples)
  }

  forward(input: Tensor): R {
    return F.fractional_max_pool2d(
      input,
      this.kernel_size,
      this.output_size,
      this.output_ratio,
      this.return_indices,
      this._random_samples,
    ) as R
  }
}

export interface FractionalMaxPool3dOptions {
  kernel_size: Ints
  /** The size of the output; either this or `output_ratio`. */
  output_size: Ints | null
  /** The size of the output as a share of the input's, between 0 and 1. */
  output_ratio: number | readonly number[] | null
  return_indices: boolean
  _random_samples: Tensor | null
}

const fractionalMaxPool3dOptions = signature<FractionalMaxPool3dOptions>(
  'FractionalMaxPool3d',
  'kernel_size',
  ['output_size', null],
  ['output_ratio', null],
  ['return_indices', false],
  ['_random_samples', null],
)

/**
 * Max pooling over windows of drawn, fractional steps. Input (N, C, D, H, W) or (C, D, H, W), output (N, C, D_out,
 * H_out, W_out). With `return_indices` a call gives values and places.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html
 */
export class FractionalMaxPool3d<R extends Pooled = Tensor> extends Module {
  kernel_size: number[]
  output_size: number[] | null
  output_ratio: number[] | null
  return_indices: boolean
  _random_samples: Tensor | null

  constructor(
    ...args: Args<
      [kernel_size: Ints],
      [
        output_size: Ints | null,
        output_ratio: number | readonly number[] | null,
        return_indices: boolean,
        _random_samples: Tensor | null,
      ],
      FractionalMaxPool3dOptions
    >
  ) {
    super()
    const options = fractionalMaxPool3dOptions(args)
    const { output_size, output_ratio } = options
    this.kernel_size = ntuple(options.kernel_size, 3, 'kernel_size')
    this.output_size = output_size === null ? null : ntuple(output_size, 3, 'output_size')
    this.output_ratio =
      output_ratio === null
        ? null
        : typeof output_ratio === 'number'
          ? new Array<number>(3).fill(output_ratio)
          : [...output_ratio]
    checkOutput('FractionalMaxPool3d', this.output_size, this.output_ratio)
    this.return_indices = options.return_indices
    this._random_samples = null
    this.register_buffer('_random_samples', options._random_samples)
  }

  forward(input: Tensor): R {
    return F.fractional_max_pool3d(
      input,
      this.kernel_size,
      this.output_size,
      this.output_ratio,
      this.return_indices,
      this._random_samples,
    ) as R
  }
}
