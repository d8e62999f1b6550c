/** Eigenpairs of large matrices. https://docs.pytorch.org/docs/stable/generated/torch.lobpcg.html */

import { typeName } from './_C/args.js'
import { call } from './_C/call.js'
import { define } from './_C/callable.js'
import { assertionError, valueError } from './_C/raise.js'
import { sizesOf } from './_C/sizes.js'
import * as ops from './_generated/ops.js'
import { symeigBackward } from './_lobpcg_backward.js'
import { LOBPCG, type LOBPCGParameters, type Tracker } from './_lobpcg_worker.js'
import { Function as AutogradFunction, type FunctionCtx } from './autograd/function.js'
import { type dtype, float16, float32, float64 } from './dtype.js'
import type { Tensor } from './tensor.js'

interface Problem {
  A: Tensor
  k: number | null
  B: Tensor | null
  X: Tensor | null
  n: number | null
  iK: Tensor | null
  niter: number | null
  tol: number | null
  largest: boolean | null
  method: string | null
  tracker: Tracker | null
  ortho: Pick<LOBPCGParameters, 'iparams' | 'fparams' | 'bparams'>
}

const floating: readonly dtype[] = [float16, float32, float64]
const floatingDtype = (A: Tensor): dtype => (floating.includes(A.dtype) ? A.dtype : float32)

/** The parameters of the iteration, with Python's defaults. */
function parametersOf(problem: Problem, m: number, n: number, k: number): LOBPCGParameters {
  const { A, niter, largest, method, ortho } = problem
  const epsilon = floatingDtype(A) === float64 ? 2.23e-16 : 1.2e-7
  const tol = problem.tol ?? epsilon ** 0.5
  const plain = {
    method: method ?? 'ortho',
    iparams: { m, n, k, niter: niter ?? 1000 },
    fparams: { tol },
    bparams: { largest: largest ?? true },
  }
  if (plain.method !== 'ortho') return plain
  return {
    method: 'ortho',
    iparams: { ...plain.iparams, ortho_i_max: 3, ortho_j_max: 3, ...ortho.iparams },
    fparams: { tol, ortho_tol: tol, ortho_tol_drop: tol, ortho_tol_replace: tol, ...ortho.fparams },
    bparams: { ...plain.bparams, ortho_use_drop: false, ...ortho.bparams },
  }
}

function solve(problem: Problem): [E: Tensor, X: Tensor] {
  const { A, B, X, iK, tracker } = problem
  const sizes = sizesOf(A)
  const [rows, m] = sizes.slice(-2) as [number, number]
  if (rows !== m) throw assertionError(`A must be square, got shape ${A.shape}`)
  if (B !== null && String(B.shape) !== String(A.shape))
    throw assertionError(`A and B must have same shape, got ${A.shape} vs ${B.shape}`)
  const columns = X === null ? null : sizesOf(X).at(-1)!
  const k = problem.k ?? columns ?? 1
  const n = columns ?? problem.n ?? k
  if (m < 3 * n)
    throw valueError(
      `LOBPCG algorithm is not applicable when the number of A rows (=${m}) is smaller than 3 x the number of requested eigenpairs (=${n})`,
    )
  const start = () => call(ops.randn, [m, n], { dtype: floatingDtype(A), device: A.device }) as Tensor
  const run = (a: Tensor, b: Tensor | null, x: Tensor, batch: number | null): [Tensor, Tensor] => {
    const [r, c] = sizesOf(x)
    if (x.dim() !== 2 || r !== m || c !== n)
      throw assertionError(`X shape mismatch: got ${x.shape}, expected (${m}, ${n})`)
    const parameters = parametersOf(problem, m, n, k)
    if (batch !== null) parameters.iparams.batch_index = batch
    const worker = new LOBPCG(a, b, x, iK, parameters, tracker)
    worker.run()
    return [worker.E.narrow(0, 0, k), worker.X.narrow(1, 0, k)]
  }
  if (sizes.length === 2) return run(A, B, X ?? start(), null)
  const outer = sizes.slice(0, -2)
  const matrices = (t: Tensor) => t.reshape([-1, ...sizesOf(t).slice(-2)]).unbind(0) as Tensor[]
  const [bs, xs] = [B && matrices(B), X && matrices(X)]
  const pairs = matrices(A).map((a, i) => run(a, bs?.[i] ?? null, xs?.[i] ?? start(), i))
  const [E, V] = [0, 1].map(
    part =>
      call(
        ops.stack,
        pairs.map(pair => pair[part]!),
      ) as Tensor,
  ) as [Tensor, Tensor]
  return [E.reshape([...outer, k]), V.reshape([...outer, m, k])]
}

