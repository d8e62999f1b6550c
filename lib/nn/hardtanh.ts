import { type Args, signature } from '../_C/args.js'
import { runtimeError, warn } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { reprFloat } from './_print.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface HardtanhOptions {
  min_val: number
  max_val: number
  inplace: boolean
  /** The old name of `min_val`. */
  min_value: number | null
  /** The old name of `max_val`. */
  max_value: number | null
}

const hardtanhOptions = signature<HardtanhOptions>(
  'Hardtanh',
  ['min_val', -1],
  ['max_val', 1],
  ['inplace', false],
  ['min_value', null],
  ['max_value', null],
)

/**
 * `min(max(x, min_val), max_val)`. Input and output (*), of the same shape.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
 */
export class Hardtanh extends Module {
  min_val: number
  max_val: number
  inplace: boolean

  constructor(
    ...args: Args<
      [],
      [min_val: number, max_val: number, inplace: boolean, min_value: number | null, max_value: number | null],
      HardtanhOptions
    >
  ) {
    super()
    const options = hardtanhOptions(args)
    if (options.min_value !== null)
      warn('keyword argument `min_value` is deprecated and renamed to `min_val`', 'FutureWarning')
    if (options.max_value !== null)
      warn('keyword argument `max_value` is deprecated and renamed to `max_val`', 'FutureWarning')
    this.min_val = options.min_value ?? options.min_val
    this.max_val = options.max_value ?? options.max_val
    this.inplace = options.inplace
    if (!(this.max_val > this.min_val))
      throw runtimeError(`max_val (${this.max_val}) must be larger than min_val (${this.min_val})`)
  }

  forward(input: Tensor): Tensor {
    return F.hardtanh(input, this.min_val, this.max_val, this.inplace)
  }

  override extra_repr(): string {
    return `min_val=${reprFloat(this.min_val)}, max_val=${reprFloat(this.max_val)}${this.inplace ? ', inplace=True' : ''}`
  }
}
