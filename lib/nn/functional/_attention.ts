/** The steps of `multi_head_attention_forward`: checks, masks and projections. */

import { call } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import { assertionError, warn } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { bool, type dtype } from '../../dtype.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'

export type MaybeTensor = Tensor | null

export function checkThat(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw assertionError(message())
}

export const tuple = (shape: readonly number[]): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

export function equalShape(shape: readonly number[], expected: readonly number[]): boolean {
  return shape.length === expected.length && shape.every((n, i) => n === expected[i])
}

/** True when the inputs have a batch dimension; throws where they do not go together. */
export function isBatched(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  key_padding_mask: MaybeTensor,
  attn_mask: MaybeTensor,
  num_heads: number,
): boolean {
  const dim = native.dim(query)
  checkThat(
    dim === 2 || dim === 3,
    () => `query should be unbatched 2D or batched 3D tensor but received ${dim}-D query tensor`,
  )
  const batched = dim === 3
  const kind = `For ${batched ? 'batched (3-D)' : 'unbatched (2-D)'} \`query\`, expected`
  checkThat(
    native.dim(key) === dim && native.dim(value) === dim,
    () =>
      `${kind} \`key\` and \`value\` to be ${dim}-D but found ${native.dim(key)}-D and ${native.dim(value)}-D tensors respectively`,
  )
  if (key_padding_mask !== null)
    checkThat(
      native.dim(key_padding_mask) === dim - 1,
      () =>
        `${kind} \`key_padding_mask\` to be \`None\` or ${dim - 1}-D but found ${native.dim(key_padding_mask)}-D tensor instead`,
    )
  if (attn_mask !== null) {
    const maskDim = native.dim(attn_mask)
    checkThat(
      maskDim === 2 || maskDim === 3,
      () => `${kind} \`attn_mask\` to be \`None\`, 2-D or 3-D but found ${maskDim}-D tensor instead`,
    )
    if (!batched && maskDim === 3) {
      const expected = [num_heads, sizesOf(query)[0]!, sizesOf(key)[0]!]
      checkThat(
        equalShape(sizesOf(attn_mask), expected),
        () => `Expected \`attn_mask\` shape to be ${tuple(expected)} but got ${sizeText(sizesOf(attn_mask))}`,
      )
    }
  }
  return batched
}

/** A mask to add to the scores: a bool mask becomes 0 and −∞. */
export function canonicalMask(
  mask: MaybeTensor,
  name: string,
  other: { dtype: dtype; name: string } | null,
  target: dtype,
): MaybeTensor {
  if (mask === null) return null
  const isFloat = mask.is_floating_point()
  checkThat(isFloat || mask.dtype === bool, () => `only bool and floating types of ${name} are supported`)
  if (other !== null && mask.dtype !== other.dtype)
    warn(`Support for mismatched ${name} and ${other.name} is deprecated. Use same type for both instead.`)
  if (isFloat) return mask
  return call(ops.masked_fill_, call(ops.zeros_like, mask, { dtype: target }), mask, -Infinity) as Tensor
}

type Triple = [Tensor, Tensor, Tensor]

const linear = (x: unknown, weight: unknown, bias: unknown) => call(ops.linear, x, weight, bias) as Tensor

/** `count` projections by one matrix product, each contiguous. */
function packed(x: Tensor, weight: unknown, bias: unknown, count: number, width: number): Tensor[] {
  const rows = call(ops.unflatten, linear(x, weight, bias), -1, [count, width])
  const first = call(ops.squeeze, call(ops.transpose, call(ops.unsqueeze, rows, 0), 0, -2), -2)
  return call(ops.unbind, call(ops.contiguous, first), 0) as Tensor[]
}

/** Query, key and value through one weight (3 · E, E). */
export function projectPacked(q: Tensor, k: Tensor, v: Tensor, weight: Tensor, bias: MaybeTensor): Triple {
  const width = sizesOf(q).at(-1)!
  if (k === v) {
    if (q === k) return packed(q, weight, bias, 3, width) as Triple
    const parts = [width, width * 2]
    const [weightQ, weightKV] = call(ops.split_with_sizes, weight, parts) as [Tensor, Tensor]
    const [biasQ, biasKV] = bias === null ? [null, null] : (call(ops.split_with_sizes, bias, parts) as [Tensor, Tensor])
    return [linear(q, weightQ, biasQ), ...(packed(k, weightKV, biasKV, 2, width) as [Tensor, Tensor])]
  }
  const weights = call(ops.chunk, weight, 3) as Triple
  const biases = bias === null ? [null, null, null] : (call(ops.chunk, bias, 3) as Triple)
  return [linear(q, weights[0], biases[0]), linear(k, weights[1], biases[1]), linear(v, weights[2], biases[2])]
}

/** Query, key and value through weights of their own. */
export function projectSeparately(
  inputs: Triple,
  weights: readonly [MaybeTensor, MaybeTensor, MaybeTensor],
  bias: MaybeTensor,
): Triple {
  const biases = bias === null ? [null, null, null] : (call(ops.chunk, bias, 3) as Triple)
  const width = sizesOf(inputs[0]).at(-1)!
  const project = (i: 0 | 1 | 2, letter: string, name: string): Tensor => {
    const weight = weights[i]
    checkThat(weight !== null, () => `use_separate_proj_weight is True but ${letter}_proj_weight is None`)
    const expected = [width, inputs[i].shape.at(-1)!]
    checkThat(
      equalShape(sizesOf(weight), expected),
      () => `expecting ${name} weights shape of ${tuple(expected)}, but got ${sizeText(sizesOf(weight))}`,
    )
    const part = biases[i] ?? null
    checkThat(
      part === null || equalShape(sizesOf(part), [width]),
      () => `expecting ${name} bias shape of ${tuple([width])}, but got ${sizeText(part!.shape)}`,
    )
    return linear(inputs[i], weight, part)
  }
  return [project(0, 'q', 'query'), project(1, 'k', 'key'), project(2, 'v', 'value')]
}
