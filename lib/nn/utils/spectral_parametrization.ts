import { type Args, signature } from '../../_C/args.js'
import { native } from '../../_C/native.js'
import { indexError, valueError } from '../../_C/raise.js'
import { vdot } from '../../_generated/torch.js'
import { contiguous_format } from '../../memory_format.js'
import type { Tensor } from '../../tensor.js'
import { recordOf } from '../_module_state.js'
import { withoutGrad } from '../_no_grad.js'
import { ConvTranspose1d, ConvTranspose2d, ConvTranspose3d } from '../conv_transpose.js'
import { normalize } from '../functional/index.js'
import { type AnyModule, Module } from '../module.js'
import { register_parametrization } from './parametrize.js'

export interface SpectralKeywords<M> {
  module: M
  name: string
  n_power_iterations: number
  eps: number
  dim: number | null
}

/** The weight as a matrix whose rows are `dim`. */
export function asMatrix(weight: Tensor, dim: number): Tensor {
  const others = Array.from({ length: weight.dim() }, (_, d) => d).filter(d => d !== dim)
  const front = dim === 0 ? weight : weight.permute([dim, ...others])
  return front.flatten(1)
}

/** The dimension of a module's outputs in its weight. */
export function outputDim(module: AnyModule): number {
  const transposed = [ConvTranspose1d, ConvTranspose2d, ConvTranspose3d].some(kind => module instanceof kind)
  return transposed ? 1 : 0
}

/** Divides a weight by its largest singular value, which power iteration estimates. */
class _SpectralNorm extends Module {
  dim: number
  eps: number
  n_power_iterations: number
  declare _u: Tensor
  declare _v: Tensor

  constructor(weight: Tensor, n_power_iterations: number, dim: number, eps: number) {
    super()
    const ndim = weight.dim()
    if (dim >= ndim || dim < -ndim)
      throw indexError(`Dimension out of range (expected to be in range of [-${ndim}, ${ndim - 1}] but got ${dim})`)
    if (n_power_iterations <= 0)
      throw valueError(`Expected n_power_iterations to be positive, but got n_power_iterations=${n_power_iterations}`)
    this.dim = dim >= 0 ? dim : dim + ndim
    this.eps = eps
    this.n_power_iterations = n_power_iterations
    if (ndim <= 1) return
    withoutGrad(() => {
      const matrix = asMatrix(weight, this.dim)
      const [height, width] = matrix.shape as [number, number]
      const u = matrix.new_empty([height]).normal_(0, 1)
      const v = matrix.new_empty([width]).normal_(0, 1)
      this.register_buffer('_u', normalize(u, { dim: 0, eps }))
      this.register_buffer('_v', normalize(v, { dim: 0, eps }))
      this.#iterate(matrix, 15)
    })
  }

  /** Brings `_u` and `_v`, the first singular vectors, closer. In place: replicas share them. */
  #iterate(matrix: Tensor, count: number): void {
    withoutGrad(() => {
      for (let i = 0; i < count; i++) {
        this._u.copy_(normalize(matrix.mv(this._v), { dim: 0, eps: this.eps }))
        this._v.copy_(normalize(matrix.H.mv(this._u), { dim: 0, eps: this.eps }))
      }
    })
  }

  forward(weight: Tensor): Tensor {
    if (weight.dim() === 1) return normalize(weight, { dim: 0, eps: this.eps })
    const matrix = asMatrix(weight, this.dim)
    if (this.training) this.#iterate(matrix, this.n_power_iterations)
    // Copies: backward through two calls needs both states.
    const u = this._u.clone({ memory_format: contiguous_format })
    const v = this._v.clone({ memory_format: contiguous_format })
    return weight.div(vdot(u, matrix.mv(v)))
  }

  right_inverse(value: Tensor): Tensor {
    return value
  }
}

const bind = signature<SpectralKeywords<AnyModule>>(
  'spectral_norm',
  'module',
  ['name', 'weight'],
  ['n_power_iterations', 1],
  ['eps', 1e-12],
  ['dim', null],
)

/**
 * Keeps the largest singular value of a weight, seen as a matrix with `dim` as its rows, at 1. In training mode each reading
 * of the weight improves the estimate by `n_power_iterations`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html
 */
export function spectral_norm<M extends AnyModule>(
  ...args: Args<
    [module: M],
    [name: string, n_power_iterations: number, eps: number, dim: number | null],
    SpectralKeywords<M>
  >
): M {
  const { module, name, n_power_iterations, eps, dim } = bind(args) as SpectralKeywords<M>
  const weight = recordOf(module)[name]
  if (!native.isTensor(weight))
    throw valueError(`Module '${String(module)}' has no parameter or buffer with name '${name}'`)
  const norm = new _SpectralNorm(weight as Tensor, n_power_iterations, dim ?? outputDim(module), eps)
  return register_parametrization(module, name, norm)
}
