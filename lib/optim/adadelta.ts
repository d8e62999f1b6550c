import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import {
  checkCapturable,
  checkLearningRate,
  checkOption,
  numberOf,
  realView,
  scalarState,
  type TensorOrNumber,
} from './_common.js'
import { type Batch, foreach } from './_foreach.js'
import { ForeachOptimizer } from './_foreach_optimizer.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'

/** Options of `Adadelta`, each of which a group may have for itself. */
export interface AdadeltaOptions {
  /** What the step is multiplied by. */
  lr: TensorOrNumber
  /** The decay of the running means of the squares. */
  rho: number
  /** Added under the roots. */
  eps: number
  /** The strength of the L2 penalty. */
  weight_decay: number
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Whether the step counts stay on the accelerator, so that a graph of the device can hold the step. */
  capturable: boolean
  /** Whether the steps are taken for all tensors at once; that may round otherwise in the last bit. */
  foreach: boolean | null
  /** Whether autograd records the step itself. */
  differentiable: boolean
}

type AdadeltaKeywords = AdadeltaOptions & { params: ParamsT<AdadeltaOptions> }

interface AdadeltaState {
  step: Tensor
  square_avg: Tensor
  acc_delta: Tensor
}

const adadeltaOptions = signature<AdadeltaKeywords>(
  'Adadelta',
  'params',
  ['lr', 1],
  ['rho', 0.9],
  ['eps', 1e-6],
  ['weight_decay', 0],
  ['foreach', null],
  '*',
  ['capturable', false],
  ['maximize', false],
  ['differentiable', false],
)

/**
 * Adadelta: steps as large as the running mean of the steps so far, over that of the gradients.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Adadelta.html
 */
export class Adadelta extends ForeachOptimizer<AdadeltaOptions, AdadeltaState> {
  constructor(
    ...args: Args<
      [params: ParamsT<AdadeltaOptions>],
      [lr: TensorOrNumber, rho: number, eps: number, weight_decay: number, foreach: boolean | null],
      AdadeltaKeywords
    >
  ) {
    const { params, ...options } = adadeltaOptions(args)
    checkLearningRate(options.lr)
    checkOption('rho value', options.rho, rho => rho >= 0 && rho <= 1)
    checkOption('epsilon value', options.eps, eps => eps >= 0)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    super(params, options)
  }

  protected _firstState(group: ParamGroup<AdadeltaOptions>, param: Tensor): AdadeltaState {
    return {
      step: scalarState(0, group.capturable ? param.device : 'cpu'),
      square_avg: call(ops.zeros_like, param) as Tensor,
      acc_delta: call(ops.zeros_like, param) as Tensor,
    }
  }

  protected _stepParam(group: ParamGroup<AdadeltaOptions>, param: Tensor, given: Tensor, state: AdadeltaState): void {
    const { rho, eps } = group
    if (group.capturable) checkCapturable(param, state.step)
    state.step.add_(1)
    let grad = group.maximize ? given.neg() : given
    if (group.weight_decay !== 0) grad = grad.add(param, { alpha: group.weight_decay })
    grad = realView(grad)
    const squareAvg = realView(state.square_avg)
    const accDelta = realView(state.acc_delta)
    squareAvg.mul_(rho).addcmul_(grad, grad, { value: 1 - rho })
    const std = squareAvg.add(eps).sqrt_()
    let delta = accDelta.add(eps).sqrt_()
    if (group.differentiable) delta = delta.clone()
    delta.div_(std).mul_(grad)
    accDelta.mul_(rho).addcmul_(delta, delta, { value: 1 - rho })
    if (param.is_complex()) delta = call(ops.view_as_complex, delta) as Tensor
    param.add_(delta, { alpha: -numberOf(group.lr) })
  }

  protected _stepTogether(group: ParamGroup<AdadeltaOptions>, batch: Batch<AdadeltaState>): void {
    const { rho, eps } = group
    batch.countSteps()
    batch.prepareGrads(group)
    const squareAvgs = batch.column('square_avg')
    const accDeltas = batch.column('acc_delta')
    call(ops._foreach_mul_, squareAvgs, rho)
    call(ops._foreach_addcmul_, squareAvgs, batch.grads, batch.grads, 1 - rho)
    const stds = foreach(ops._foreach_add, squareAvgs, eps)
    call(ops._foreach_sqrt_, stds)
    const deltas = foreach(ops._foreach_add, accDeltas, eps)
    call(ops._foreach_sqrt_, deltas)
    call(ops._foreach_div_, deltas, stds)
    call(ops._foreach_mul_, deltas, batch.grads)
    call(ops._foreach_mul_, accDeltas, rho)
    call(ops._foreach_addcmul_, accDeltas, deltas, deltas, 1 - rho)
    call(ops._foreach_add_, batch.params, deltas, { alpha: -numberOf(group.lr) })
  }
}
