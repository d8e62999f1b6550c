import { call } from './_C/call.js'
import { assertionError, valueError } from './_C/raise.js'
import { sizesOf } from './_C/sizes.js'
import * as ops from './_generated/ops.js'
import { slice } from './slice.js'
import type { Tensor } from './tensor.js'

/** Whole-number, real and boolean parameters of the iteration. */
export interface LOBPCGParameters {
  method: string
  iparams: Record<string, number>
  fparams: Record<string, number>
  bparams: Record<string, boolean>
}

/** Sees the state after each step; `worker.bvars.force_stop = true` ends the iteration. */
export type Tracker = (worker: LOBPCG) => void

/** A B, with null for the identity. */
const product = (A: Tensor | null, B: Tensor): Tensor =>
  A === null ? B : (call(A.is_sparse ? ops._sparse_mm : ops.matmul, A, B) as Tensor)

/** Sᵀ A S. */
const quadratic = (A: Tensor | null, S: Tensor): Tensor => S.mT.matmul(product(A, S))

/** Eigenvalues and eigenvectors, ascending unless `largest`. */
function symeig(A: Tensor, largest: boolean): [Tensor, Tensor] {
  const [E, Z] = call(ops.linalg_eigh, A, 'U') as [Tensor, Tensor]
  return largest ? [E.flip(-1), Z.flip(-1)] : [E, Z]
}

const norm = (t: Tensor): number => t.norm().item()
const columns = (t: Tensor): number => sizesOf(t).at(-1)!
const from = (start: number) => slice(start, null)
const between = (start: number, end: number) => slice(start, end)

/** The state of one run; a tracker reads it. */
export class LOBPCG {
  readonly A: Tensor
  readonly B: Tensor | null
  readonly iK: Tensor | null
  readonly iparams: Record<string, number>
  readonly fparams: Record<string, number>
  readonly bparams: Record<string, boolean>
  readonly method: string
  readonly tracker: Tracker | null
  /** Approximate eigenvectors: (m, n). */
  X: Tensor
  /** Approximate eigenvalues: (n,). */
  E: Tensor
  /** A X − B X E: (m, n). */
  R: Tensor
  /** The space that is searched: (m, 3n). */
  S: Tensor
  tvars: Record<string, Tensor> = {}
  ivars: Record<string, number> = { istep: 0, converged_count: 0, converged_end: 0, iterations_left: 0 }
  fvars: Record<string, number> = {}
  bvars: Record<string, boolean> = {}

  constructor(
    A: Tensor,
    B: Tensor | null,
    X: Tensor,
    iK: Tensor | null,
    parameters: LOBPCGParameters,
    tracker: Tracker | null = null,
  ) {
    this.A = A
    this.B = B
    this.X = X
    this.iK = iK
    this.iparams = parameters.iparams
    this.fparams = parameters.fparams
    this.bparams = parameters.bparams
    this.method = parameters.method
    this.tracker = tracker
    const [m, n] = [this.iparams.m!, this.iparams.n!]
    const zeros = (...sizes: number[]) => call(ops.zeros, sizes, { dtype: X.dtype, device: X.device }) as Tensor
    this.E = zeros(n)
    this.R = zeros(m, n)
    this.S = zeros(m, 3 * n)
  }

  run(): void {
    do {
      this.update()
      this.tracker?.(this)
    } while (!this.stop_iteration())
  }

  /** Is the iteration at its end? */
  stop_iteration(): boolean {
    const isForced = this.bvars.force_stop ?? false
    return isForced || this.ivars.iterations_left === 0 || this.ivars.converged_count! >= this.iparams.k!
  }

  /** One step. */
  update(): void {
    if (this.ivars.istep === 0) {
      const X_norm = norm(this.X)
      this.fvars.X_norm = X_norm
      this.fvars.A_norm = norm(product(this.A, this.X)) / X_norm
      this.fvars.B_norm = norm(product(this.B, this.X)) / X_norm
      this.ivars.iterations_left = this.iparams.niter!
      this.ivars.converged_count = 0
      this.ivars.converged_end = 0
    }
    if (this.method === 'ortho') this.#updateOrtho()
    else this.#updateBasic()
    this.ivars.iterations_left!--
    this.ivars.istep!++
  }

  update_residual(): void {
    this.R = product(this.A, this.X).sub(product(this.B, this.X).mul(this.E))
  }

