import { type Args, signature } from '../_C/args.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { ConvOptions, ConvPadding, PaddingMode } from './_conv_nd.js'
import type { LazyModule } from './_lazy.js'
import { makeLazyConv } from './_lazy_conv.js'
import type { Ints } from './_utils.js'
import { Conv1d, Conv2d, Conv3d } from './conv.js'
import { UninitializedParameter } from './uninitialized.js'

export type LazyConvOptions = Omit<ConvOptions, 'in_channels'>

function lazySignature(name: string): (args: readonly unknown[]) => LazyConvOptions {
  return signature<LazyConvOptions>(
    name,
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

type LazyConvArgs = Args<
  [out_channels: number, kernel_size: Ints],
  [
    stride: Ints,
    padding: ConvPadding,
    dilation: Ints,
    groups: number,
    bias: boolean,
    padding_mode: PaddingMode,
    device: DeviceLike | null,
    dtype: dtype | null,
  ],
  LazyConvOptions
>

const options1 = lazySignature('LazyConv1d')

export interface LazyConv1d extends LazyModule {}

/**
 * A `Conv1d` that takes `in_channels` from its first input, and is a `Conv1d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv1d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyConv` adds the interface's methods.
export class LazyConv1d extends Conv1d {
  constructor(...args: LazyConvArgs) {
    const { out_channels, bias, device, dtype, ...rest } = options1(args)
    super(0, 0, { ...rest, bias: false, device, dtype })
    this.out_channels = out_channels
    this.weight = new UninitializedParameter({ device, dtype })
    if (bias) this.bias = new UninitializedParameter({ device, dtype })
  }
}
makeLazyConv(LazyConv1d, Conv1d)

const options2 = lazySignature('LazyConv2d')

export interface LazyConv2d extends LazyModule {}

/**
 * A `Conv2d` that takes `in_channels` from its first input, and is a `Conv2d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv2d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyConv` adds the interface's methods.
export class LazyConv2d extends Conv2d {
  constructor(...args: LazyConvArgs) {
    const { out_channels, bias, device, dtype, ...rest } = options2(args)
    super(0, 0, { ...rest, bias: false, device, dtype })
    this.out_channels = out_channels
    this.weight = new UninitializedParameter({ device, dtype })
    if (bias) this.bias = new UninitializedParameter({ device, dtype })
  }
}
makeLazyConv(LazyConv2d, Conv2d)

const options3 = lazySignature('LazyConv3d')

export interface LazyConv3d extends LazyModule {}

/**
 * A `Conv3d` that takes `in_channels` from its first input, and is a `Conv3d` from then on.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.LazyConv3d.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: `makeLazyConv` adds the interface's methods.
export class LazyConv3d extends Conv3d {
  constructor(...args: LazyConvArgs) {
    const { out_channels, bias, device, dtype, ...rest } = options3(args)
    super(0, 0, { ...rest, bias: false, device, dtype })
    this.out_channels = out_channels
    this.weight = new UninitializedParameter({ device, dtype })
    if (bias) this.bias = new UninitializedParameter({ device, dtype })
  }
}
makeLazyConv(LazyConv3d, Conv3d)
