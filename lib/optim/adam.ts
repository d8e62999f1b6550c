import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import { assertionError, runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { float32 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { stepFused, stepTogether } from './_adam_foreach.js'
import { stepOneByOne } from './_adam_single.js'
import {
  checkBetas,
  checkFused,
  checkFusedParam,
  checkLearningRate,
  checkOption,
  isTensor,
  scalarState,
  type TensorOrNumber,
} from './_common.js'
import { groupByDeviceAndDtype, pick } from './_foreach.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { Optimizer } from './optimizer.js'

/** Options of `Adam`, each of which a group may have for itself. */
export interface AdamOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** The decay of the running means of the gradient and of its square. */
  betas: readonly [TensorOrNumber, TensorOrNumber]
  /** Added to the denominator. */
  eps: number
  /** The strength of the L2 penalty. */
  weight_decay: number
  /** Whether the greatest of the squares' means so far counts. */
  amsgrad: boolean
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Kept for PyTorch's sake: all tensors take their steps at once anyway; with it complex ones decay as Python's do. */
  foreach: boolean | null
  /** Whether the step counts stay on the accelerator, so that a graph of the device can hold the step. */
  capturable: boolean
  /** Whether autograd records the step itself. */
  differentiable: boolean
  /** Whether one operator does the whole step; its sums may differ in the last bit. */
  fused: boolean | null
  /** Whether the weights decay by themselves, as in `AdamW`, rather than through the gradient. */
  decoupled_weight_decay: boolean
}

/** The tensors of one step, in the same order: those of the parameters that have a gradient. */
export interface AdamTensors {
  params: Tensor[]
  grads: Tensor[]
  expAvgs: Tensor[]
  expAvgSqs: Tensor[]
  /** Empty without amsgrad. */
  maxExpAvgSqs: Tensor[]
  steps: Tensor[]
}

type AdamKeywords = AdamOptions & { params: ParamsT<AdamOptions> }

const adamOptions = signature<AdamKeywords>(
  'Adam',
  'params',
  ['lr', 1e-3],
  ['betas', [0.9, 0.999]],
  ['eps', 1e-8],
  ['weight_decay', 0],
  ['amsgrad', false],
  '*',
  ['maximize', false],
  ['foreach', null],
  ['capturable', false],
  ['differentiable', false],
  ['fused', null],
  ['decoupled_weight_decay', false],
)

/** Parameters of `Adam` and `AdamW` with defaults that may be given by position. */
export type AdamOptional = [
  lr: TensorOrNumber,
  betas: readonly [TensorOrNumber, TensorOrNumber],
  eps: number,
  weight_decay: number,
  amsgrad: boolean,
]

function checkAdamBetas({ betas, capturable, foreach }: AdamOptions): void {
  checkBetas(betas)
  for (const [i, beta] of betas.entries())
    if (isTensor(beta) && foreach && !capturable)
      throw valueError(`betas[${i}] as a Tensor is not supported for capturable=False and foreach=True`)
  if (isTensor(betas[0]) !== isTensor(betas[1])) throw valueError('betas must be either both floats or both Tensors')
}

/**
 * Adam: steps by the running mean of the gradient, divided by the root of the running mean of its square.
 *
 * ```ts
 * const optimizer = new torch.optim.Adam(model.parameters(), { lr: 1e-3 })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Adam.html
 */
export class Adam extends Optimizer<AdamOptions> {
  constructor(...args: Args<[params: ParamsT<AdamOptions>], AdamOptional, AdamKeywords>) {
    const { params, ...options } = adamOptions(args)
    if (isTensor(options.lr) && options.foreach && !options.capturable)
      throw valueError('lr as a Tensor is not supported for capturable=False and foreach=True')
    checkLearningRate(options.lr)
    checkOption('epsilon value', options.eps, eps => eps >= 0)
    checkAdamBetas(options)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    super(params, options)
    checkFused(options)
  }

  protected _stepGroup(group: ParamGroup<AdamOptions>): void {
    const tensors = this.#tensors(group)
    if (tensors.params.length === 0) return
    if (group.fused) {
      for (const places of groupByDeviceAndDtype(tensors.params))
        stepFused(group, tensorsAt(tensors, places), this._ampScaling(tensors.params[places[0]!]!))
      return
    }
    this._checkUnscaled()
    if (group.foreach && group.differentiable) throw assertionError("_foreach ops don't support autograd")
    if (group.capturable || group.differentiable || group.betas.some(isTensor)) stepOneByOne(group, tensors)
    else stepTogether(group, tensors)
  }

  /** Gathers what the step needs; a parameter's first step makes its state. */
  #tensors(group: ParamGroup<AdamOptions>): AdamTensors {
    const found: AdamTensors = { params: [], grads: [], expAvgs: [], expAvgSqs: [], maxExpAvgSqs: [], steps: [] }
    for (const param of group.params) {
      const grad = native.grad(param)
      if (!grad) continue
      const state = this._stateOf(param)
      if (state.step === undefined) {
        if (grad.is_sparse)
          throw runtimeError('Adam does not support sparse gradients, please consider SparseAdam instead')
        if (group.fused) checkFusedParam(param)
        state.step = firstStep(group, param)
        state.exp_avg = call(ops.zeros_like, param)
        state.exp_avg_sq = call(ops.zeros_like, param)
        if (group.amsgrad) state.max_exp_avg_sq = call(ops.zeros_like, param)
      }
      found.params.push(param)
      found.grads.push(grad)
      found.expAvgs.push(state.exp_avg as Tensor)
      found.expAvgSqs.push(state.exp_avg_sq as Tensor)
      if (group.amsgrad) found.maxExpAvgSqs.push(state.max_exp_avg_sq as Tensor)
      found.steps.push(state.step as Tensor)
    }
    return found
  }

  protected override _afterLoad(): void {
    super._afterLoad()
    // Checkpoints of PyTorch before 1.12 count steps in plain numbers.
    for (const group of this.param_groups) {
      for (const param of group.params) {
        const state = this.state.get(param)
        if (typeof state?.step === 'number') state.step = firstStep(group, param).fill_(state.step)
      }
    }
  }
}

function tensorsAt(tensors: AdamTensors, places: number[]): AdamTensors {
  const { params, grads, expAvgs, expAvgSqs, maxExpAvgSqs, steps } = tensors
  return {
    params: pick(params, places),
    grads: pick(grads, places),
    expAvgs: pick(expAvgs, places),
    expAvgSqs: pick(expAvgSqs, places),
    maxExpAvgSqs: maxExpAvgSqs.length > 0 ? pick(maxExpAvgSqs, places) : [],
    steps: pick(steps, places),
  }
}

/** A step count of zero: on the CPU, where reading it costs nothing, unless the step is to stay on the device. */
function firstStep(group: AdamOptions, param: Tensor): Tensor {
  if (group.fused) return call(ops.zeros, [], { dtype: float32, device: param.device }) as Tensor
  return scalarState(0, group.capturable ? param.device : 'cpu')
}
