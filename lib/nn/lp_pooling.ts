import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr } from './_print.js'
import type { Ints } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface LPPool1dOptions {
  norm_type: number
  kernel_size: Ints
  stride: Ints | null
  ceil_mode: boolean
}

const lppool1dOptions = signature<LPPool1dOptions>(
  'LPPool1d',
  'norm_type',
  'kernel_size',
  ['stride', null],
  ['ceil_mode', false],
)

/**
 * `(Σ x^p)^(1/p)` over every window, p being `norm_type`: p = 1 gives sums, p = ∞ maxima. Input (N, C, L) or (C, L),
 * output (N, C, L_out).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html
 */
export class LPPool1d extends Module {
  norm_type: number
  kernel_size: Ints
  stride: Ints | null
  ceil_mode: boolean

  constructor(
    ...args: Args<[norm_type: number, kernel_size: Ints], [stride: Ints | null, ceil_mode: boolean], LPPool1dOptions>
  ) {
    super()
    const options = lppool1dOptions(args)
    this.norm_type = options.norm_type
    this.kernel_size = options.kernel_size
    this.stride = options.stride
    this.ceil_mode = options.ceil_mode
  }

  forward(input: Tensor): Tensor {
    return F.lp_pool1d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode)
  }

  override extra_repr(): string {
    return `norm_type=${repr(this.norm_type)}, kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, ceil_mode=${repr(this.ceil_mode)}`
  }
}

export interface LPPool2dOptions {
  norm_type: number
  kernel_size: Ints
  stride: Ints | null
  ceil_mode: boolean
}

const lppool2dOptions = signature<LPPool2dOptions>(
  'LPPool2d',
  'norm_type',
  'kernel_size',
  ['stride', null],
  ['ceil_mode', false],
)

/**
 * `(Σ x^p)^(1/p)` over every window, p being `norm_type`: p = 1 gives sums, p = ∞ maxima. Input (N, C, H, W) or (C,
 * H, W), output (N, C, H_out, W_out).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html
 */
export class LPPool2d extends Module {
  norm_type: number
  kernel_size: Ints
  stride: Ints | null
  ceil_mode: boolean

  constructor(
    ...args: Args<[norm_type: number, kernel_size: Ints], [stride: Ints | null, ceil_mode: boolean], LPPool2dOptions>
  ) {
    super()
    const options = lppool2dOptions(args)
    this.norm_type = options.norm_type
    this.kernel_size = options.kernel_size
    this.stride = options.stride
    this.ceil_mode = options.ceil_mode
  }

  forward(input: Tensor): Tensor {
    return F.lp_pool2d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode)
  }

  override extra_repr(): string {
    return `norm_type=${repr(this.norm_type)}, kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, ceil_mode=${repr(this.ceil_mode)}`
  }
}

export interface LPPool3dOptions {
  norm_type: number
  kernel_size: Ints
  stride: Ints | null
  ceil_mode: boolean
}

const lppool3dOptions = signature<LPPool3dOptions>(
  'LPPool3d',
  'norm_type',
  'kernel_size',
  ['stride', null],
  ['ceil_mode', false],
)

/**
 * `(Σ x^p)^(1/p)` over every window, p being `norm_type`: p = 1 gives sums, p = ∞ maxima. Input (N, C, D, H, W) or
 * (C, D, H, W), output (N, C, D_out, H_out, W_out).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LPPool3d.html
 */
export class LPPool3d extends Module {
  norm_type: number
  kernel_size: Ints
  stride: Ints | null
  ceil_mode: boolean

  constructor(
    ...args: Args<[norm_type: number, kernel_size: Ints], [stride: Ints | null, ceil_mode: boolean], LPPool3dOptions>
  ) {
    super()
    const options = lppool3dOptions(args)
    this.norm_type = options.norm_type
    this.kernel_size = options.kernel_size
    this.stride = options.stride
    this.ceil_mode = options.ceil_mode
  }

  forward(input: Tensor): Tensor {
    return F.lp_pool3d(input, this.norm_type, this.kernel_size, this.stride, this.ceil_mode)
  }

  override extra_repr(): string {
    return `norm_type=${repr(this.norm_type)}, kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}, ceil_mode=${repr(this.ceil_mode)}`
  }
}
