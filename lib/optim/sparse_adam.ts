import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { checkBetas, checkOption, isTensor, type TensorOrNumber } from './_common.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { PerParamOptimizer } from './_per_param_optimizer.js'
import { minus, negative, over, power, times } from './_scalar_math.js'
import { makeSparse } from './_sparse.js'

/** Options of `SparseAdam`, each of which a group may have for itself. */
export interface SparseAdamOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** The decay of the running means of the gradient and of its square. */
  betas: readonly [number, number]
  /** Added to the denominator. */
  eps: number
  /** Whether the objective is to grow. */
  maximize: boolean
}

type SparseAdamKeywords = SparseAdamOptions & { params: ParamsT<SparseAdamOptions> }

interface SparseAdamState {
  step: number
  exp_avg: Tensor
  exp_avg_sq: Tensor
}

const sparseAdamOptions = signature<SparseAdamKeywords>(
  'SparseAdam',
  'params',
  ['lr', 1e-3],
  ['betas', [0.9, 0.999]],
  ['eps', 1e-8],
  ['maximize', false],
)

/**
 * Adam for sparse gradients, such as those of `nn.Embedding` with `sparse`: only what the gradient holds is stepped.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.SparseAdam.html
 */
export class SparseAdam extends PerParamOptimizer<SparseAdamOptions, SparseAdamState> {
  constructor(
    ...args: Args<
      [params: ParamsT<SparseAdamOptions>],
      [lr: TensorOrNumber, betas: readonly [number, number], eps: number, maximize: boolean],
      SparseAdamKeywords
    >
  ) {
    const { params, ...options } = sparseAdamOptions(args)
    if (isTensor(options.lr) && options.lr.numel() !== 1) throw valueError('Tensor lr must be 1-element')
    checkOption('learning rate', options.lr, lr => lr > 0)
    checkOption('epsilon value', options.eps, eps => eps > 0)
    checkBetas(options.betas)
    super(params, options)
    this.#checkParams()
  }

  #checkParams(): void {
    const found: Record<'is_sparse' | 'is_complex', string[]> = { is_sparse: [], is_complex: [] }
    for (const [g, { params }] of this.param_groups.entries()) {
      for (const [i, param] of params.entries()) {
        if (param.is_sparse) found.is_sparse.push(`[${g}, ${i}]`)
        if (param.is_complex()) found.is_complex.push(`[${g}, ${i}]`)
      }
    }
    const { is_sparse: sparse, is_complex: complex } = found
    if (sparse.length > 0)
      throw valueError(`Sparse params at indices [${sparse.join(', ')}]: SparseAdam requires dense parameter tensors`)
    if (complex.length > 0)
      throw valueError(
        `Complex params at indices [${complex.join(', ')}]: SparseAdam does not support complex parameters`,
      )
  }

  protected override _checkParam(_group: ParamGroup<SparseAdamOptions>, _param: Tensor, grad: Tensor): void {
    if (!grad.is_sparse) throw runtimeError('SparseAdam does not support dense gradients, please consider Adam instead')
  }

  protected override _scalars(): readonly string[] {
    return []
  }

  protected _firstState(_group: ParamGroup<SparseAdamOptions>, param: Tensor): SparseAdamState {
    return {
      step: 0,
      exp_avg: call(ops.zeros_like, param) as Tensor,
      exp_avg_sq: call(ops.zeros_like, param) as Tensor,
    }
  }

  protected _stepParam(
    group: ParamGroup<SparseAdamOptions>,
    param: Tensor,
    given: Tensor,
    state: SparseAdamState,
  ): void {
    const [beta1, beta2] = group.betas
    state.step++
    // The step is no linear function: each index must be there once.
    const grad = (group.maximize ? given.neg() : given).coalesce()
    const values = grad._values()
    if (values.numel() === 0) return
    const oldMean = state.exp_avg.sparse_mask(grad)._values()
    const meanChange = values.sub(oldMean).mul_(1 - beta1)
    state.exp_avg.add_(makeSparse(grad, meanChange))
    const oldSquare = state.exp_avg_sq.sparse_mask(grad)._values()
    const squareChange = values
      .pow(2)
      .sub_(oldSquare)
      .mul_(1 - beta2)
    state.exp_avg_sq.add_(makeSparse(grad, squareChange))
    const mean = meanChange.add_(oldMean)
    const root = squareChange.add_(oldSquare).sqrt_().add_(group.eps)
    const first = minus(1, power(beta1, state.step))
    const second = minus(1, power(beta2, state.step)) as number
    const size = over(times(group.lr, Math.sqrt(second)), first)
    param.add_(makeSparse(grad, mean.div_(root).mul(negative(size))))
  }
}
