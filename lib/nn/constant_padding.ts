/** Layers that pad with one value. */
import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr, reprFloat } from './_print.js'
import { type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'
import type { PadOptions } from './padding.js'

export interface ConstantPadOptions extends PadOptions {
  value: number
}

type ConstantPadArgs = Args<[padding: Ints, value: number], [], ConstantPadOptions>
type ZeroPadArgs = Args<[padding: Ints], [], PadOptions>

/** The base of the constant paddings. @internal */
export abstract class _ConstantPadNd extends Module {
  padding: number[]
  value: number

  constructor({ padding, value }: ConstantPadOptions, dims: number) {
    super()
    this.padding = ntuple(padding, 2 * dims, 'padding')
    this.value = value
  }

  forward(input: Tensor): Tensor {
    return F.pad(input, this.padding, 'constant', this.value)
  }

  override extra_repr(): string {
    return `padding=${repr(this.padding)}, value=${reprFloat(this.value)}`
  }
}

const constantPad1dOptions = signature<ConstantPadOptions>('ConstantPad1d', 'padding', 'value')

/**
 * Pads with `value`. Input (N, C, L) or (C, L); `padding` is a number or [left, right], negative ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html
 */
export class ConstantPad1d extends _ConstantPadNd {
  constructor(...args: ConstantPadArgs) {
    super(constantPad1dOptions(args), 1)
  }
}

const constantPad2dOptions = signature<ConstantPadOptions>('ConstantPad2d', 'padding', 'value')

/**
 * Pads with `value`. Input (N, C, H, W) or (C, H, W); `padding` is a number or [left, right, top, bottom], negative
 * ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html
 */
export class ConstantPad2d extends _ConstantPadNd {
  constructor(...args: ConstantPadArgs) {
    super(constantPad2dOptions(args), 2)
  }
}

const constantPad3dOptions = signature<ConstantPadOptions>('ConstantPad3d', 'padding', 'value')

/**
 * Pads with `value`. Input (N, C, D, H, W) or (C, D, H, W); `padding` is a number or [left, right, top, bottom,
 * front, back], negative ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html
 */
export class ConstantPad3d extends _ConstantPadNd {
  constructor(...args: ConstantPadArgs) {
    super(constantPad3dOptions(args), 3)
  }
}

const zeroPad1dOptions = signature<PadOptions>('ZeroPad1d', 'padding')

/**
 * Pads with zeros. Input (N, C, L) or (C, L); `padding` is a number or [left, right], negative ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html
 */
export class ZeroPad1d extends _ConstantPadNd {
  constructor(...args: ZeroPadArgs) {
    super({ padding: zeroPad1dOptions(args).padding, value: 0 }, 1)
  }

  override extra_repr(): string {
    return repr(this.padding)
  }
}

const zeroPad2dOptions = signature<PadOptions>('ZeroPad2d', 'padding')

/**
 * Pads with zeros. Input (N, C, H, W) or (C, H, W); `padding` is a number or [left, right, top, bottom], negative
 * ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html
 */
export class ZeroPad2d extends _ConstantPadNd {
  constructor(...args: ZeroPadArgs) {
    super({ padding: zeroPad2dOptions(args).padding, value: 0 }, 2)
  }

  override extra_repr(): string {
    return repr(this.padding)
  }
}

const zeroPad3dOptions = signature<PadOptions>('ZeroPad3d', 'padding')

/**
 * Pads with zeros. Input (N, C, D, H, W) or (C, D, H, W); `padding` is a number or [left, right, top, bottom, front,
 * back], negative ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html
 */
export class ZeroPad3d extends _ConstantPadNd {
  constructor(...args: ZeroPadArgs) {
    super({ padding: zeroPad3dOptions(args).padding, value: 0 }, 3)
  }

  override extra_repr(): string {
    return repr(this.padding)
  }
}
