/** `scaled_dot_product_attention` with a `CausalBias`. */
import { isPlainObject, signature } from '../../_C/args.js'
import { call } from '../../_C/call.js'
import { valueError } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import { CausalBias, CausalVariant } from '../attention/causal_bias.js'
import { unfused } from '../attention/unfused_warnings.js'

interface AttentionArguments {
  query: Tensor
  key: Tensor
  value: Tensor
  attn_mask: CausalBias
  dropout_p: number
  is_causal: boolean
  scale: number | null
  enable_gqa: boolean
}

const bind = signature<AttentionArguments>(
  'scaled_dot_product_attention',
  'query',
  'key',
  'value',
  'attn_mask',
  ['dropout_p', 0],
  ['is_causal', false],
  '*',
  ['scale', null],
  ['enable_gqa', false],
)

/** The `CausalBias` among the arguments of a call, or null. */
export function causalBiasOf(args: readonly unknown[]): CausalBias | null {
  const fourth = args[3]
  if (fourth instanceof CausalBias) return fourth
  const last = args.at(-1)
  return isPlainObject(last) && last.attn_mask instanceof CausalBias ? last.attn_mask : null
}

/** Attention with a `CausalBias`, which is only written out where no kernel knows it. */
export function causalAttention(args: readonly unknown[]): Tensor {
  const { query, key, value, attn_mask: bias, dropout_p, is_causal, ...keywords } = bind(args)
  if (is_causal) throw valueError('CausalBias should not be used with causal=True')
  if (bias.seq_len_q === bias.seq_len_kv || bias.variant === CausalVariant.UPPER_LEFT)
    return call(ops.scaled_dot_product_attention, query, key, value, null, dropout_p, true, keywords) as Tensor
  unfused()
  const mask = bias._materialize(query.device)
  return call(ops.scaled_dot_product_attention, query, key, value, mask, dropout_p, false, keywords) as Tensor
}
