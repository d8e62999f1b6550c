import { signature } from '../../_C/args.js'
import { native } from '../../_C/native.js'
import { notImplementedError, valueError } from '../../_C/raise.js'
import { householder_product, solve } from '../../_generated/linalg.js'
import { add, cat, eye, geqrf, matrix_exp, randn } from '../../_generated/torch.js'
import { int } from '../../dtype.js'
import { finfo } from '../../finfo.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'
import { recordOf } from '../_module_state.js'
import { withoutGrad } from '../_no_grad.js'
import { type AnyModule, Module } from '../module.js'
import { register_parametrization } from './parametrize.js'

/** How a matrix becomes an orthogonal one. */
export type OrthogonalMap = 'matrix_exp' | 'cayley' | 'householder'

const diagonal = (t: Tensor): Tensor => t.diagonal({ dim1: -2, dim2: -1 })

function isOrthogonal(q: Tensor): boolean {
  const [n, k] = [q.size(-2), q.size(-1)]
  const identity = eye(k, { dtype: q.dtype, device: q.device })
  return q.mH.matmul(q).allclose(identity, { atol: 10 * n * finfo(q.dtype).eps })
}

function makeOrthogonal(a: Tensor): Tensor {
  const [x, tau] = geqrf(a)
  return householder_product(x, tau).mul_(diagonal(x).sgn().unsqueeze(-2))
}

class _Orthogonal extends Module {
  shape: readonly number[]
  orthogonal_map: OrthogonalMap
  use_trivialization: boolean
  declare base: Tensor | null

  constructor(weight: Tensor, map: OrthogonalMap, use_trivialization: boolean) {
    super()
    if (weight.is_complex() && map === 'householder')
      throw valueError('The householder parametrization does not support complex tensors.')
    this.shape = weight.shape
    this.orthogonal_map = map
    this.use_trivialization = use_trivialization
    if (use_trivialization) this.register_buffer('base', null)
  }

  forward(given: Tensor): Tensor {
    let x = given
    const transposed = x.size(-2) < x.size(-1)
    if (transposed) x = x.mT
    const [n, k] = [x.size(-2), x.size(-1)]
    let q = this.orthogonal_map === 'householder' ? householder(x) : skew(x, n, k, this.orthogonal_map)
    if (this.use_trivialization) q = this.base!.matmul(q)
    return transposed ? q.mT : q
  }

  right_inverse(value: Tensor): Tensor {
    const shape = value.shape
    if (shape.length !== this.shape.length || shape.some((size, i) => size !== this.shape[i]))
      throw valueError(
        `Expected a matrix or batch of matrices of shape ${sizeText(this.shape)}. Got a tensor of shape ${sizeText(shape)}.`,
      )
    return withoutGrad(() => {
      const transposed = value.size(-2) < value.size(-1)
      const q = transposed ? value.mT : value
      return this.use_trivialization ? this.#trivialize(value, q) : this.#reflectors(q, transposed)
    })
  }

  /** Keeps the matrix as the base, and starts at the identity. */
  #trivialize(value: Tensor, q: Tensor): Tensor {
    const [n, k] = [q.size(-2), q.size(-1)]
    if (n === k) {
      this.base = isOrthogonal(q) ? q.clone() : makeOrthogonal(q)
    } else {
      const rest = randn([...q.shape.slice(0, -2), n, n - k], { dtype: q.dtype, device: q.device })
      this.base = makeOrthogonal(cat([q, rest], -1))
    }
    const start = value.new_zeros(value.shape)
    diagonal(start).fill_(-1)
    return start
  }

  #reflectors(q: Tensor, transposed: boolean): Tensor {
    if (this.orthogonal_map !== 'householder')
      throw notImplementedError(
        'It is not possible to assign to the matrix exponential or the Cayley parametrizations when use_trivialization=False.',
      )
    const [a, tau] = geqrf(q)
    // The signs of the diagonal make the decomposition unique; where a reflection is not used, LAPACK gives an exact zero.
    diagonal(a).sign_()
    diagonal(a).copy_(diagonal(a).mul(tau.eq(0).mul(-2).add(1)))
    return transposed ? a.mT : a
  }
}

function householder(x: Tensor): Tensor {
  const a = x.tril(-1)
  const tau = a.mul(a).sum(-2).add(1).reciprocal().mul(2)
  return householder_product(a, tau).mul(diagonal(x).to(int).unsqueeze(-2))
}

/** Through a skew-symmetric matrix made of the lower triangle. */
function skew(x: Tensor, n: number, k: number, map: OrthogonalMap): Tensor {
  let lower = x.tril()
  if (n !== k) {
    const batch = x.shape.slice(0, -2)
    lower = cat([lower, x.new_zeros([n, n - k]).expand([...batch, -1, -1])], -1)
  }
  const a = lower.sub(lower.mH)
  let q: Tensor
  if (map === 'matrix_exp') {
    q = matrix_exp(a)
  } else {
    const identity = eye(n, { dtype: a.dtype, device: a.device })
    q = solve(add(identity, a, { alpha: -0.5 }), add(identity, a, { alpha: 0.5 }))
  }
  return n === k ? q : q.narrow(-1, 0, k)
}

interface Keywords {
  module: AnyModule
  name: string
  orthogonal_map: OrthogonalMap | null
  use_trivialization: boolean
}

const bind = signature<Keywords>('orthogonal', 'module', ['name', 'weight'], ['orthogonal_map', null], '*', [
  'use_trivialization',
  true,
])

type Options = Partial<Omit<Keywords, 'module'>>

/**
 * Keeps a weight orthogonal (or unitary): the columns of a tall matrix, the rows of a wide one.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.orthogonal.html
 */
export function orthogonal<M extends AnyModule>(module: M, name?: string | Options): M
export function orthogonal<M extends AnyModule>(
  module: M,
  name: string,
  orthogonal_map: OrthogonalMap | null | Options,
  keywords?: Options,
): M
export function orthogonal<M extends AnyModule>(module: M, ...rest: unknown[]): M {
  const { name, orthogonal_map, use_trivialization } = bind([module, ...rest])
  const value = recordOf(module)[name]
  if (!native.isTensor(value))
    throw valueError(`Module '${String(module)}' has no parameter or buffer with name '${name}'`)
  const weight = value as Tensor
  if (weight.dim() < 2)
    throw valueError(`Expected a matrix or batch of matrices. Got a tensor of ${weight.dim()} dimensions.`)
  const square = weight.size(-2) === weight.size(-1)
  const map = orthogonal_map ?? (square || weight.is_complex() ? 'matrix_exp' : 'householder')
  if (!['matrix_exp', 'cayley', 'householder'].includes(map))
    throw valueError(`orthogonal_map has to be one of "matrix_exp", "cayley", "householder". Got: ${String(map)}`)
  return register_parametrization(module, name, new _Orthogonal(weight, map, use_trivialization), { unsafe: true })
}
