import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import { type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface AvgPool1dOptions {
  kernel_size: Ints
  stride: Ints | null
  padding: Ints
  ceil_mode: boolean
  count_include_pad: boolean
}

const avgPool1dOptions = signature<AvgPool1dOptions>(
  'AvgPool1d',
  'kernel_size',
  ['stride', null],
  ['padding', 0],
  ['ceil_mode', false],
  ['count_include_pad', true],
)

/**
 * The mean of every window. Input (N, C, L) or (C, L), output (N, C, L_out) with `size_out = ⌊(size + 2·padding −
 * kernel_size) / stride⌋ + 1`; the stride is by default the kernel size. `count_include_pad` counts the zeros of the
 * padding, too.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 */
export class AvgPool1d extends Module {
  kernel_size: number[]
  stride: number[]
  padding: number[]
  ceil_mode: boolean
  count_include_pad: boolean

  constructor(
    ...args: Args<
      [kernel_size: Ints],
      [stride: Ints | null, padding: Ints, ceil_mode: boolean, count_include_pad: boolean],
      AvgPool1dOptions
    >
  ) {
    super()
    const options = avgPool1dOptions(args)
    this.kernel_size = ntuple(options.kernel_size, 1, 'kernel_size')
    this.stride = ntuple(options.stride ?? options.kernel_size, 1, 'stride')
    this.padding = ntuple(options.padding, 1, 'padding')
    this.ceil_mode = options.ceil_mode
    this.count_include_pad = options.count_include_pad
  }

  forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad } = this
    return F.avg_pool1d(input, kernel_size, stride, padding, ceil_mode, count_include_pad)
  }

  override extra_repr(): string {
    return `kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, padding=${repr(this.padding)}`
  }
}

export interface AvgPool2dOptions extends AvgPool1dOptions {
  /** Divides by this instead of the size of the window. */
  divisor_override: number | null
}

export type AvgPool3dOptions = AvgPool2dOptions

type AvgPoolArgs = Args<
  [kernel_size: Ints],
  [stride: Ints | null, padding: Ints, ceil_mode: boolean, count_include_pad: boolean, divisor_override: number | null],
  AvgPool2dOptions
>

type Pool = typeof F.avg_pool2d | typeof F.avg_pool3d

/** The base of `AvgPool2d` and `AvgPool3d`. @internal */
export abstract class _AvgPoolNd extends Module {
  kernel_size: Ints
  stride: Ints
  padding: Ints
  ceil_mode: boolean
  count_include_pad: boolean
  divisor_override: number | null
  protected readonly _pool: Pool

  constructor(options: AvgPool2dOptions, pool: Pool) {
    super()
    this._pool = pool
    this.kernel_size = options.kernel_size
    this.stride = options.stride ?? options.kernel_size
    this.padding = options.padding
    this.ceil_mode = options.ceil_mode
    this.count_include_pad = options.count_include_pad
    this.divisor_override = options.divisor_override
  }

  forward(input: Tensor): Tensor {
    const { kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override } = this
    return this._pool(input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override)
  }

  override extra_repr(): string {
    return `kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, padding=${repr(this.padding)}`
  }
}

function avgPoolNd(name: string, pool: Pool): new (...args: AvgPoolArgs) => _AvgPoolNd {
  const bind = signature<AvgPool2dOptions>(
    name,
    'kernel_size',
    ['stride', null],
    ['padding', 0],
    ['ceil_mode', false],
    ['count_include_pad', true],
    ['divisor_override', null],
  )
  return class extends _AvgPoolNd {
    constructor(...args: AvgPoolArgs) {
      super(bind(args), pool)
    }
  }
}

/**
 * The mean of every window. Input (N, C, H, W) or (C, H, W), output (N, C, H_out, W_out) with `size_out = ⌊(size +
 * 2·padding − kernel_size) / stride⌋ + 1`; the stride is by default the kernel size. `count_include_pad` counts the
 * zeros of the padding, too.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 */
export class AvgPool2d extends avgPoolNd('AvgPool2d', F.avg_pool2d) {}

/**
 * The mean of every window. Input (N, C, D, H, W) or (C, D, H, W), output (N, C, D_out, H_out, W_out) with `size_out
 * = ⌊(size + 2·padding − kernel_size) / stride⌋ + 1`; the stride is by default the kernel size. `count_include_pad`
 * counts the zeros of the padding, too.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html
 */
export class AvgPool3d extends avgPoolNd('AvgPool3d', F.avg_pool3d) {}
