import { type Args, signature } from '../_C/args.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { emptyParameter, type FactoryOptions } from './_parameters.js'
import * as F from './functional/index.js'
import * as initializers from './init.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

export interface PReLUOptions extends FactoryOptions {
  /** 1, or one slope for each channel. */
  num_parameters: number
  /** The slopes at the start. */
  init: number
}

const preluOptions = signature<PReLUOptions>(
  'PReLU',
  ['num_parameters', 1],
  ['init', 0.25],
  ['device', null],
  ['dtype', null],
)

/**
 * `x` where `x ≥ 0`, `weight · x` elsewhere, with learned slopes. Input and output (*), of the same shape; the channels are the
 * second dimension.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.PReLU.html
 */
export class PReLU extends Module {
  num_parameters: number
  init: number
  weight: Parameter

  constructor(
    ...args: Args<
      [],
      [num_parameters: number, init: number, device: DeviceLike | null, dtype: dtype | null],
      PReLUOptions
    >
  ) {
    super()
    const options = preluOptions(args)
    this.num_parameters = options.num_parameters
    this.init = options.init
    this.weight = emptyParameter([options.num_parameters], options)
    this.reset_parameters()
  }

  /** Sets the slopes to `init`. */
  reset_parameters(): void {
    initializers.constant_(this.weight, this.init)
  }

  forward(input: Tensor): Tensor {
    return F.prelu(input, this.weight)
  }

  override extra_repr(): string {
    return `num_parameters=${this.num_parameters}`
  }
}
