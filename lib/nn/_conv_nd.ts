/** What the convolutions share: their arguments, parameters, padding and printed form. */

import { signature } from '../_C/args.js'
import { checkInteger } from '../_C/checks.js'
import { valueError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { emptyParameter, type FactoryOptions } from './_parameters.js'
import { repr } from './_print.js'
import { allEqual, type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import * as init from './init.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

export type ConvPadding = Ints | 'valid' | 'same'
export type PaddingMode = 'zeros' | 'reflect' | 'replicate' | 'circular'

/** Keywords of `Conv1d`, `Conv2d` and `Conv3d`. */
export interface ConvOptions extends FactoryOptions {
  in_channels: number
  out_channels: number
  kernel_size: Ints
  stride: Ints
  /** Zeros added to both sides; `'valid'` is none, `'same'` as many as keep the size (stride 1 only). */
  padding: ConvPadding
  /** The distance between the kernel's points. */
  dilation: Ints
  /** In how many groups the channels are: each output sees the inputs of its group. */
  groups: number
  bias: boolean
  padding_mode: PaddingMode
}

/** Parameters of `Conv1d`, `Conv2d` and `Conv3d` that must be given. */
export type ConvRequired = [in_channels: number, out_channels: number, kernel_size: Ints]
/** Parameters of `Conv1d`, `Conv2d` and `Conv3d` that have defaults. */
export type ConvOptional = [
  stride: Ints,
  padding: ConvPadding,
  dilation: Ints,
  groups: number,
  bias: boolean,
  padding_mode: PaddingMode,
  device: DeviceLike | null,
  dtype: dtype | null,
]

/** Reads the arguments of a convolution's constructor. */
export function convSignature(name: string): (args: readonly unknown[]) => ConvOptions {
  return signature<ConvOptions>(
    name,
    'in_channels',
    'out_channels',
    'kernel_size',
    ['stride', 1],
    ['padding', 0],
    ['dilation', 1],
    ['groups', 1],
    ['bias', true],
    ['padding_mode', 'zeros'],
    ['device', null],
    ['dtype', null],
  )
}

function checkPadding(padding: readonly number[] | string, stride: readonly number[], mode: string): void {
  if (typeof padding === 'string') {
    if (padding !== 'same' && padding !== 'valid')
      throw valueError(`Invalid padding string '${padding}', should be one of {'same', 'valid'}`)
    if (padding === 'same' && !allEqual(stride, 1))
      throw valueError("padding='same' is not supported for strided convolutions")
  }
  if (!['zeros', 'reflect', 'replicate', 'circular'].includes(mode))
    throw valueError(
      `padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='${mode}'`,
    )
}

/** The padding as `F.pad` takes it: both sides of each dimension, the last one first. */
function reversedPadding(
  padding: readonly number[] | 'valid' | 'same',
  kernelSize: readonly number[],
  dilation: readonly number[],
): number[] {
  const sides = kernelSize.map((size, i): [number, number] => {
    if (typeof padding !== 'string') return [padding[i] ?? 0, padding[i] ?? 0]
    const total = padding === 'same' ? dilation[i]! * (size - 1) : 0
    return [Math.floor(total / 2), total - Math.floor(total / 2)]
  })
  return sides.reverse().flat()
}

/** The base of the six convolutions. @internal */
export abstract class _ConvNd extends Module {
  in_channels: number
  out_channels: number
  kernel_size: number[]
  stride: number[]
  padding: number[] | 'valid' | 'same'
  dilation: number[]
  transposed: boolean
  output_padding: number[]
  groups: number
  padding_mode: PaddingMode
  weight: Parameter
  bias: Parameter | null
  protected readonly _reversed_padding_repeated_twice: number[]

  /** `outputPadding` is given by the transposed convolutions, null by the others. */
  constructor(dims: number, options: ConvOptions, outputPadding: Ints | null) {
    super()
    const { in_channels, out_channels, groups, padding, padding_mode } = options
    for (const name of ['in_channels', 'out_channels', 'groups'] as const)
      checkInteger(`Conv${dims}d`, name, options[name])
    if (groups <= 0) throw valueError('groups must be a positive integer')
    if (in_channels % groups !== 0) throw valueError('in_channels must be divisible by groups')
    if (out_channels % groups !== 0) throw valueError('out_channels must be divisible by groups')
    this.in_channels = in_channels
    this.out_channels = out_channels
    this.kernel_size = ntuple(options.kernel_size, dims, 'kernel_size')
    this.stride = ntuple(options.stride, dims, 'stride')
    this.padding = typeof padding === 'string' ? padding : ntuple(padding, dims, 'padding')
    this.dilation = ntuple(options.dilation, dims, 'dilation')
    this.transposed = outputPadding !== null
    this.output_padding = ntuple(outputPadding ?? 0, dims, 'output_padding')
    this.groups = groups
    this.padding_mode = padding_mode
    checkPadding(this.padding, this.stride, padding_mode)
    this._reversed_padding_repeated_twice = reversedPadding(this.padding, this.kernel_size, this.dilation)
    const channels = this.transposed ? [in_channels, out_channels / groups] : [out_channels, in_channels / groups]
    this.weight = emptyParameter([...channels, ...this.kernel_size], options)
    this.bias = options.bias ? emptyParameter([out_channels], options) : null
    this.reset_parameters()
  }

  /** Draws weight and bias anew from U(-√k, √k) with k = groups / (in_channels · kernel points). */
  reset_parameters(): void {
    init.kaiming_uniform_(this.weight, Math.sqrt(5))
    if (!this.bias) return
    const [fanIn] = init._calculate_fan_in_and_fan_out(this.weight)
    if (fanIn === 0) return
    const bound = 1 / Math.sqrt(fanIn)
    init.uniform_(this.bias, -bound, bound)
  }

  /** The input, padded where the convolution itself can't do the padding; then it adds none of its own. */
  protected _padded(input: Tensor): [input: Tensor, padding: number[] | 'valid' | 'same'] {
    if (this.padding_mode === 'zeros') return [input, this.padding]
    const padded = F.pad(input, this._reversed_padding_repeated_twice, this.padding_mode)
    return [padded, this.kernel_size.map(() => 0)]
  }

  override extra_repr(): string {
    const { padding } = this
    let s = `${this.in_channels}, ${this.out_channels}, kernel_size=${repr(this.kernel_size)}, stride=${repr(this.stride)}`
    if (!allEqual(padding, 0)) s += `, padding=${typeof padding === 'string' ? padding : repr(padding)}`
    if (!allEqual(this.dilation, 1)) s += `, dilation=${repr(this.dilation)}`
    if (!allEqual(this.output_padding, 0)) s += `, output_padding=${repr(this.output_padding)}`
    if (this.groups !== 1) s += `, groups=${this.groups}`
    if (this.bias === null) s += ', bias=False'
    if (this.padding_mode !== 'zeros') s += `, padding_mode=${this.padding_mode}`
    return s
  }
}
