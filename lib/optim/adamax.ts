import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { clibPow } from './_bias_correction.js'
import {
  checkBetas,
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
import { minus, over, power } from './_scalar_math.js'

/** Options of `Adamax`, each of which a group may have for itself. */
export interface AdamaxOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** The decay of the running mean of the gradient and of its greatest magnitude. */
  betas: readonly [number, number]
  /** Added to the gradient's magnitude. */
  eps: number
  /** The strength of the L2 penalty. */
  weight_decay: number
  /** Whether the steps are taken for all tensors at once; that may round otherwise in the last bit. */
  foreach: boolean | null
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Whether autograd records the step itself. */
  differentiable: boolean
  /** Whether what counts the steps stays on the accelerator, so that a graph of the device can hold the step. */
  capturable: boolean
}

type AdamaxKeywords = AdamaxOptions & { params: ParamsT<AdamaxOptions> }

interface AdamaxState {
  step: Tensor
  exp_avg: Tensor
  exp_inf: Tensor
}

const adamaxOptions = signature<AdamaxKeywords>(
  'Adamax',
  'params',
  ['lr', 2e-3],
  ['betas', [0.9, 0.999]],
  ['eps', 1e-8],
  ['weight_decay', 0],
  ['foreach', null],
  '*',
  ['maximize', false],
  ['differentiable', false],
  ['capturable', false],
)

/**
 * Adamax: Adam with the greatest magnitude of the gradients, decayed, in place of the root of their squares' mean.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Adamax.html
 */
export class Adamax extends ForeachOptimizer<AdamaxOptions, AdamaxState> {
  constructor(
    ...args: Args<
      [params: ParamsT<AdamaxOptions>],
      [
        lr: TensorOrNumber,
        betas: readonly [number, number],
        eps: number,
        weight_decay: number,
        foreach: boolean | null,
      ],
      AdamaxKeywords
    >
  ) {
    const { params, ...options } = adamaxOptions(args)
    checkLearningRate(options.lr)
    checkOption('epsilon value', options.eps, eps => eps >= 0)
    checkBetas(options.betas)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    super(params, options)
  }

  protected _firstState(group: ParamGroup<AdamaxOptions>, param: Tensor): AdamaxState {
    return {
      step: scalarState(0, group.capturable ? param.device : 'cpu'),
      exp_avg: call(ops.zeros_like, param) as Tensor,
      exp_inf: call(ops.zeros_like, param) as Tensor,
    }
  }

  protected _stepParam(group: ParamGroup<AdamaxOptions>, param: Tensor, given: Tensor, state: AdamaxState): void {
    const [beta1, beta2] = group.betas
    if (group.capturable) checkCapturable(param, state.step)
    state.step.add_(1)
    let grad = group.maximize ? given.neg() : given
    if (group.weight_decay !== 0) grad = grad.add(param, { alpha: group.weight_decay })
    grad = realView(grad)
    const expAvg = realView(state.exp_avg)
    const expInf = realView(state.exp_inf)
    expAvg.lerp_(grad, 1 - beta1)
    const size = grad.abs().add_(group.eps)
    if (group.differentiable) expInf.copy_(expInf.mul_(beta2).clone().maximum(size))
    else call(ops.maximum, expInf.mul_(beta2), size, { out: expInf })
    if (group.capturable) {
      const correction = (power(beta1, state.step) as Tensor).sub(1).div_(group.lr)
      realView(param).addcdiv_(expAvg, expInf.mul(correction))
      return
    }
    const correction = minus(1, power(beta1, Number(native.item(state.step))))
    realView(param).addcdiv_(expAvg, expInf, { value: -numberOf(over(group.lr, correction)) })
  }

  protected _stepTogether(group: ParamGroup<AdamaxOptions>, batch: Batch<AdamaxState>): void {
    const [beta1, beta2] = group.betas
    const counts = batch.countSteps()
    batch.prepareGrads(group)
    const expAvgs = batch.column('exp_avg')
    const expInfs = batch.column('exp_inf')
    call(ops._foreach_lerp_, expAvgs, batch.grads, 1 - beta1)
    call(ops._foreach_mul_, expInfs, beta2)
    const sizes = foreach(ops._foreach_abs, batch.grads)
    call(ops._foreach_add_, sizes, group.eps)
    call(ops._foreach_maximum_, expInfs, sizes)
    const lr = numberOf(group.lr)
    const rates = counts.map(count => -(lr / (1 - clibPow(beta1, count))))
    call(ops._foreach_addcdiv_, batch.params, expAvgs, expInfs, rates)
  }
}
