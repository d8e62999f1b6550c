/** The operators of `torch.sparse`. */

import { call, callByName } from '../_C/call.js'
import { define, forward } from '../_C/callable.js'
import * as ops from '../_generated/ops.js'
import type { dtype } from '../dtype.js'
import type { layout } from '../layout.js'
import type { Tensor } from '../tensor.js'
import type { Scalar } from '../types.js'

/**
 * Product of matrices of which one or both may be sparse. `reduce` (`'sum'`, `'mean'`, `'amax'`, `'amin'`) is for CSR on the CPU.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.mm.html
 */
export const mm = forward<
  (mat1: Tensor, mat2: Tensor, reduce?: 'sum' | 'mean' | 'amax' | 'amin') => Tensor,
  ['mat1', 'mat2', 'reduce?']
>(ops._sparse_mm)

/**
 * `beta · mat + alpha · (mat1 @ mat2)` with a sparse `mat1`; its gradient is sparse too.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.addmm.html
 */
export const addmm = define(
  'addmm',
  ['mat', 'mat1', 'mat2', '*', 'beta?', 'alpha?'],
  (mat: Tensor, mat1: Tensor, mat2: Tensor, beta: Scalar = 1, alpha: Scalar = 1): Tensor =>
    call(ops._sparse_addmm, mat, mat1, mat2, { beta, alpha }) as Tensor,
)

/**
 * `beta · input + alpha · (mat1 @ mat2)` at the places that the sparse `input` has.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.sampled_addmm.html
 */
export const sampled_addmm = define(
  'sampled_addmm',
  ['input', 'mat1', 'mat2', '*', 'beta?', 'alpha?', 'out?'],
  (input: Tensor, mat1: Tensor, mat2: Tensor, beta: Scalar = 1, alpha: Scalar = 1, out: Tensor | null = null): Tensor =>
    call(ops.sparse_sampled_addmm, input, mat1, mat2, { beta, alpha, out }) as Tensor,
)

/**
 * Sum over `dim`, or of everything; sparse where a sparse dimension is left.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.sum.html
 */
export const sum = define(
  'sum',
  ['input', 'dim?', 'dtype?'],
  (input: Tensor, dim: number | readonly number[] | null = null, dtype: dtype | null = null): Tensor => {
    const dims = dim === null ? [] : [dim]
    return call(ops._sparse_sum, input, ...dims, ...(dtype === null ? [] : [{ dtype }])) as Tensor
  },
)

/**
 * Softmax along `dim` over the elements that a sparse COO tensor has.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.softmax.html
 */
export const softmax = define(
  'softmax',
  ['input', 'dim', '*', 'dtype?'],
  (input: Tensor, dim: number, dtype: dtype | null = null): Tensor =>
    callByName('aten::_sparse_softmax', 'int', input, dim, dtype) as Tensor,
)

/**
 * Logarithm of `softmax`.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.log_softmax.html
 */
export const log_softmax = define(
  'log_softmax',
  ['input', 'dim', '*', 'dtype?'],
  (input: Tensor, dim: number, dtype: dtype | null = null): Tensor =>
    callByName('aten::_sparse_log_softmax', 'int', input, dim, dtype) as Tensor,
)

/**
 * The x with `input x = other` for a sparse CSR matrix; needs a LibTorch built with a sparse direct solver.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.spsolve.html
 */
export const spsolve = define(
  'spsolve',
  ['input', 'other', '*', 'left?'],
  (input: Tensor, other: Tensor, left = true): Tensor =>
    callByName('aten::_spsolve', null, input, other, { left }) as Tensor,
)

/**
 * The sparse matrix of `shape` with the rows of `diagonals` on the diagonals `offsets`.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse.spdiags.html
 */
export const spdiags = define(
  'spdiags',
  ['diagonals', 'offsets', 'shape', 'layout?'],
  (diagonals: Tensor, offsets: Tensor, shape: readonly number[], layout: layout | null = null): Tensor =>
    callByName('aten::_spdiags', null, diagonals, offsets, shape, layout) as Tensor,
)
