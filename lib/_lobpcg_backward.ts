/** The gradient of a matrix through some of its eigenpairs. */
import { call } from './_C/call.js'
import { sizesOf } from './_C/sizes.js'
import * as ops from './_generated/ops.js'
import { Generator } from './random.js'
import { slice } from './slice.js'
import type { Tensor } from './tensor.js'

/** U (diag(D.grad) + UᵀU.grad ∘ F) Uᵀ with F the reciprocal differences of the eigenvalues, zero on the diagonal. */
function inSpan(D_grad: Tensor, U_grad: Tensor, D: Tensor, U: Tensor): Tensor {
  const F = D.unsqueeze(-2).sub(D.unsqueeze(-1))
  F.diagonal(0, -2, -1).fill_(Number.POSITIVE_INFINITY)
  const Ut = U.mT.contiguous()
  return U.matmul(D_grad.diag_embed().add(Ut.matmul(U_grad).mul(F.reciprocal())).matmul(Ut))
}

/** The coefficients (*, k + 1) of (x − r₁)…(x − rₖ), the constant first. */
function polynomialOf(roots: Tensor): Tensor {
  const degree = sizesOf(roots).at(-1)!
  const zero = roots.narrow(-1, 0, 1).mul(0)
  let coefficients = zero.add(1)
  for (let i = 0; i < degree; i++) {
    const shifted = call(ops.cat, [zero, coefficients], -1) as Tensor
    const scaled = call(ops.cat, [coefficients.mul(roots.narrow(-1, i, 1)), zero], -1) as Tensor
    coefficients = shifted.sub(scaled)
  }
  return coefficients
}

/** The polynomial's values at the elements of `x`: (*, n). */
function valueAtVector(coefficients: Tensor, x: Tensor): Tensor {
  const count = sizesOf(coefficients).at(-1)!
  let value = coefficients.narrow(-1, count - 1, 1).expand(sizesOf(x))
  for (let i = count - 2; i >= 0; i--) value = value.mul(x).add(coefficients.narrow(-1, i, 1))
  return value
}

/** The polynomial's value at a matrix: (*, n, n). */
function valueAtMatrix(coefficients: Tensor, x: Tensor): Tensor {
  const count = sizesOf(coefficients).at(-1)!
  const identity = call(ops.eye, sizesOf(x).at(-1), { dtype: x.dtype, device: x.device }) as Tensor
  const term = (i: number) => coefficients.narrow(-1, i, 1).unsqueeze(-1).mul(identity)
  let value = term(count - 1).expand(sizesOf(x))
  for (let i = count - 2; i >= 0; i--) value = value.matmul(x).add(term(i))
  return value
}

/**
 * The part outside the span of U too: it solves a Sylvester equation by the characteristic polynomial of D, after Hu and
 * Cheng, "The polynomial solution to the Sylvester matrix equation" (2006).
 */
function partial(D_grad: Tensor, U_grad: Tensor, A: Tensor, D: Tensor, U: Tensor, largest: boolean): Tensor {
  const Ut = U.mT.contiguous()
  const projection = U.matmul(Ut).neg()
  projection.diagonal(0, -2, -1).add_(1)
  const [sizes, k] = [sizesOf(A), sizesOf(D).at(-1)!]
  const shape = [...sizes.slice(0, -1), sizes.at(-1)! - k]
  // A generator of its own, so that the gradient is the same each time.
  const options = { dtype: A.dtype, device: A.device, generator: new Generator(A.device) }
  const ortho = projection.matmul(call(ops.randn, shape, options) as Tensor)
  const orthoT = ortho.mT.contiguous()
  const polynomial = polynomialOf(D)
  let projected = U_grad
  let series = U_grad.mul(0)
  for (let i = 1; i <= k; i++) {
    series = series.add(projected.mul(valueAtVector(polynomial.at('...', slice(i, null)), D).unsqueeze(-2)))
    projected = A.matmul(projected)
  }
  // Positive definite, unless an odd number of the largest eigenvalues changes the sign.
  const sign = largest && k % 2 === 1 ? -1 : 1
  const restricted = orthoT.matmul(valueAtMatrix(polynomial, A).matmul(ortho)).mul(sign)
  const L = call(ops.linalg_cholesky, restricted)
  const solution = (call(ops.cholesky_solve, orthoT.matmul(series), L) as Tensor).mul(sign)
  return inSpan(D_grad, U_grad, D, U).sub(ortho.matmul(solution).matmul(Ut))
}

/** The gradient of the symmetric A (*, m, m), from those of its eigenvalues D (*, k) and eigenvectors U (*, m, k). */
export function symeigBackward(
  D_grad: Tensor,
  U_grad: Tensor,
  A: Tensor,
  D: Tensor,
  U: Tensor,
  largest: boolean,
): Tensor {
  const [m, k] = sizesOf(U).slice(-2) as [number, number]
  return m === k ? inSpan(D_grad, U_grad, D, U) : partial(D_grad, U_grad, A, D, U, largest)
}
