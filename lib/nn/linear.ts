import { type Args, signature } from '../_C/args.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { emptyParameter, type FactoryOptions } from './_parameters.js'
import { repr } from './_print.js'
import * as F from './functional/index.js'
import * as init from './init.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

export interface LinearOptions extends FactoryOptions {
  in_features: number
  out_features: number
  bias: boolean
}

const linearOptions = signature<LinearOptions>(
  'Linear',
  'in_features',
  'out_features',
  ['bias', true],
  ['device', null],
  ['dtype', null],
)

/**
 * `y = x Aᵀ + b`. Input (*, in_features), output (*, out_features); `weight` is (out_features, in_features) and `bias`
 * (out_features), both drawn from U(-√k, √k) with k = 1 / in_features.
 *
 * ```ts
 * const m = new nn.Linear(20, 30)
 * m(torch.randn(128, 20)).shape // [128, 30]
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Linear.html
 */
export class Linear extends Module {
  in_features: number
  out_features: number
  weight: Parameter
  bias: Parameter | null

  constructor(
    ...args: Args<
      [in_features: number, out_features: number],
      [bias: boolean, device: DeviceLike | null, dtype: dtype | null],
      LinearOptions
    >
  ) {
    super()
    const options = linearOptions(args)
    this.in_features = options.in_features
    this.out_features = options.out_features
    this.weight = emptyParameter([options.out_features, options.in_features], options)
    this.bias = options.bias ? emptyParameter([options.out_features], options) : null
    this.reset_parameters()
  }

  /** Draws weight and bias anew. */
  reset_parameters(): void {
    // kaiming_uniform_ with a = √5 is U(-1/√in_features, 1/√in_features), see pytorch issue 57109.
    init.kaiming_uniform_(this.weight, Math.sqrt(5))
    if (!this.bias) return
    const [fanIn] = init._calculate_fan_in_and_fan_out(this.weight)
    const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0
    init.uniform_(this.bias, -bound, bound)
  }

  forward(input: Tensor): Tensor {
    return F.linear(input, this.weight, this.bias)
  }

  override extra_repr(): string {
    return `in_features=${this.in_features}, out_features=${this.out_features}, bias=${repr(this.bias !== null)}`
  }
}
