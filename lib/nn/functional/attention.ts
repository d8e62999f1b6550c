import { call } from '../../_C/call.js'
import { type Callable, define } from '../../_C/callable.js'
import { checkNumber, show } from '../../_C/checks.js'
import { native } from '../../_C/native.js'
import { runtimeError } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'
import {
  canonicalMask,
  checkThat,
  equalShape,
  isBatched,
  type MaybeTensor,
  projectPacked,
  projectSeparately,
  tuple,
} from './_attention.js'
import { causalAttention, causalBiasOf } from './_causal_attention.js'

type Attention = Callable<
  (
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask?: Tensor | null,
    dropout_p?: number,
    is_causal?: boolean,
    scale?: number | null,
    enable_gqa?: boolean,
  ) => Tensor,
  ['query', 'key', 'value', 'attn_mask?', 'dropout_p?', 'is_causal?', '*', 'scale?', 'enable_gqa?']
>

/**
 * `softmax(q kᵀ · scale + attn_mask) v`, with dropout on the weights. query: (N, …, Hq, L, E), key: (N, …, H, S, E), value:
 * (N, …, H, S, Ev); attn_mask broadcasts to (N, …, L, S), bool (true takes part) or added; `scale` defaults to 1 / √E.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
 */
export const scaled_dot_product_attention: Attention = (...args) =>
  causalBiasOf(args) === null ? (call(ops.scaled_dot_product_attention, ...args) as Tensor) : causalAttention(args)

/** (T, N, E) as (N · heads, T, E / heads). */
function splitHeads(x: Tensor, heads: number, width: number): Tensor {
  return call(ops.transpose, call(ops.view, x, [sizesOf(x)[0], heads, width]), 0, 1) as Tensor
}

function staticHeads(given: Tensor, name: string, heads: number, width: number): Tensor {
  const [n, , e] = sizesOf(given)
  checkThat(n === heads, () => `expecting ${name}.size(0) of ${heads}, but got ${n}`)
  checkThat(e === width, () => `expecting ${name}.size(2) of ${width}, but got ${e}`)
  return given
}

const zeroColumn = (mask: MaybeTensor) => (mask === null ? null : (call(ops.pad, mask, [0, 1]) as Tensor))

/**
 * What `nn.MultiheadAttention` computes. query: (L, N, E) or (L, E), key and value: (S, N, E) or (S, E); result: [(L, N, E) or
 * (L, E), weights (N, L, S) or (L, S), or null without `need_weights`]. `key_padding_mask`: (N, S), true is left out;
 * `attn_mask`: (L, S) or (N · num_heads, L, S).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
 */
