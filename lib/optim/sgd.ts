import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import {
  checkFused,
  checkFusedParam,
  checkLearningRate,
  checkOption,
  isTensor,
  numberOf,
  type TensorOrNumber,
  withGrads,
} from './_common.js'
import { groupByDeviceAndDtype, pick } from './_foreach.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { type AmpScaling, Optimizer } from './optimizer.js'

/** Options of `SGD`, each of which a group may have for itself. */
export interface SGDOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  momentum: number
  /** How much of the gradient the momentum leaves out. */
  dampening: number
  /** The strength of the L2 penalty. */
  weight_decay: TensorOrNumber
  nesterov: boolean
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Kept for PyTorch's sake: the steps are taken for all tensors at once anyway. */
  foreach: boolean | null
  /** Whether autograd records the step itself. */
  differentiable: boolean
  /** Whether one operator does the whole step; its sums may differ in the last bit. */
  fused: boolean | null
}

const sgdOptions = signature<SGDOptions & { params: ParamsT<SGDOptions> }>(
  'SGD',
  'params',
  ['lr', 1e-3],
  ['momentum', 0],
  ['dampening', 0],
  ['weight_decay', 0],
  ['nesterov', false],
  '*',
  ['maximize', false],
  ['foreach', null],
  ['differentiable', false],
  ['fused', null],
)

/**
 * Stochastic gradient descent, with momentum if asked for: `b = momentum · b + (1 − dampening) · g`, `p = p − lr · b`.
 *
 * ```ts
 * const optimizer = new torch.optim.SGD(model.parameters(), { lr: 0.1, momentum: 0.9 })
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(
    ...args: Args<
      [params: ParamsT<SGDOptions>],
      [lr: TensorOrNumber, momentum: number, dampening: number, weight_decay: TensorOrNumber, nesterov: boolean],
      SGDOptions & { params: ParamsT<SGDOptions> }
    >
  ) {
    const { params, ...options } = sgdOptions(args)
    checkLearningRate(options.lr)
    checkOption('momentum value', options.momentum, momentum => momentum >= 0)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    if (options.nesterov && (options.momentum <= 0 || options.dampening !== 0))
      throw valueError('Nesterov momentum requires a momentum and zero dampening')
    super(params, options)
    checkFused(options)
  }

  protected _stepGroup(group: ParamGroup<SGDOptions>): void {
    const { params, grads } = withGrads(group.params)
    if (params.length === 0) return
    if (group.fused) {
      for (const places of groupByDeviceAndDtype(params))
        this.#stepFused(group, pick(params, places), pick(grads, places))
      return
    }
    this._checkUnscaled()
    if (group.differentiable && !group.foreach) this.#stepOneByOne(group, params, grads)
    else this.#stepTogether(group, params, grads)
  }

  /** One call for all tensors: LibTorch then does for each what Python does one by one. */
  #stepTogether(group: ParamGroup<SGDOptions>, params: Tensor[], given: Tensor[]): void {
    const { momentum } = group
    let grads = given
    if (group.maximize) grads = call(ops._foreach_neg, grads) as Tensor[]
    const decay = numberOf(group.weight_decay)
    if (decay !== 0) grads = call(ops._foreach_add, grads, params, { alpha: decay }) as Tensor[]
    if (momentum !== 0) {
      const buffers = this.#momentum(group, params, grads)
      grads = group.nesterov ? (call(ops._foreach_add, grads, buffers, { alpha: momentum }) as Tensor[]) : buffers
    }
    call(ops._foreach_add_, params, grads, { alpha: -numberOf(group.lr) })
  }

  /** The momentum buffers, brought up to date; a parameter's first one is a copy of its gradient. */
  #momentum(group: ParamGroup<SGDOptions>, params: Tensor[], grads: Tensor[]): Tensor[] {
    const old: Tensor[] = []
    const news: Tensor[] = []
    const buffers = params.map((param, i) => {
      const state = this._stateOf(param)
      const buffer = state.momentum_buffer as Tensor | null | undefined
      if (!buffer) {
        const first = grads[i]!.detach().clone()
        state.momentum_buffer = first
        return first
      }
      old.push(buffer)
      news.push(grads[i]!)
      return buffer
    })
    if (old.length > 0) {
      call(ops._foreach_mul_, old, group.momentum)
      call(ops._foreach_add_, old, news, { alpha: 1 - group.dampening })
    }
    return buffers
  }

  #stepOneByOne(group: ParamGroup<SGDOptions>, params: Tensor[], grads: Tensor[]): void {
    const { lr, momentum, weight_decay } = group
    for (const [i, param] of params.entries()) {
      let grad = group.maximize ? grads[i]!.neg() : grads[i]!
      if (isTensor(weight_decay) && weight_decay.requires_grad) grad = grad.addcmul_(param.clone(), weight_decay)
      else if (numberOf(weight_decay) !== 0) grad = grad.add(param, { alpha: numberOf(weight_decay) })
      if (momentum !== 0) {
        const state = this._stateOf(param)
        const old = state.momentum_buffer as Tensor | null | undefined
        const buffer = old ? old.mul_(momentum).add_(grad, { alpha: 1 - group.dampening }) : grad.detach().clone()
        state.momentum_buffer = buffer
        grad = group.nesterov ? grad.add(buffer, { alpha: momentum }) : buffer
      }
      if (isTensor(lr) && lr.requires_grad) param.addcmul_(grad, lr, { value: -1 })
      else param.add_(grad, { alpha: -numberOf(lr) })
    }
  }

  #stepFused(group: ParamGroup<SGDOptions>, params: Tensor[], grads: Tensor[]): void {
    for (const param of params) checkFusedParam(param)
    const scaling = this._ampScaling(params[0]!)
    if (group.momentum === 0) {
      callFused(group, [params, grads, []], false, scaling)
      return
    }
    const old: FusedTensors = [[], [], []]
    const fresh: FusedTensors = [[], [], []]
    for (const [i, param] of params.entries()) {
      const state = this._stateOf(param)
      const [p, g, b] = state.momentum_buffer ? old : fresh
      // Where infinite gradients stop the operator, it writes none.
      state.momentum_buffer ??= call(scaling.found_inf ? ops.zeros_like : ops.empty_like, grads[i])
      p.push(param)
      g.push(grads[i]!)
      b.push(state.momentum_buffer as Tensor)
    }
    // The operator itself writes the first values of the fresh buffers.
    if (fresh[0].length > 0) callFused(group, fresh, true, scaling)
    if (old[0].length > 0) callFused(group, old, false, scaling)
  }
}

type FusedTensors = [params: Tensor[], grads: Tensor[], buffers: Tensor[]]

function callFused(
  group: ParamGroup<SGDOptions>,
  [params, grads, buffers]: FusedTensors,
  isFirstStep: boolean,
  scaling: AmpScaling,
): void {
  call(ops._fused_sgd_, params, grads, buffers, {
    weight_decay: numberOf(group.weight_decay),
    momentum: group.momentum,
    lr: numberOf(group.lr),
    dampening: group.dampening,
    nesterov: group.nesterov,
    maximize: group.maximize,
    is_first_step: isFirstStep,
    ...scaling,
  })
}
