import { call } from '../_C/call.js'
import { define } from '../_C/callable.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'

type Dim = number | null
interface UniqueKeywords {
  sorted?: boolean
  dim?: Dim
}
interface ConsecutiveKeywords {
  dim?: Dim
}

/** How many results there are is known from the flags. */
interface Unique<K> {
  (input: Tensor, keywords?: K & { return_inverse?: false; return_counts?: false }): Tensor
  (input: Tensor, keywords: K & { return_inverse: true; return_counts?: false }): [Tensor, Tensor]
  (input: Tensor, keywords: K & { return_inverse?: false; return_counts: true }): [Tensor, Tensor]
  (input: Tensor, keywords: K & { return_inverse: true; return_counts: true }): [Tensor, Tensor, Tensor]
  (
    input: Tensor,
    keywords: K & { return_inverse?: boolean; return_counts?: boolean },
  ): Tensor | [Tensor, Tensor] | [Tensor, Tensor, Tensor]
}
type UniqueByPosition = (
  input: Tensor,
  sorted: boolean,
  return_inverse?: boolean,
  return_counts?: boolean,
  dim?: Dim,
) => Tensor | [Tensor, Tensor] | [Tensor, Tensor, Tensor]
type ConsecutiveByPosition = (
  input: Tensor,
  return_inverse: boolean,
  return_counts?: boolean,
  dim?: Dim,
) => Tensor | [Tensor, Tensor] | [Tensor, Tensor, Tensor]

function wanted(results: unknown, inverse: boolean, counts: boolean): Tensor | Tensor[] {
  const [values, inverseIndices, count] = results as [Tensor, Tensor, Tensor]
  if (!inverse && !counts) return values
  return [values, ...(inverse ? [inverseIndices] : []), ...(counts ? [count] : [])]
}

/**
 * The different elements, or slices along `dim`, sorted; with the place of each input element among them
 * (`return_inverse`) and how often each occurs (`return_counts`).
 * https://docs.pytorch.org/docs/stable/generated/torch.unique.html
 */
export const unique = define(
  'unique',
  ['input', 'sorted?', 'return_inverse?', 'return_counts?', 'dim?'],
  (input: Tensor, sorted = true, return_inverse = false, return_counts = false, dim: Dim = null): Tensor | Tensor[] => {
    const results =
      dim === null
        ? call(ops._unique2, input, sorted, return_inverse, return_counts)
        : call(ops.unique_dim, input, dim, sorted, return_inverse, return_counts)
    return wanted(results, return_inverse, return_counts)
  },
) as Unique<UniqueKeywords> & UniqueByPosition

/**
 * The elements, or slices along `dim`, without those that repeat the one before.
 * https://docs.pytorch.org/docs/stable/generated/torch.unique_consecutive.html
 */
export const unique_consecutive = define(
  'unique_consecutive',
  ['input', 'return_inverse?', 'return_counts?', 'dim?'],
  (input: Tensor, return_inverse = false, return_counts = false, dim: Dim = null): Tensor | Tensor[] =>
    wanted(call(ops.unique_consecutive, input, return_inverse, return_counts, dim), return_inverse, return_counts),
) as Unique<ConsecutiveKeywords> & ConsecutiveByPosition
