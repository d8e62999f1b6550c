import { inspect } from 'node:util'
import { call } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import { assertionError, warn } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import type { DeviceLike } from '../../device.js'
import { bool } from '../../dtype.js'
import { Tensor } from '../../tensor.js'

/**
 * To which corner of the scores (L, S) a causal mask is aligned; of square ones both are the same.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.bias.CausalVariant.html
 */
export const CausalVariant = { UPPER_LEFT: 1, LOWER_RIGHT: 2 } as const

export type CausalVariant = (typeof CausalVariant)[keyof typeof CausalVariant]

/**
 * A causal mask that is not written out: `attn_mask` of `scaled_dot_product_attention`. Other operators see a tensor without
 * elements.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.attention.bias.CausalBias.html
 */
export class CausalBias extends Tensor {
  declare readonly variant: CausalVariant
  declare readonly seq_len_q: number
  declare readonly seq_len_kv: number

  constructor(variant: CausalVariant, seq_len_q: number, seq_len_kv: number) {
    if (!Object.values(CausalVariant).includes(variant))
      throw assertionError(`variant must be a CausalVariant, got ${String(variant)}`)
    const self = native.alias(call(ops.empty, [0]) as Tensor)
    Object.setPrototypeOf(self, new.target.prototype)
    for (const [name, value] of Object.entries({ variant, seq_len_q, seq_len_kv }))
      Object.defineProperty(self, name, { value, enumerable: true })
    super(self)
    if (seq_len_q > seq_len_kv && variant === CausalVariant.LOWER_RIGHT)
      warn('Lower right causal bias will produce NaNs in the output when seq_len_q > seq_len_kv!')
  }

  /** The mask written out, (L, S): true takes part. */
  _materialize(device: DeviceLike | null = null): Tensor {
    const { seq_len_q, seq_len_kv } = this
    const diagonal = this.variant === CausalVariant.LOWER_RIGHT ? seq_len_kv - seq_len_q : 0
    return call(ops.tril, call(ops.ones, [seq_len_q, seq_len_kv], { device, dtype: bool }), diagonal) as Tensor
  }

  override toString(): string {
    return this._materialize().toString()
  }

  override [inspect.custom](): string {
    return this.toString()
  }
}
