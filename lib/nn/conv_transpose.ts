import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { _ConvNd, type ConvOptions, type ConvRequired, type PaddingMode } from './_conv_nd.js'
import type { Ints } from './_utils.js'
import * as F from './functional/index.js'

/** Keywords of the transposed convolutions. */
export interface ConvTransposeOptions extends ConvOptions {
  padding: Ints
  /** Added to one side of the output, to tell apart the sizes that one input size may come from. */
  output_padding: Ints
  /** Only `'zeros'`. */
  padding_mode: PaddingMode
}

type ConvTransposeOptional = [
  stride: Ints,
  padding: Ints,
  output_padding: Ints,
  groups: number,
  bias: boolean,
  dilation: Ints,
  padding_mode: PaddingMode,
  device: DeviceLike | null,
  dtype: dtype | null,
]

function convTransposeSignature(name: string): (args: readonly unknown[]) => ConvTransposeOptions {
  return signature<ConvTransposeOptions>(
    name,
    'in_channels',
    'out_channels',
    'kernel_size',
    ['stride', 1],
    ['padding', 0],
    ['output_padding', 0],
    ['groups', 1],
    ['bias', true],
    ['dilation', 1],
    ['padding_mode', 'zeros'],
    ['device', null],
    ['dtype', null],
  )
}

/** The base of the transposed convolutions. @internal */
export abstract class _ConvTransposeNd extends _ConvNd {
  constructor(name: string, dims: number, options: ConvTransposeOptions) {
    if (options.padding_mode !== 'zeros') throw valueError(`Only "zeros" padding mode is supported for ${name}`)
    super(dims, options, options.output_padding)
  }

  /** What has to be added to one side of the output for it to have `output_size`. */
  protected _output_padding(input: Tensor, output_size: readonly number[] | null): number[] {
    if (output_size === null) return this.output_padding
    const { stride, kernel_size, dilation } = this
    const padding = this.padding as number[]
    const dims = kernel_size.length
    const shape = input.shape
    const leading = shape.length === dims + 2 ? 2 : 1
    const wanted = output_size.length === leading + dims ? output_size.slice(leading) : output_size
    if (wanted.length !== dims)
      throw valueError(
        `ConvTranspose${dims}D: for ${shape.length}D input, output_size must have ${dims} or ${leading + dims} elements (got ${wanted.length})`,
      )
    const smallest = kernel_size.map(
      (size, d) => (shape[d + leading]! - 1) * stride[d]! - 2 * padding[d]! + dilation[d]! * (size - 1) + 1,
    )
    const largest = smallest.map((size, d) => size + stride[d]! - 1)
    if (wanted.some((size, d) => size < smallest[d]! || size > largest[d]!))
      throw valueError(
        `requested an output size of [${wanted.join(', ')}], but valid sizes range from [${smallest.join(', ')}] to ` +
          `[${largest.join(', ')}] (for an input of torch.Size([${shape.slice(2).join(', ')}]))`,
      )
    return wanted.map((size, d) => size - smallest[d]!)
  }
}

const options1 = convTransposeSignature('ConvTranspose1d')

/**
 * Transposed convolution (the gradient of `Conv1d`) over a signal of planes. Input (N, C_in, L) or (C_in, L), output
 * (N, C_out, L_out) with `size_out = (size − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1`. A call may
 * name the `output_size` wanted, where several are possible.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 */
export class ConvTranspose1d extends _ConvTransposeNd {
  constructor(...args: Args<ConvRequired, ConvTransposeOptional, ConvTransposeOptions>) {
    super('ConvTranspose1d', 1, options1(args))
  }

  forward(input: Tensor, output_size: readonly number[] | null = null): Tensor {
    const padding = this.padding as number[]
    const extra = this._output_padding(input, output_size)
    return F.conv_transpose1d(input, this.weight, this.bias, this.stride, padding, extra, this.groups, this.dilation)
  }
}

const options2 = convTransposeSignature('ConvTranspose2d')

/**
 * Transposed convolution (the gradient of `Conv2d`) over an image of planes. Input (N, C_in, H, W) or (C_in, H, W), output
 * (N, C_out, H_out, W_out) with `size_out = (size − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1`. A call may
 * name the `output_size` wanted, where several are possible.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
 */
export class ConvTranspose2d extends _ConvTransposeNd {
  constructor(...args: Args<ConvRequired, ConvTransposeOptional, ConvTransposeOptions>) {
    super('ConvTranspose2d', 2, options2(args))
  }

  forward(input: Tensor, output_size: readonly number[] | null = null): Tensor {
    const padding = this.padding as number[]
    const extra = this._output_padding(input, output_size)
    return F.conv_transpose2d(input, this.weight, this.bias, this.stride, padding, extra, this.groups, this.dilation)
  }
}

const options3 = convTransposeSignature('ConvTranspose3d')

/**
 * Transposed convolution (the gradient of `Conv3d`) over a volume of planes. Input (N, C_in, D, H, W) or (C_in, D, H, W), output
 * (N, C_out, D_out, H_out, W_out) with `size_out = (size − 1)·stride − 2·padding + dilation·(kernel_size − 1) + output_padding + 1`. A call may
 * name the `output_size` wanted, where several are possible.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
 */
export class ConvTranspose3d extends _ConvTransposeNd {
  constructor(...args: Args<ConvRequired, ConvTransposeOptional, ConvTransposeOptions>) {
    super('ConvTranspose3d', 3, options3(args))
  }

  forward(input: Tensor, output_size: readonly number[] | null = null): Tensor {
    const padding = this.padding as number[]
    const extra = this._output_padding(input, output_size)
    return F.conv_transpose3d(input, this.weight, this.bias, this.stride, padding, extra, this.groups, this.dilation)
  }
}