/** `solve` with a backward pass for `A`. */
class LOBPCGAutogradFunction extends AutogradFunction {
  static forward(ctx: FunctionCtx, A: Tensor, B: Tensor | null, problem: Problem): [Tensor, Tensor] {
    const dense = (t: Tensor) => (t.is_sparse ? t : t.contiguous())
    const [D, U] = solve({ ...problem, A: dense(A), B: B && dense(B) })
    ctx.save_for_backward(A, B, D, U)
    ctx.largest = problem.largest ?? true
    return [D, U]
  }

  static backward(ctx: FunctionCtx, D_grad: Tensor, U_grad: Tensor): (Tensor | null)[] {
    const [A, B, D, U] = ctx.saved_tensors as [Tensor, Tensor | null, Tensor, Tensor]
    const refuse = (what: string) => {
      throw valueError(`lobpcg.backward does not support ${what} yet. Note that lobpcg.forward does though.`)
    }
    if (A.is_sparse || (B?.is_sparse && ctx.needs_input_grad[1])) refuse('sparse input')
    if (A.is_complex() || B?.is_complex()) refuse('complex input')
    if (B !== null) throw valueError('lobpcg.backward does not support backward with B != I yet.')
    return [symeigBackward(D_grad, U_grad, A, D, U, ctx.largest as boolean), null, null]
  }
}

const symmetric = (t: Tensor): Tensor => t.add(t.mT).div(2)

/**
 * The `k` largest (or smallest) eigenvalues (*, k) and their eigenvectors (*, m, k) of a symmetric positive definite matrix `A`
 * (*, m, m), or of the pair A, B, by the locally optimal block preconditioned conjugate gradient method. `A` may be dense or
 * sparse; `X` (*, m, n) are first approximations, drawn at random where there are none; `iK` is a preconditioner;
 * `tracker(worker)` is called after each step. Throws `ValueError` when m < 3n. Gradients flow to a dense real `A` alone.
 * https://docs.pytorch.org/docs/stable/generated/torch.lobpcg.html
 */
export const lobpcg = define(
  'lobpcg',
  [
    'A',
    'k?',
    'B?',
    'X?',
    'n?',
    'iK?',
    'niter?',
    'tol?',
    'largest?',
    'method?',
    'tracker?',
    'ortho_iparams?',
    'ortho_fparams?',
    'ortho_bparams?',
  ],
  (
    A: Tensor,
    k: number | null = null,
    B: Tensor | null = null,
    X: Tensor | null = null,
    n: number | null = null,
    iK: Tensor | null = null,
    niter: number | null = null,
    tol: number | null = null,
    largest: boolean | null = null,
    method: 'basic' | 'ortho' | null = null,
    tracker: Tracker | null = null,
    iparams: Record<string, number> | null = null,
    fparams: Record<string, number> | null = null,
    bparams: Record<string, boolean> | null = null,
  ): [E: Tensor, X: Tensor] => {
    if (tracker !== null && typeof tracker !== 'function')
      throw new TypeError(`lobpcg(): tracker must be callable, not ${typeName(tracker)}`)
    const ortho = { iparams: iparams ?? {}, fparams: fparams ?? {}, bparams: bparams ?? {} }
    const problem: Problem = { A, k, B, X, n, iK, niter, tol, largest, method, tracker, ortho }
    if (!A.requires_grad && !B?.requires_grad) return solve(problem)
    // The gradient of a symmetric function of A need not be symmetric; this makes it so.
    return LOBPCGAutogradFunction.apply(symmetric(A), B && symmetric(B), problem) as [Tensor, Tensor]
  },
)
