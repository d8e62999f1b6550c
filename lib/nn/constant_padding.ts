/** Layers that pad with one value. */
import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import type { PadOptions } from './_pad_nd.js'
import { repr, reprFloat } from './_print.js'
import { type Ints, ntuple } from './_utils.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

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

type ConstantPadClass = new (...args: ConstantPadArgs) => _ConstantPadNd

function constantPadNd(name: string, dims: number): ConstantPadClass {
  const bind = signature<ConstantPadOptions>(name, 'padding', 'value')
  return class extends _ConstantPadNd {
    constructor(...args: ConstantPadArgs) {
      super(bind(args), dims)
    }
  }
}

function zeroPad(name: string, Base: ConstantPadClass): new (...args: ZeroPadArgs) => _ConstantPadNd {
  const bind = signature<PadOptions>(name, 'padding')
  return class extends Base {
    constructor(...args: ZeroPadArgs) {
      super(bind(args).padding, 0)
    }

    override extra_repr(): string {
      return repr(this.padding)
    }
  }
}

/**
 * Pads with `value`. Input (N, C, L) or (C, L); `padding` is a number or [left, right], negative ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html
 */
export class ConstantPad1d extends constantPadNd('ConstantPad1d', 1) {}

/**
 * Pads with `value`. Input (N, C, H, W) or (C, H, W); `padding` is a number or [left, right, top, bottom], negative
 * ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html
 */
export class ConstantPad2d extends constantPadNd('ConstantPad2d', 2) {}

/**
 * Pads with `value`. Input (N, C, D, H, W) or (C, D, H, W); `padding` is a number or [left, right, top, bottom,
 * front, back], negative ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html
 */
export class ConstantPad3d extends constantPadNd('ConstantPad3d', 3) {}

/**
 * Pads with zeros. Input (N, C, L) or (C, L); `padding` is a number or [left, right], negative ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html
 */
export class ZeroPad1d extends zeroPad('ZeroPad1d', ConstantPad1d) {}

/**
 * Pads with zeros. Input (N, C, H, W) or (C, H, W); `padding` is a number or [left, right, top, bottom], negative
 * ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html
 */
export class ZeroPad2d extends zeroPad('ZeroPad2d', ConstantPad2d) {}

/**
 * Pads with zeros. Input (N, C, D, H, W) or (C, D, H, W); `padding` is a number or [left, right, top, bottom, front,
 * back], negative ones crop.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html
 */
export class ZeroPad3d extends zeroPad('ZeroPad3d', ConstantPad3d) {}
