import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import * as F from './functional/index.js'
import type { Pooled } from './max_pooling.js'
import { Module } from './module.js'

/** A size for every dimension, or one each; null keeps the input's. */
export type OutputSize = number | readonly (number | null)[]

export interface AdaptiveAvgPool1dOptions {
  output_size: OutputSize
}

const adaptiveAvgPool1dOptions = signature<AdaptiveAvgPool1dOptions>('AdaptiveAvgPool1d', 'output_size')

/**
 * The means of windows chosen so that the output is (N, C, …output_size). Input (N, C, L) or (C, L). A null in
 * `output_size` keeps the input's size in that dimension.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 */
export class AdaptiveAvgPool1d extends Module {
  output_size: OutputSize

  constructor(...args: Args<[output_size: OutputSize], [], AdaptiveAvgPool1dOptions>) {
    super()
    const options = adaptiveAvgPool1dOptions(args)
    this.output_size = options.output_size
  }

  forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool1d(input, this.output_size as number)
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}`
  }
}

export interface AdaptiveAvgPool2dOptions {
  output_size: OutputSize
}

const adaptiveAvgPool2dOptions = signature<AdaptiveAvgPool2dOptions>('AdaptiveAvgPool2d', 'output_size')

/**
 * The means of windows chosen so that the output is (N, C, …output_size). Input (N, C, H, W) or (C, H, W). A null in
 * `output_size` keeps the input's size in that dimension.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 */
export class AdaptiveAvgPool2d extends Module {
  output_size: OutputSize

  constructor(...args: Args<[output_size: OutputSize], [], AdaptiveAvgPool2dOptions>) {
    super()
    const options = adaptiveAvgPool2dOptions(args)
    this.output_size = options.output_size
  }

  forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool2d(input, this.output_size)
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}`
  }
}

export interface AdaptiveAvgPool3dOptions {
  output_size: OutputSize
}

const adaptiveAvgPool3dOptions = signature<AdaptiveAvgPool3dOptions>('AdaptiveAvgPool3d', 'output_size')

/**
 * The means of windows chosen so that the output is (N, C, …output_size). Input (N, C, D, H, W) or (C, D, H, W). A
 * null in `output_size` keeps the input's size in that dimension.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html
 */
export class AdaptiveAvgPool3d extends Module {
  output_size: OutputSize

  constructor(...args: Args<[output_size: OutputSize], [], AdaptiveAvgPool3dOptions>) {
    super()
    const options = adaptiveAvgPool3dOptions(args)
    this.output_size = options.output_size
  }

  forward(input: Tensor): Tensor {
    return F.adaptive_avg_pool3d(input, this.output_size)
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}`
  }
}

export interface AdaptiveMaxPool1dOptions {
  output_size: OutputSize
  return_indices: boolean
}

const adaptiveMaxPool1dOptions = signature<AdaptiveMaxPool1dOptions>('AdaptiveMaxPool1d', 'output_size', [
  'return_indices',
  false,
])

/**
 * The largest values of windows chosen so that the output is (N, C, …output_size). Input (N, C, L) or (C, L). A null
 * in `output_size` keeps the input's size in that dimension. With `return_indices` a call gives values and places:
 * `new nn.AdaptiveMaxPool1d<[Tensor, Tensor]>(5, true)`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 */
export class AdaptiveMaxPool1d<R extends Pooled = Tensor> extends Module {
  output_size: OutputSize
  return_indices: boolean

  constructor(...args: Args<[output_size: OutputSize], [return_indices: boolean], AdaptiveMaxPool1dOptions>) {
    super()
    const options = adaptiveMaxPool1dOptions(args)
    this.output_size = options.output_size
    this.return_indices = options.return_indices
  }

  forward(input: Tensor): R {
    return F.adaptive_max_pool1d(input, this.output_size, this.return_indices) as R
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}`
  }
}

export interface AdaptiveMaxPool2dOptions {
  output_size: OutputSize
  return_indices: boolean
}

const adaptiveMaxPool2dOptions = signature<AdaptiveMaxPool2dOptions>('AdaptiveMaxPool2d', 'output_size', [
  'return_indices',
  false,
])

/**
 * The largest values of windows chosen so that the output is (N, C, …output_size). Input (N, C, H, W) or (C, H, W). A
 * null in `output_size` keeps the input's size in that dimension. With `return_indices` a call gives values and
 * places: `new nn.AdaptiveMaxPool2d<[Tensor, Tensor]>(5, true)`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html
 */
export class AdaptiveMaxPool2d<R extends Pooled = Tensor> extends Module {
  output_size: OutputSize
  return_indices: boolean

  constructor(...args: Args<[output_size: OutputSize], [return_indices: boolean], AdaptiveMaxPool2dOptions>) {
    super()
    const options = adaptiveMaxPool2dOptions(args)
    this.output_size = options.output_size
    this.return_indices = options.return_indices
  }

  forward(input: Tensor): R {
    return F.adaptive_max_pool2d(input, this.output_size, this.return_indices) as R
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}`
  }
}

export interface AdaptiveMaxPool3dOptions {
  output_size: OutputSize
  return_indices: boolean
}

const adaptiveMaxPool3dOptions = signature<AdaptiveMaxPool3dOptions>('AdaptiveMaxPool3d', 'output_size', [
  'return_indices',
  false,
])

/**
 * The largest values of windows chosen so that the output is (N, C, …output_size). Input (N, C, D, H, W) or (C, D, H,
 * W). A null in `output_size` keeps the input's size in that dimension. With `return_indices` a call gives values and
 * places: `new nn.AdaptiveMaxPool3d<[Tensor, Tensor]>(5, true)`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html
 */
export class AdaptiveMaxPool3d<R extends Pooled = Tensor> extends Module {
  output_size: OutputSize
  return_indices: boolean

  constructor(...args: Args<[output_size: OutputSize], [return_indices: boolean], AdaptiveMaxPool3dOptions>) {
    super()
    const options = adaptiveMaxPool3dOptions(args)
    this.output_size = options.output_size
    this.return_indices = options.return_indices
  }

  forward(input: Tensor): R {
    return F.adaptive_max_pool3d(input, this.output_size, this.return_indices) as R
  }

  override extra_repr(): string {
    return `output_size=${repr(this.output_size)}`
  }
}
