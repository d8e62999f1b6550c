import { call } from '../_C/call.js'
import { define } from '../_C/callable.js'
import { show } from '../_C/checks.js'
import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { dtype } from '../dtype.js'
import { strided } from '../layout.js'
import type { Tensor } from '../tensor.js'
import type { Scalar } from '../types.js'

/**
 * Norm of the elements along `dim`, or of all of them: a number for the vector norm of that order, `'fro'`, or `'nuc'` for the
 * nuclear norm of matrices. Prefer `torch.linalg.vector_norm` and `matrix_norm`.
 * https://docs.pytorch.org/docs/stable/generated/torch.norm.html
 */
export const norm = define(
  'norm',
  ['input', 'p?', 'dim?', 'keepdim?', 'out?', 'dtype?'],
  (
    input: Tensor,
    p: Scalar | 'fro' | 'nuc' | null = 'fro',
    dim: number | readonly number[] | null = null,
    keepdim = false,
    out: Tensor | null = null,
    dtype: dtype | null = null,
  ): Tensor => {
    const dims = typeof dim === 'number' ? [dim] : dim
    const keywords = { dtype, out }
    if (input.layout !== strided) return sparseNorm(input, p, dims, keepdim, out, dtype)
    if (typeof p !== 'string') return call(ops.linalg_vector_norm, input, p ?? 2, dims, keepdim, keywords) as Tensor
    if (p === 'fro' && (dims === null || dims.length <= 2))
      return call(ops.linalg_vector_norm, input, 2, dims, keepdim, keywords) as Tensor
    const all = dims ?? Array.from({ length: native.dim(input) }, (_, d) => d)
    return call(ops.linalg_matrix_norm, input, p, all, keepdim, keywords) as Tensor
  },
)

/** The older operators, which know sparse layouts. */
function sparseNorm(
  input: Tensor,
  p: Scalar | string | null,
  dims: readonly number[] | null,
  keepdim: boolean,
  out: Tensor | null,
  dtype: dtype | null,
): Tensor {
  const all = dims ?? Array.from({ length: native.dim(input) }, (_, d) => d)
  if (typeof p !== 'string') {
    const keywords = { ...(dtype === null ? {} : { dtype }), out }
    return call(ops.norm, input, p, all, keepdim, keywords) as Tensor
  }
  if (p !== 'fro' && p !== 'nuc') throw runtimeError(`only valid string values are 'fro' and 'nuc', found ${show(p)}`)
  if (dtype !== null)
    throw valueError(`dtype argument is not supported in ${p === 'fro' ? 'frobenius' : 'nuclear'} norm`)
  if (p === 'fro') return call(ops.frobenius_norm, input, dims ?? [], keepdim, { out }) as Tensor
  return (
    dims === null
      ? call(ops.nuclear_norm, input, keepdim, { out })
      : call(ops.nuclear_norm, input, dims, keepdim, { out })
  ) as Tensor
}
