import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import type { Ints } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface MaxPoolOptions {
  kernel_size: Ints
  /** By default the kernel size. */
  stride: Ints | null
  /** Minus infinity added to both sides. */
  padding: Ints
  dilation: Ints
  return_indices: boolean
  /** Whether windows that reach over the edge count: rounds the output size up. */
  ceil_mode: boolean
}

type MaxPoolOptional = [stride: Ints | null, padding: Ints, dilation: Ints, return_indices: boolean, ceil_mode: boolean]

function maxPoolSignature(name: string): (args: readonly unknown[]) => MaxPoolOptions {
  return signature<MaxPoolOptions>(
    name,
    'kernel_size',
    ['stride', null],
    ['padding', 0],
    ['dilation', 1],
    ['return_indices', false],
    ['ceil_mode', false],
  )
}

/** What a max pool gives: values, or with `return_indices` values and the places that they came from. */
export type Pooled = Tensor | [values: Tensor, indices: Tensor]

/** The base of the max pools. @internal */
export abstract class _MaxPoolNd extends Module {
  kernel_size: Ints
  stride: Ints
  padding: Ints
  dilation: Ints
  return_indices: boolean
  ceil_mode: boolean

  constructor(options: MaxPoolOptions) {
    super()
    this.kernel_size = options.kernel_size
    this.stride = options.stride ?? options.kernel_size
    this.padding = options.padding
    this.dilation = options.dilation
    this.return_indices = options.return_indices
    this.ceil_mode = options.ceil_mode
  }

  override extra_repr(): string {
    const { kernel_size, stride, padding, dilation, ceil_mode } = this
    return `kernel_size=${repr(kernel_size)}, stride=${repr(stride)}, padding=${repr(padding)}, dilation=${repr(dilation)}, ceil_mode=${repr(ceil_mode)}`
  }
}

const maxPool1dOptions = maxPoolSignature('MaxPool1d')

/**
 * The largest value of every window. Input (N, C, L) or (C, L), output (N, C, L_out) with
 * `size_out = ⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1`; the stride is by default the kernel
 * size. With `return_indices` a call gives the values and the places that `MaxUnpool1d` wants:
 * `new nn.MaxPool1d<[Tensor, Tensor]>(2, { return_indices: true })`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 */
export class MaxPool1d<R extends Pooled = Tensor> extends _MaxPoolNd {
  constructor(...args: Args<[kernel_size: Ints], MaxPoolOptional, MaxPoolOptions>) {
    super(maxPool1dOptions(args))
  }

  forward(input: Tensor): R {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this
    return F.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices) as R
  }
}

const maxPool2dOptions = maxPoolSignature('MaxPool2d')

/**
 * The largest value of every window. Input (N, C, H, W) or (C, H, W), output (N, C, H_out, W_out) with
 * `size_out = ⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1`; the stride is by default the kernel
 * size. With `return_indices` a call gives the values and the places that `MaxUnpool2d` wants:
 * `new nn.MaxPool2d<[Tensor, Tensor]>(2, { return_indices: true })`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 */
export class MaxPool2d<R extends Pooled = Tensor> extends _MaxPoolNd {
  constructor(...args: Args<[kernel_size: Ints], MaxPoolOptional, MaxPoolOptions>) {
    super(maxPool2dOptions(args))
  }

  forward(input: Tensor): R {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this
    return F.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices) as R
  }
}

const maxPool3dOptions = maxPoolSignature('MaxPool3d')

/**
 * The largest value of every window. Input (N, C, D, H, W) or (C, D, H, W), output (N, C, D_out, H_out, W_out) with
 * `size_out = ⌊(size + 2·padding − dilation·(kernel_size − 1) − 1) / stride⌋ + 1`; the stride is by default the kernel
 * size. With `return_indices` a call gives the values and the places that `MaxUnpool3d` wants:
 * `new nn.MaxPool3d<[Tensor, Tensor]>(2, { return_indices: true })`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html
 */
export class MaxPool3d<R extends Pooled = Tensor> extends _MaxPoolNd {
  constructor(...args: Args<[kernel_size: Ints], MaxPoolOptional, MaxPoolOptions>) {
    super(maxPool3dOptions(args))
  }

  forward(input: Tensor): R {
    const { kernel_size, stride, padding, dilation, ceil_mode, return_indices } = this
    return F.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode, return_indices) as R
  }
}
