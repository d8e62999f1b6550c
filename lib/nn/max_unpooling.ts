import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import { type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface MaxUnpool1dOptions {
  kernel_size: Ints
  stride: Ints | null
  padding: Ints
}

const maxUnpool1dOptions = signature<MaxUnpool1dOptions>('MaxUnpool1d', 'kernel_size', ['stride', null], ['padding', 0])

/**
 * Puts the values of a max pool back to where they came from, with zeros elsewhere. Input (N, C, L) or (C, L),
 * `indices` of the same shape from `MaxPool1d` with `return_indices`. A call may name the `output_size` wanted, where
 * several are possible.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 */
export class MaxUnpool1d extends Module {
  kernel_size: number[]
  stride: number[]
  padding: number[]

  constructor(...args: Args<[kernel_size: Ints], [stride: Ints | null, padding: Ints], MaxUnpool1dOptions>) {
    super()
    const options = maxUnpool1dOptions(args)
    this.kernel_size = ntuple(options.kernel_size, 1, 'kernel_size')
    this.stride = ntuple(options.stride ?? options.kernel_size, 1, 'stride')
    this.padding = ntuple(options.padding, 1, 'padding')
  }

  forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool1d(input, indices, this.kernel_size, this.stride, this.padding, output_size)
  }

  override extra_repr(): string {
    return `kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, padding=${repr(this.padding)}`
  }
}

export interface MaxUnpool2dOptions {
  kernel_size: Ints
  stride: Ints | null
  padding: Ints
}

const maxUnpool2dOptions = signature<MaxUnpool2dOptions>('MaxUnpool2d', 'kernel_size', ['stride', null], ['padding', 0])

/**
 * Puts the values of a max pool back to where they came from, with zeros elsewhere. Input (N, C, H, W) or (C, H, W),
 * `indices` of the same shape from `MaxPool2d` with `return_indices`. A call may name the `output_size` wanted, where
 * several are possible.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
 */
export class MaxUnpool2d extends Module {
  kernel_size: number[]
  stride: number[]
  padding: number[]

  constructor(...args: Args<[kernel_size: Ints], [stride: Ints | null, padding: Ints], MaxUnpool2dOptions>) {
    super()
    const options = maxUnpool2dOptions(args)
    this.kernel_size = ntuple(options.kernel_size, 2, 'kernel_size')
    this.stride = ntuple(options.stride ?? options.kernel_size, 2, 'stride')
    this.padding = ntuple(options.padding, 2, 'padding')
  }

  forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool2d(input, indices, this.kernel_size, this.stride, this.padding, output_size)
  }

  override extra_repr(): string {
    return `kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, padding=${repr(this.padding)}`
  }
}

export interface MaxUnpool3dOptions {
  kernel_size: Ints
  stride: Ints | null
  padding: Ints
}

const maxUnpool3dOptions = signature<MaxUnpool3dOptions>('MaxUnpool3d', 'kernel_size', ['stride', null], ['padding', 0])

/**
 * Puts the values of a max pool back to where they came from, with zeros elsewhere. Input (N, C, D, H, W) or (C, D,
 * H, W), `indices` of the same shape from `MaxPool3d` with `return_indices`. A call may name the `output_size`
 * wanted, where several are possible.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html
 */
export class MaxUnpool3d extends Module {
  kernel_size: number[]
  stride: number[]
  padding: number[]

  constructor(...args: Args<[kernel_size: Ints], [stride: Ints | null, padding: Ints], MaxUnpool3dOptions>) {
    super()
    const options = maxUnpool3dOptions(args)
    this.kernel_size = ntuple(options.kernel_size, 3, 'kernel_size')
    this.stride = ntuple(options.stride ?? options.kernel_size, 3, 'stride')
    this.padding = ntuple(options.padding, 3, 'padding')
  }

  forward(input: Tensor, indices: Tensor, output_size: readonly number[] | null = null): Tensor {
    return F.max_unpool3d(input, indices, this.kernel_size, this.stride, this.padding, output_size)
  }

  override extra_repr(): string {
    return `kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, padding=${repr(this.padding)}`
  }
}
