import { type Args, signature } from '../_C/args.js'
import { checkInteger } from '../_C/checks.js'
import { valueError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { emptyParameter, type FactoryOptions } from './_parameters.js'
import { repr, reprFloat } from './_print.js'
import * as F from './functional/index.js'
import * as init from './init.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

/** The last dimensions of the input, over which is normalised; one number for one dimension. */
export type NormalizedShape = number | readonly number[]

function asShape(shape: NormalizedShape): number[] {
  return typeof shape === 'number' ? [shape] : [...shape]
}

export interface LayerNormOptions extends FactoryOptions {
  normalized_shape: NormalizedShape
  /** Added to the variance. */
  eps: number
  /** Whether there is a learned weight for each element. */
  elementwise_affine: boolean
  bias: boolean
}

const layerNormOptions = signature<LayerNormOptions>(
  'LayerNorm',
  'normalized_shape',
  ['eps', 1e-5],
  ['elementwise_affine', true],
  ['bias', true],
  ['device', null],
  ['dtype', null],
)

/**
 * Normalises each sample over its last dimensions: `(x − mean) / √(variance + eps) · weight + bias`. Input and output (*,
 * …normalized_shape).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 */
export class LayerNorm extends Module {
  normalized_shape: number[]
  eps: number
  elementwise_affine: boolean
  weight: Parameter | null
  bias: Parameter | null

  constructor(
    ...args: Args<
      [normalized_shape: NormalizedShape],
      [eps: number, elementwise_affine: boolean, bias: boolean, device: DeviceLike | null, dtype: dtype | null],
      LayerNormOptions
    >
  ) {
    super()
    const options = layerNormOptions(args)
    const affine = options.elementwise_affine
    this.normalized_shape = asShape(options.normalized_shape)
    this.eps = options.eps
    this.elementwise_affine = affine
    this.weight = affine ? emptyParameter(this.normalized_shape, options) : null
    this.bias = affine && options.bias ? emptyParameter(this.normalized_shape, options) : null
    this.reset_parameters()
  }

  /** Sets the weight to ones and the bias to zeros. */
  reset_parameters(): void {
    if (this.weight) init.ones_(this.weight)
    if (this.bias) init.zeros_(this.bias)
  }

  forward(input: Tensor): Tensor {
    return F.layer_norm(input, this.normalized_shape, this.weight, this.bias, this.eps)
  }

  override extra_repr(): string {
    const { normalized_shape, eps, elementwise_affine, bias } = this
    return `${repr(normalized_shape)}, eps=${reprFloat(eps)}, elementwise_affine=${repr(elementwise_affine)}, bias=${repr(bias !== null)}`
  }
}

export interface GroupNormOptions extends FactoryOptions {
  num_groups: number
  num_channels: number
  /** Added to the variance. */
  eps: number
  /** Whether there is a learned weight for each channel. */
  affine: boolean
  bias: boolean
}

const groupNormOptions = signature<GroupNormOptions>(
  'GroupNorm',
  'num_groups',
  'num_channels',
  ['eps', 1e-5],
  ['affine', true],
  ['device', null],
  ['dtype', null],
  '*',
  ['bias', true],
)

/**
 * Normalises groups of channels of each sample: `(x − mean) / √(variance + eps) · weight + bias`. Input and output (N, C,
 * *), C being `num_channels`, a multiple of `num_groups`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 */
export class GroupNorm extends Module {
  num_groups: number
  num_channels: number
  eps: number
  affine: boolean
  weight: Parameter | null
  bias: Parameter | null

  constructor(
    ...args: Args<
      [num_groups: number, num_channels: number],
      [eps: number, affine: boolean, device: DeviceLike | null, dtype: dtype | null],
      GroupNormOptions
    >
  ) {
    super()
    const options = groupNormOptions(args)
    const { num_groups, num_channels, affine } = options
    checkInteger('GroupNorm', 'num_groups', num_groups)
    checkInteger('GroupNorm', 'num_channels', num_channels)
    if (num_channels % num_groups !== 0)
      throw valueError(`num_channels (${num_channels}) must be divisible by num_groups (${num_groups})`)
    this.num_groups = num_groups
    this.num_channels = num_channels
    this.eps = options.eps
    this.affine = affine
    this.weight = affine ? emptyParameter([num_channels], options) : null
    this.bias = affine && options.bias ? emptyParameter([num_channels], options) : null
    this.reset_parameters()
  }

  /** Sets the weight to ones and the bias to zeros. */
  reset_parameters(): void {
    if (this.weight) init.ones_(this.weight)
    if (this.bias) init.zeros_(this.bias)
  }

  forward(input: Tensor): Tensor {
    return F.group_norm(input, this.num_groups, this.weight, this.bias, this.eps)
  }

  override extra_repr(): string {
    const { num_groups, num_channels, eps, affine, bias } = this
    return `${num_groups}, ${num_channels}, eps=${reprFloat(eps)}, affine=${repr(affine)}, bias=${repr(bias !== null)}`
  }
}

export interface RMSNormOptions extends FactoryOptions {
  normalized_shape: NormalizedShape
  /** Added to the mean square; null for the least number of the dtype. */
  eps: number | null
  elementwise_affine: boolean
}

const rmsNormOptions = signature<RMSNormOptions>(
  'RMSNorm',
  'normalized_shape',
  ['eps', null],
  ['elementwise_affine', true],
  ['device', null],
  ['dtype', null],
)

/**
 * Divides each sample by the root of the mean square over its last dimensions: `x / √(mean(x²) + eps) · weight`. Input and
 * output (*, …normalized_shape).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
 */
export class RMSNorm extends Module {
  normalized_shape: number[]
  eps: number | null
  elementwise_affine: boolean
  weight: Parameter | null

  constructor(
    ...args: Args<
      [normalized_shape: NormalizedShape],
      [eps: number | null, elementwise_affine: boolean, device: DeviceLike | null, dtype: dtype | null],
      RMSNormOptions
    >
  ) {
    super()
    const options = rmsNormOptions(args)
    this.normalized_shape = asShape(options.normalized_shape)
    this.eps = options.eps
    this.elementwise_affine = options.elementwise_affine
    this.weight = options.elementwise_affine ? emptyParameter(this.normalized_shape, options) : null
    this.reset_parameters()
  }

  /** Sets the weight to ones. */
  reset_parameters(): void {
    if (this.weight) init.ones_(this.weight)
  }

  forward(x: Tensor): Tensor {
    return F.rms_norm(x, this.normalized_shape, this.weight, this.eps)
  }

  override extra_repr(): string {
    const eps = this.eps === null ? 'None' : reprFloat(this.eps)
    return `${repr(this.normalized_shape)}, eps=${eps}, elementwise_affine=${repr(this.elementwise_affine)}`
  }
}
