import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { checkInteger } from '../_C/checks.js'
import { currentModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { assertionError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { isNested } from './_nested.js'
import { emptyParameter, type FactoryOptions } from './_parameters.js'
import { canonicalMask } from './functional/_attention.js'
import * as F from './functional/index.js'
import * as init from './init.js'
import { type Forward, Module } from './module.js'
import { NonDynamicallyQuantizableLinear } from './non_dynamically_quantizable_linear.js'
import type { Parameter } from './parameter.js'

export interface MultiheadAttentionOptions extends FactoryOptions {
  /** E: the width of the model, divided among the heads. */
  embed_dim: number
  num_heads: number
  /** The share of attention weights dropped in training. */
  dropout: number
  bias: boolean
  /** Whether learned vectors are added to keys and values as one more position. */
  add_bias_kv: boolean
  /** Whether zeros are added to keys and values as one more position. */
  add_zero_attn: boolean
  /** The width of keys; null for `embed_dim`. */
  kdim: number | null
  /** The width of values; null for `embed_dim`. */
  vdim: number | null
  /** Whether inputs and outputs are (N, L, E) instead of (L, N, E). */
  batch_first: boolean
}

const attentionOptions = signature<MultiheadAttentionOptions>(
  'MultiheadAttention',
  'embed_dim',
  'num_heads',
  ['dropout', 0],
  ['bias', true],
  ['add_bias_kv', false],
  ['add_zero_attn', false],
  ['kdim', null],
  ['vdim', null],
  ['batch_first', false],
  ['device', null],
  ['dtype', null],
)

/** Arguments of a call of `MultiheadAttention`. */
export interface AttentionCall {
  query: Tensor
  key: Tensor
  value: Tensor
  /** (N, S) or (S): true, or −∞, where a key is left out. */
  key_padding_mask: Tensor | null
  need_weights: boolean
  /** (L, S) or (N · num_heads, L, S): true where a pair is left out, or what is added to its score. */
  attn_mask: Tensor | null
  /** Whether the weights come as their mean over the heads. */
  average_attn_weights: boolean
  /** Says that `attn_mask` is the causal one, which is faster. */
  is_causal: boolean
}

const attentionCall = signature<AttentionCall>(
  'forward',
  'query',
  'key',
  'value',
  ['key_padding_mask', null],
  ['need_weights', true],
  ['attn_mask', null],
  ['average_attn_weights', true],
  ['is_causal', false],
)

/**
 * Attention with several heads: `softmax(q kᵀ / √(E / heads)) v` for each, joined and projected. query (L, N, E), key (S, N,
 * kdim), value (S, N, vdim), or without N, or N first with `batch_first`. Returns the outputs, of the query's shape, and the
 * weights (N, L, S), (N, num_heads, L, S) without `average_attn_weights`, or null without `need_weights`.
 *
 * ```ts
 * const attention = new nn.MultiheadAttention(512, 8, { batch_first: true })
 * const [output, weights] = attention(x, x, x)
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
 */
export class MultiheadAttention extends Module<Forward> {
  embed_dim: number
  kdim: number
  vdim: number
  readonly _qkv_same_embed_dim: boolean
  num_heads: number
  dropout: number
  batch_first: boolean
  head_dim: number
  /** (3 · E, E): the projections of query, key and value, where all are of width E; otherwise null. */
  in_proj_weight: Parameter | null
  q_proj_weight: Parameter | null
  k_proj_weight: Parameter | null
  v_proj_weight: Parameter | null
  in_proj_bias: Parameter | null
  out_proj: NonDynamicallyQuantizableLinear
  bias_k: Parameter | null
  bias_v: Parameter | null
  add_zero_attn: boolean

  constructor(
    ...args: Args<
      [embed_dim: number, num_heads: number],
      [
        dropout: number,
        bias: boolean,
        add_bias_kv: boolean,
        add_zero_attn: boolean,
        kdim: number | null,
        vdim: number | null,
        batch_first: boolean,
        device: DeviceLike | null,
        dtype: dtype | null,
      ],
      MultiheadAttentionOptions
    >
  ) {
    super()
    const options = attentionOptions(args)
    const { embed_dim, num_heads, bias, add_bias_kv, device, dtype } = options
    checkInteger('MultiheadAttention', 'embed_dim', embed_dim)
    checkInteger('MultiheadAttention', 'num_heads', num_heads)
    if (!(embed_dim > 0 && num_heads > 0))
      throw valueError(
        `embed_dim and num_heads must be greater than 0, got embed_dim=${embed_dim} and num_heads=${num_heads} instead`,
      )
    this.embed_dim = embed_dim
    this.kdim = options.kdim ?? embed_dim
    this.vdim = options.vdim ?? embed_dim
    const same = this.kdim === embed_dim && this.vdim === embed_dim
    this._qkv_same_embed_dim = same
    this.num_heads = num_heads
    this.dropout = options.dropout
    this.batch_first = options.batch_first
    this.head_dim = Math.floor(embed_dim / num_heads)
    if (this.head_dim * num_heads !== embed_dim) throw assertionError('embed_dim must be divisible by num_heads')
    this.q_proj_weight = same ? null : emptyParameter([embed_dim, embed_dim], options)
    this.k_proj_weight = same ? null : emptyParameter([embed_dim, this.kdim], options)
    this.v_proj_weight = same ? null : emptyParameter([embed_dim, this.vdim], options)
    this.in_proj_weight = same ? emptyParameter([3 * embed_dim, embed_dim], options) : null
    this.in_proj_bias = bias ? emptyParameter([3 * embed_dim], options) : null
    this.out_proj = new NonDynamicallyQuantizableLinear(embed_dim, embed_dim, { bias, device, dtype })
    this.bias_k = add_bias_kv ? emptyParameter([1, 1, embed_dim], options) : null
    this.bias_v = add_bias_kv ? emptyParameter([1, 1, embed_dim], options) : null
    this.add_zero_attn = options.add_zero_attn
    this._reset_parameters()
  }

  _reset_parameters(): void {
    for (const weight of [this.in_proj_weight, this.q_proj_weight, this.k_proj_weight, this.v_proj_weight])
      if (weight) init.xavier_uniform_(weight)
    if (this.in_proj_bias) {
      init.constant_(this.in_proj_bias, 0)
      init.constant_(this.out_proj.bias!, 0)
    }
    if (this.bias_k) init.xavier_normal_(this.bias_k)
    if (this.bias_v) init.xavier_normal_(this.bias_v)
  }

  forward(
    ...args: Args<
      [query: Tensor, key: Tensor, value: Tensor],
      [
        key_padding_mask: Tensor | null,
        need_weights: boolean,
        attn_mask: Tensor | null,
        average_attn_weights: boolean,
        is_causal: boolean,
      ],
      AttentionCall
    >
  ): [output: Tensor, weights: Tensor | null] {
    const given = attentionCall(args)
    const { need_weights, average_attn_weights, is_causal } = given
    let { query, key, value } = given
    const batched = query.dim() === 3
    const floatMask = !!given.attn_mask?.is_floating_point() || !!given.key_padding_mask?.is_floating_point()
    const other = given.attn_mask && { dtype: given.attn_mask.dtype, name: 'attn_mask' }
    const padding = canonicalMask(given.key_padding_mask, 'key_padding_mask', other, query.dtype)
    const mask = canonicalMask(given.attn_mask, 'attn_mask', null, query.dtype)
    if (!floatMask && query === key && key === value && this._canRunFused(query)) {
      const [merged, kind] = this.merge_masks(mask, padding, query)
      const result = call(
        ops._native_multi_head_attention,
        query,
        key,
        value,
        this.embed_dim,
        this.num_heads,
        this.in_proj_weight,
        this.in_proj_bias,
        this.out_proj.weight,
        this.out_proj.bias,
        merged,
        need_weights,
        average_attn_weights,
        kind,
      ) as Iterable<Tensor>
      const [output, weights] = result as [Tensor, Tensor]
      return [output, need_weights ? weights : null]
    }
    if (isNested(query) || isNested(key) || isNested(value))
      throw assertionError('MultiheadAttention does not support NestedTensor outside of its fast path.')
    if (this.batch_first && batched) {
      // What is one tensor stays one: then one matrix product makes all projections.
      const [q, k, v] = [query, key, value]
      query = q.transpose(1, 0)
      key = k === q ? query : k.transpose(1, 0)
      value = v === k ? key : v.transpose(1, 0)
    }
    const [output, weights] = F.multi_head_attention_forward(
      query,
      key,
      value,
      this.embed_dim,
      this.num_heads,
      this.in_proj_weight,
      this.in_proj_bias,
      this.bias_k,
      this.bias_v,
      this.add_zero_attn,
      this.dropout,
      this.out_proj.weight,
      this.out_proj.bias,
      this.training,
      padding,
      need_weights,
      mask,
      !this._qkv_same_embed_dim,
      this.q_proj_weight,
      this.k_proj_weight,
      this.v_proj_weight,
      null,
      null,
      average_attn_weights,
      is_causal,
    )
    return [this.batch_first && batched ? output.transpose(1, 0) : output, weights]
  }

  /** Whether the one operator for inference can do the work of a call of self-attention. */
  private _canRunFused(x: Tensor): boolean {
    const { in_proj_weight, in_proj_bias, out_proj } = this
    if (x.dim() !== 3 || this.training || !this.batch_first || this.num_heads % 2 !== 0) return false
    if (in_proj_weight === null || in_proj_bias === null || this.bias_k || this.bias_v || this.add_zero_attn)
      return false
    if (x.dtype !== in_proj_weight.dtype || x.dtype !== in_proj_bias.dtype) return false
    if (!currentModes().grad) return true
    return ![x, in_proj_weight, in_proj_bias, out_proj.weight, out_proj.bias!].some(t => native.requiresGrad(t))
  }

  /** Both masks as the fused operators take them: the mask to add, and its kind: 0 (L, S), 1 (N, S), 2 (N, heads, L, S). */
  merge_masks(
    attn_mask: Tensor | null,
    key_padding_mask: Tensor | null,
    query: Tensor,
  ): [mask: Tensor | null, kind: number | null] {
    if (attn_mask === null) return key_padding_mask === null ? [null, null] : [key_padding_mask, 1]
    const [batch, length] = query.shape as [number, number]
    const mask =
      attn_mask.dim() === 3
        ? attn_mask.view([batch, -1, length, length])
        : attn_mask.view([1, 1, length, length]).expand([batch, this.num_heads, -1, -1])
    if (key_padding_mask === null) return [mask, 2]
    const padding = key_padding_mask.view([batch, 1, 1, length]).expand([-1, this.num_heads, -1, -1])
    return [mask.add(padding), 2]
  }
}
