import { type Args, signature } from '../_C/args.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { PaddingMode } from './_conv_nd.js'
import type { LazyModule } from './_lazy.js'
import { makeLazyConv } from './_lazy_conv.js'
import type { Ints } from './_utils.js'
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, type ConvTransposeOptions } from './conv_transpose.js'
import { UninitializedParameter } from './uninitialized.js'

export type LazyConvTransposeOptions = Omit<ConvTransposeOptions, 'in_channels'>

function lazySignature(name: string): (args: readonly unknown[]) => LazyConvTransposeOptions {
  return signature<LazyConvTransposeOptions>(
    name,
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

type LazyConvTransposeArgs = Args<
  [out_channels: number, kernel_size: Ints],
  [
    stride: Ints,
    padding: Ints,
    output_padding: Ints,
    groups: number,
    bias: boolean,
    dilation: Ints,
    padding_mode: PaddingMode,
    device: DeviceLike | null,
    dtype: dtype | null,
  ],
  LazyConvTransposeOptions
>

const options1 = lazySignature('LazyConvTranspose1d')

export interface LazyConvTranspose1d extends LazyModule {}

/**
 * A `ConvTranspose1d` that takes `in_channels` from its first input, and is a `ConvTranspose1d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose1d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyConv` adds the interface's methods.
export class LazyConvTranspose1d extends ConvTranspose1d {
  constructor(...args: LazyConvTransposeArgs) {
    const { out_channels, bias, device, dtype, ...rest } = options1(args)
    super(0, 0, { ...rest, bias: false, device, dtype })
    this.out_channels = out_channels
    this.weight = new UninitializedParameter({ device, dtype })
    if (bias) this.bias = new UninitializedParameter({ device, dtype })
  }
}
makeLazyConv(LazyConvTranspose1d, ConvTranspose1d)

const options2 = lazySignature('LazyConvTranspose2d')

export interface LazyConvTranspose2d extends LazyModule {}

/**
 * A `ConvTranspose2d` that takes `in_channels` from its first input, and is a `ConvTranspose2d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose2d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyConv` adds the interface's methods.
export class LazyConvTranspose2d extends ConvTranspose2d {
  constructor(...args: LazyConvTransposeArgs) {
    const { out_channels, bias, device, dtype, ...rest } = options2(args)
    super(0, 0, { ...rest, bias: false, device, dtype })
    this.out_channels = out_channels
    this.weight = new UninitializedParameter({ device, dtype })
    if (bias) this.bias = new UninitializedParameter({ device, dtype })
  }
}
makeLazyConv(LazyConvTranspose2d, ConvTranspose2d)

const options3 = lazySignature('LazyConvTranspose3d')

export interface LazyConvTranspose3d extends LazyModule {}

/**
 * A `ConvTranspose3d` that takes `in_channels` from its first input, and is a `ConvTranspose3d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConvTranspose3d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyConv` adds the interface's methods.
export class LazyConvTranspose3d extends ConvTranspose3d {
  constructor(...args: LazyConvTransposeArgs) {
    const { out_channels, bias, device, dtype, ...rest } = options3(args)
    super(0, 0, { ...rest, bias: false, device, dtype })
    this.out_channels = out_channels
    this.weight = new UninitializedParameter({ device, dtype })
    if (bias) this.bias = new UninitializedParameter({ device, dtype })
  }
}
makeLazyConv(LazyConvTranspose3d, ConvTranspose3d)