export const multi_head_attention_forward = define(
  'multi_head_attention_forward',
  [
    'query',
    'key',
    'value',
    'embed_dim_to_check',
    'num_heads',
    'in_proj_weight',
    'in_proj_bias',
    'bias_k',
    'bias_v',
    'add_zero_attn',
    'dropout_p',
    'out_proj_weight',
    'out_proj_bias',
    'training?',
    'key_padding_mask?',
    'need_weights?',
    'attn_mask?',
    'use_separate_proj_weight?',
    'q_proj_weight?',
    'k_proj_weight?',
    'v_proj_weight?',
    'static_k?',
    'static_v?',
    'average_attn_weights?',
    'is_causal?',
  ],
  (
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: number,
    num_heads: number,
    in_proj_weight: MaybeTensor,
    in_proj_bias: MaybeTensor,
    bias_k: MaybeTensor,
    bias_v: MaybeTensor,
    add_zero_attn: boolean,
    dropout_p: number,
    out_proj_weight: Tensor,
    out_proj_bias: MaybeTensor,
    training = true,
    key_padding_mask: MaybeTensor = null,
    need_weights = true,
    attn_mask: MaybeTensor = null,
    use_separate_proj_weight = false,
    q_proj_weight: MaybeTensor = null,
    k_proj_weight: MaybeTensor = null,
    v_proj_weight: MaybeTensor = null,
    static_k: MaybeTensor = null,
    static_v: MaybeTensor = null,
    average_attn_weights = true,
    is_causal = false,
  ): [Tensor, MaybeTensor] => {
    const batched = isBatched(query, key, value, key_padding_mask, attn_mask, num_heads)
    let inputs: [Tensor, Tensor, Tensor] = [query, key, value]
    let padding = key_padding_mask
    if (!batched) {
      inputs = inputs.map(x => call(ops.unsqueeze, x, 1)) as [Tensor, Tensor, Tensor]
      if (padding !== null) padding = call(ops.unsqueeze, padding, 0) as Tensor
    }
    const [length, batch, width] = sizesOf(inputs[0]) as [number, number, number]
    const keys = sizesOf(inputs[1])
    const values = sizesOf(inputs[2])
    const target = query.dtype
    padding = canonicalMask(
      padding,
      'key_padding_mask',
      attn_mask === null ? null : { dtype: attn_mask.dtype, name: 'attn_mask' },
      target,
    )
    if (is_causal && attn_mask === null)
      throw runtimeError(
        'Need attn_mask if specifying the is_causal hint. You may use the Transformer module method `generate_square_subsequent_mask` to create this mask.',
      )
    let causal = is_causal
    let mask: MaybeTensor = null
    // Causal attention alone is the kernel's own; any other mask, and the weights, need the mask itself.
    if (!(causal && padding === null && !need_weights)) {
      mask = canonicalMask(attn_mask, 'attn_mask', null, target)
      if (padding !== null) causal = false
    }

    checkThat(
      width === embed_dim_to_check,
      () => `was expecting embedding dimension of ${show(embed_dim_to_check)}, but got ${width}`,
    )
    checkNumber('multi_head_attention_forward', 'num_heads', num_heads)
    const headWidth = Math.floor(width / num_heads)
    checkThat(headWidth * num_heads === width, () => `embed_dim ${width} not divisible by num_heads ${num_heads}`)
    if (use_separate_proj_weight)
      checkThat(
        equalShape(keys.slice(0, 2), values.slice(0, 2)),
        () =>
          `key's sequence and batch dims ${sizeText(keys.slice(0, 2))} do not match value's ${sizeText(values.slice(0, 2))}`,
      )
    else
      checkThat(
        equalShape(keys, values),
        () => `key shape ${sizeText(keys)} does not match value shape ${sizeText(values)}`,
      )

    let q: Tensor
    let k: Tensor
    let v: Tensor
    if (use_separate_proj_weight)
      [q, k, v] = projectSeparately(inputs, [q_proj_weight, k_proj_weight, v_proj_weight], in_proj_bias)
    else {
      checkThat(in_proj_weight !== null, () => 'use_separate_proj_weight is False but in_proj_weight is None')
      ;[q, k, v] = projectPacked(inputs[0], inputs[1], inputs[2], in_proj_weight, in_proj_bias)
    }

    const heads = batch * num_heads
    if (mask !== null) {
      const size = sizesOf(mask)
      if (size.length !== 2 && size.length !== 3)
        throw runtimeError(`attn_mask's dimension ${size.length} is not supported`)
      const expected = size.length === 2 ? [length, keys[0]!] : [heads, length, keys[0]!]
      if (!equalShape(size, expected))
        throw runtimeError(
          `The shape of the ${size.length}D attn_mask is ${sizeText(size)}, but should be ${tuple(expected)}.`,
        )
      if (size.length === 2) mask = call(ops.unsqueeze, mask, 0) as Tensor
    }

    if (bias_k !== null && bias_v !== null) {
      checkThat(static_k === null, () => 'bias cannot be added to static key.')
      checkThat(static_v === null, () => 'bias cannot be added to static value.')
      k = call(ops.cat, [k, call(ops.repeat, bias_k, [1, batch, 1])]) as Tensor
      v = call(ops.cat, [v, call(ops.repeat, bias_v, [1, batch, 1])]) as Tensor
      mask = zeroColumn(mask)
      padding = zeroColumn(padding)
    } else {
      checkThat(bias_k === null, () => 'bias_k is set but bias_v is None')
      checkThat(bias_v === null, () => 'bias_v is set but bias_k is None')
    }

    q = splitHeads(q, heads, headWidth)
    k = static_k === null ? splitHeads(k, heads, headWidth) : staticHeads(static_k, 'static_k', heads, headWidth)
    v = static_v === null ? splitHeads(v, heads, headWidth) : staticHeads(static_v, 'static_v', heads, headWidth)
    if (add_zero_attn) {
      const zeros = [heads, 1, headWidth]
      k = call(ops.cat, [k, call(ops.zeros, zeros, { dtype: k.dtype, device: k.device })], 1) as Tensor
      v = call(ops.cat, [v, call(ops.zeros, zeros, { dtype: v.dtype, device: v.device })], 1) as Tensor
      mask = zeroColumn(mask)
      padding = zeroColumn(padding)
    }

    const source = sizesOf(k)[1]!
    if (padding !== null) {
      const [rows, columns] = sizesOf(padding)
      checkThat(rows === batch, () => `Expected key_padded_mask.shape[0] to be ${batch}, but got ${rows}`)
      checkThat(columns === source, () => `Expected key_padded_mask.shape[1] to be ${source}, but got ${columns}`)
      const forHeads = call(ops.expand, call(ops.view, padding, [batch, 1, 1, source]), [-1, num_heads, -1, -1])
      const flat = call(ops.reshape, forHeads, [heads, 1, source])
      mask = (mask === null ? flat : call(ops.add, mask, flat)) as Tensor
    }
    const drop = training ? dropout_p : 0
    checkNumber('multi_head_attention_forward', 'dropout_p', drop)

    let output: unknown
    let weights: unknown = null
    if (need_weights) {
      const scaled = call(ops.mul, q, Math.sqrt(1 / headWidth))
      const transposed = call(ops.transpose, k, -2, -1)
      const scores = mask === null ? call(ops.bmm, scaled, transposed) : call(ops.baddbmm, mask, scaled, transposed)
      weights = call(ops.softmax, scores, -1)
      if (drop > 0) weights = call(ops.dropout, weights, drop, true)
      output = call(ops.transpose, call(ops.bmm, weights, v), 0, 1)
      output = call(ops.reshape, output, [length * batch, width])
      weights = call(ops.view, weights, [batch, num_heads, length, source])
      if (average_attn_weights) weights = call(ops.mean, weights, 1)
      if (!batched) weights = call(ops.squeeze, weights, 0)
    } else {
      if (mask !== null)
        mask =
          sizesOf(mask)[0] === 1 && native.dim(mask) === 3
            ? (call(ops.unsqueeze, mask, 0) as Tensor)
            : (call(ops.view, mask, [batch, num_heads, -1, source]) as Tensor)
      output = call(
        ops.scaled_dot_product_attention,
        call(ops.view, q, [batch, num_heads, length, headWidth]),
        call(ops.view, k, [batch, num_heads, source, headWidth]),
        call(ops.view, v, [batch, num_heads, source, headWidth]),
        mask,
        drop,
        causal,
      )
      output = call(ops.reshape, call(ops.permute, output, [2, 0, 1, 3]), [batch * length, width])
    }
    const projected = call(ops.linear, output, out_proj_weight, out_proj_bias) as Tensor
    let result = call(ops.view, projected, [length, batch, sizesOf(projected)[1]])
    if (!batched) result = call(ops.squeeze, result, 1)
    return [result as Tensor, weights as MaybeTensor]
  },
)
