/** Randomised low-rank factorisations (Halko, Martinsson and Tropp, 2009). */

import { call } from './_C/call.js'
import { define } from './_C/callable.js'
import { checkNumber } from './_C/checks.js'
import { native } from './_C/native.js'
import { valueError } from './_C/raise.js'
import { sizesOf } from './_C/sizes.js'
import * as ops from './_generated/ops.js'
import { type dtype, float16, float32, float64 } from './dtype.js'
import { sparse_coo } from './layout.js'
import type { Tensor } from './tensor.js'

function floatingDtype(A: Tensor): dtype {
  return A.dtype === float16 || A.dtype === float32 || A.dtype === float64 ? A.dtype : float32
}

const product = (A: Tensor, B: unknown) => call(A.layout === sparse_coo ? ops._sparse_mm : ops.matmul, A, B) as Tensor

const orthonormal = (X: unknown) => (call(ops.linalg_qr, X) as [Tensor, Tensor])[0]

/** (A − M) X, M left out where there is none. */
function difference(A: Tensor, M: Tensor | null, X: unknown): Tensor {
  const first = product(A, X)
  return M === null ? first : (call(ops.sub, first, product(M, X)) as Tensor)
}

const adjoint = (A: Tensor) => call(ops.adjoint, A) as Tensor

/** A matrix (*, m, q) with orthonormal columns whose range is near that of A − M. */
export function get_approximate_basis(A: Tensor, q: number, niter: number | null = 2, M: Tensor | null = null): Tensor {
  const dtype = A.is_complex() ? A.dtype : floatingDtype(A)
  const R = call(ops.randn, [sizesOf(A).at(-1), q], { dtype, device: A.device })
  let Q = orthonormal(difference(A, M, R))
  const AH = adjoint(A)
  const MH = M === null ? null : adjoint(M)
  for (let i = 0; i < (niter ?? 2); i++) {
    Q = orthonormal(difference(AH, MH, Q))
    Q = orthonormal(difference(A, M, Q))
  }
  return Q
}

function lowRankSvd(A: Tensor, q: number, niter: number | null, M: Tensor | null): [Tensor, Tensor, Tensor] {
  const [m, n] = sizesOf(A).slice(-2) as [number, number]
  const wide = m < n
  if (niter !== null) checkNumber('svd_lowrank', 'niter', niter)
  let mean = M === null ? null : (call(ops.broadcast_to, M, sizesOf(A)) as Tensor)
  if (wide && mean !== null) mean = adjoint(mean)
  const matrix = wide ? adjoint(A) : A
  const Q = get_approximate_basis(matrix, q, niter, mean)
  const [inner, S, Vh] = call(ops.linalg_svd, leftDifference(adjoint(Q), matrix, mean), false) as [
    Tensor,
    Tensor,
    Tensor,
  ]
  const U = call(ops.matmul, Q, inner) as Tensor
  const V = adjoint(Vh)
  return wide ? [V, S, U] : [U, S, V]
}

/** Q (A − M). */
function leftDifference(Q: Tensor, A: Tensor, M: Tensor | null): Tensor {
  const first = product(Q, A)
  return M === null ? first : (call(ops.sub, first, product(Q, M)) as Tensor)
}

/**
 * Singular values and vectors of rank `q` of A − M: [U (*, m, q), S (*, q), V (*, n, q)], A ≈ U diag(S) Vᴴ. A: (*, m, n), dense or
 * sparse COO. Draws from the default generator.
 * https://docs.pytorch.org/docs/stable/generated/torch.svd_lowrank.html
 */
export const svd_lowrank = define(
  'svd_lowrank',
  ['A', 'q?', 'niter?', 'M?'],
  (A: Tensor, q: number | null = 6, niter: number | null = 2, M: Tensor | null = null): [Tensor, Tensor, Tensor] =>
    lowRankSvd(A, q ?? 6, niter, M),
)

/**
 * Principal components of the rows of A (*, m, n), centred first unless told otherwise: [U, S, V] as `svd_lowrank` gives.
 * https://docs.pytorch.org/docs/stable/generated/torch.pca_lowrank.html
 */
export const pca_lowrank = define(
  'pca_lowrank',
  ['A', 'q?', 'center?', 'niter?'],
  (A: Tensor, q: number | null = null, center = true, niter = 2): [Tensor, Tensor, Tensor] => {
    const [m, n] = sizesOf(A).slice(-2) as [number, number]
    const rank = q ?? Math.min(6, m, n)
    checkNumber('pca_lowrank', 'q', rank)
    checkNumber('pca_lowrank', 'niter', niter)
    if (!(rank >= 0 && rank <= Math.min(m, n)))
      throw valueError(`q(=${rank}) must be non-negative integer and not greater than min(m, n)=${Math.min(m, n)}`)
    if (!(niter >= 0)) throw valueError(`niter(=${niter}) must be non-negative integer`)
    if (!center) return lowRankSvd(A, rank, niter, null)
    if (A.layout === sparse_coo) return lowRankSvd(A, rank, niter, columnMeans(A, m, n))
    const mean = call(ops.mean, A, [-2], true)
    return lowRankSvd(call(ops.sub, A, mean) as Tensor, rank, niter, null)
  },
)

/** The means of a sparse matrix's columns in each row: (m, n). */
function columnMeans(A: Tensor, m: number, n: number): Tensor {
  if (native.dim(A) !== 2) throw valueError('pca_lowrank input is expected to be 2-dimensional tensor')
  const dtype = floatingDtype(A)
  const c = call(ops.div, call(ops._sparse_sum, A, [-2]), m)
  const [columns] = call(ops.unbind, call(ops.indices, c), 0) as [Tensor]
  const indices = call(ops.stack, [columns, call(ops.zeros_like, columns)])
  const options = { dtype, device: A.device }
  const transposed = call(ops.sparse_coo_tensor, indices, call(ops.values, c), [n, 1], options)
  const ones = call(ops.ones, [1, m], options)
  return call(ops.transpose, call(ops._sparse_mm, transposed, ones), -2, -1) as Tensor
}