  /** How many of the first eigenpairs have converged, by the backward stable criterion of Duersch et al. (2018), section 4.3. */
  update_converged_count(): number {
    const { X, R, E } = this
    const scale = E.narrow(0, 0, columns(X)).abs().mul(this.fvars.B_norm!).add(this.fvars.A_norm!)
    const rerr = R.norm(2, [0]).div(X.norm(2, [0]).mul(scale))
    const converged = rerr.lt(this.fparams.tol!).tolist() as boolean[]
    // Those after the first that has not converged do not count: the order of pairs must stay.
    const first = converged.indexOf(false)
    const count = first < 0 ? converged.length : first
    const before = this.ivars.converged_count!
    if (count < before)
      throw assertionError(`the number of converged eigenpairs (was ${before}, got ${count}) cannot decrease`)
    this.ivars.converged_count = count
    this.tvars.rerr = rerr
    return count
  }

  /** Puts X, P and W side by side into S. */
  #fillSearchSpace(P: Tensor | null, W: Tensor): void {
    const n = this.iparams.n!
    const first = n + (P === null ? 0 : columns(P))
    const end = first + columns(W)
    this.S.setAt(['...', between(first, end)], W)
    this.ivars.converged_end = end
  }

  #updateBasic(): void {
    const { n } = this.iparams as { n: number }
    const largest = this.bparams.largest!
    const [end, before] = [this.ivars.converged_end!, this.ivars.converged_count!]
    const isFirst = this.ivars.istep === 0
    const S = isFirst ? this.X : this.S.at('...', between(before, end))
    const Ri = this.#rayleighRitz(S)
    const [E, Z] = symeig(quadratic(quadratic(this.A, S), Ri), largest)
    let P: Tensor | null = null
    if (isFirst) {
      this.X.setAt(['...'], S.matmul(Ri.matmul(Z)))
      this.E.setAt(['...'], E)
    } else {
      this.X.setAt(['...', from(before)], S.matmul(Ri.matmul(Z.at('...', slice(n - before)))))
      this.E.setAt([from(before)], E.at(slice(n - before)))
      P = S.matmul(Ri.matmul(Z.at('...', between(n, 2 * n - before))))
    }
    this.update_residual()
    const converged = this.update_converged_count()
    this.S.setAt(['...', slice(n)], this.X)
    if (P !== null) this.S.setAt(['...', between(n, n + columns(P))], P)
    const residual = isFirst ? this.R : this.R.at('...', from(converged))
    this.#fillSearchSpace(P, product(this.iK, residual))
  }

  #updateOrtho(): void {
    const { n } = this.iparams as { n: number }
    const largest = this.bparams.largest!
    const [end, before] = [this.ivars.converged_end!, this.ivars.converged_count!]
    const isFirst = this.ivars.istep === 0
    let P: Tensor | null = null
    if (isFirst) {
      const Ri = this.#rayleighRitz(this.X)
      const [, Z] = symeig(quadratic(quadratic(this.A, this.X), Ri), largest)
      this.X = this.X.matmul(Ri.matmul(Z))
    } else {
      const S = this.S.at('...', between(before, end))
      const [E, Z] = symeig(quadratic(this.A, S), largest)
      const kept = n - before
      this.X.setAt(['...', from(before)], S.matmul(Z.at('...', slice(kept))))
      this.E.setAt([from(before)], E.at(slice(kept)))
      const [basis] = call(ops.linalg_qr, Z.at(slice(kept), from(kept)).mT) as [Tensor]
      P = S.matmul(Z.at('...', from(kept)).matmul(basis))
    }
    this.update_residual()
    const converged = this.update_converged_count()
    this.S.setAt(['...', slice(n)], this.X)
    if (P !== null) this.S.setAt(['...', between(n, n + columns(P))], P)
    const residual = isFirst ? this.R : this.R.at('...', from(converged))
    const known = P === null ? this.X : this.S.at('...', slice(n + columns(P)))
    this.#fillSearchSpace(P, this.#orthonormalTo(residual, known))
  }

  /**
   * The upper triangular matrix that turns the general eigenvalue problem in the columns of S (m, n) into a standard one, scaled
   * by the diagonal as in Duersch et al. (2018).
   */
  #rayleighRitz(S: Tensor): Tensor {
    const SBS = quadratic(this.B, S)
    const row = SBS.diagonal(0, -2, -1).pow(-0.5)
    const R = call(ops.linalg_cholesky, SBS.mul(row).mul(row.reshape(-1, 1)), { upper: true })
    return call(ops.linalg_solve_triangular, R, row.diag_embed(), { upper: true, left: false }) as Tensor
  }

  /** Orthonormal columns for the space of U, by Stathopoulos and Wu's SVQB; with `drop` without those that add little to it. */
  #svqb(input: Tensor, drop: boolean, tau: number): Tensor {
    let U = input
    if (U.numel() === 0) return U
    let UBU = quadratic(this.B, U)
    let d = UBU.diagonal(0, -2, -1)
    // Columns of zeros would divide by zero below.
    const nonzero = d.abs().ne(0).nonzero().reshape(-1)
    if (nonzero.numel() < d.numel()) {
      U = U.index_select(1, nonzero)
      if (U.numel() === 0) return U
      UBU = quadratic(this.B, U)
      d = UBU.diagonal(0, -2, -1)
    }
    let scale = d.pow(-0.5).reshape(-1, 1)
    let [E, Z] = symeig(UBU.mul(scale).mul(scale.mT), false)
    const t = E.abs().max().mul(tau)
    if (drop) {
      const keep = E.gt(t).nonzero().reshape(-1)
      E = E.index_select(0, keep)
      Z = Z.index_select(1, keep)
      scale = scale.index_select(0, keep)
    } else {
      E = call(ops.where, E.lt(t), t, E) as Tensor
    }
    return U.mul(scale.mT).matmul(Z.mul(E.pow(-0.5)))
  }

  /** Orthonormal columns for the space of U that are orthogonal to those of V; none when V has that space already. */
  #orthonormalTo(input: Tensor, V: Tensor): Tensor {
    const { ortho_tol, ortho_tol_drop, ortho_tol_replace } = this.fparams as Record<string, number>
    const { m, ortho_i_max, ortho_j_max } = this.iparams as { m: number; ortho_i_max: number; ortho_j_max: number }
    for (const name of Object.keys(this.fvars)) if (/^ortho_.*_rerr/.test(name)) delete this.fvars[name]
    delete this.ivars.ortho_i
    delete this.ivars.ortho_j
    const BV_norm = norm(product(this.B, V))
    let U = input
    let VBU = V.mT.matmul(product(this.B, U))
    let [i, j] = [0, 0]
    for (let step = 0; step < ortho_i_max; step++) {
      i = step
      U = U.sub(V.matmul(VBU))
      let drop = false
      let tau = ortho_tol_drop!
      let BU = U
      for (let inner = 0; inner < ortho_j_max; inner++) {
        j = inner
        if (this.bparams.ortho_use_drop) {
          U = this.#svqb(U, drop, tau)
          drop = true
          tau = ortho_tol_replace!
        } else {
          U = this.#svqb(U, false, ortho_tol_replace!)
        }
        if (U.numel() === 0) {
          Object.assign(this.ivars, { ortho_i: i, ortho_j: j })
          return U
        }
        BU = product(this.B, U)
        const UBU = U.mT.matmul(BU)
        const identity = call(ops.eye, columns(UBU), { dtype: UBU.dtype, device: UBU.device }) as Tensor
        const rerr = norm(UBU.sub(identity)) / BU.norm().mul(U.norm()).item()
        this.fvars[`ortho_UBUmI_rerr[${i}, ${j}]`] = rerr
        if (rerr < ortho_tol!) break
      }
      VBU = V.mT.matmul(BU)
      const rerr = norm(VBU) / (BV_norm * norm(U))
      this.fvars[`ortho_VBU_rerr[${i}]`] = rerr
      if (rerr < ortho_tol!) break
      if (m < columns(U) + columns(V))
        throw valueError(
          `Overdetermined shape of U: #B-cols(=${m}) >= #U-cols(=${columns(U)}) + #V-cols(=${columns(V)}) must hold`,
        )
    }
    Object.assign(this.ivars, { ortho_i: i, ortho_j: j })
    return U
  }

  toString(): string {
    const fields = ['iparams', 'fparams', 'bparams', 'ivars', 'fvars', 'bvars'] as const
    const lines = fields.map(field => `  ${field}=${JSON.stringify(this[field])}`)
    return ['LOBPCG:', ...lines, `  A=${this.A}`, `  B=${this.B}`, `  X=${this.X}`, `  E=${this.E}`, ''].join('\n')
  }
}
