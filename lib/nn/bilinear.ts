import { type Args, signature } from '../_C/args.js'
import { valueError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { emptyParameter, type FactoryOptions } from './_parameters.js'
import { repr } from './_print.js'
import * as F from './functional/index.js'
import * as init from './init.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

export interface BilinearOptions extends FactoryOptions {
  in1_features: number
  in2_features: number
  out_features: number
  bias: boolean
}

const bilinearOptions = signature<BilinearOptions>(
  'Bilinear',
  'in1_features',
  'in2_features',
  'out_features',
  ['bias', true],
  ['device', null],
  ['dtype', null],
)

/**
 * `y = x₁ᵀ A x₂ + b`. Inputs (*, in1_features) and (*, in2_features), output (*, out_features); `weight` is (out_features,
 * in1_features, in2_features).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
 */
export class Bilinear extends Module {
  in1_features: number
  in2_features: number
  out_features: number
  weight: Parameter
  bias: Parameter | null

  constructor(
    ...args: Args<
      [in1_features: number, in2_features: number, out_features: number],
      [bias: boolean, device: DeviceLike | null, dtype: dtype | null],
      BilinearOptions
    >
  ) {
    super()
    const options = bilinearOptions(args)
    const { in1_features, in2_features, out_features } = options
    this.in1_features = in1_features
    this.in2_features = in2_features
    this.out_features = out_features
    this.weight = emptyParameter([out_features, in1_features, in2_features], options)
    this.bias = options.bias ? emptyParameter([out_features], options) : null
    this.reset_parameters()
  }

  /** Draws weight and bias anew from U(-√k, √k) with k = 1 / in1_features. */
  reset_parameters(): void {
    const { in1_features } = this
    if (in1_features <= 0) throw valueError(`in1_features must be > 0, but got (in1_features=${in1_features})`)
    const bound = 1 / Math.sqrt(this.weight.shape[1]!)
    init.uniform_(this.weight, -bound, bound)
    if (this.bias) init.uniform_(this.bias, -bound, bound)
  }

  forward(input1: Tensor, input2: Tensor): Tensor {
    return F.bilinear(input1, input2, this.weight, this.bias)
  }

  override extra_repr(): string {
    const { in1_features, in2_features, out_features, bias } = this
    return `in1_features=${in1_features}, in2_features=${in2_features}, out_features=${out_features}, bias=${repr(bias !== null)}`
  }
}
