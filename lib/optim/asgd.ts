import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import {
  checkCapturable,
  checkLearningRate,
  checkOption,
  isTensor,
  numberOf,
  realView,
  scalarState,
  type TensorOrNumber,
} from './_common.js'
import { type Batch, foreach } from './_foreach.js'
import { ForeachOptimizer } from './_foreach_optimizer.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { over, plus, power, times } from './_scalar_math.js'

/** Options of `ASGD`, each of which a group may have for itself. */
export interface ASGDOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** The decay of the parameters and of the learning rate. */
  lambd: number
  /** The power by which the learning rate falls. */
  alpha: number
  /** The step at which averaging begins. */
  t0: number
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

type ASGDKeywords = ASGDOptions & { params: ParamsT<ASGDOptions> }

interface ASGDState {
  step: Tensor
  /** The learning rate now. */
  eta: Tensor
  /** The weight of the next value in the average. */
  mu: Tensor
  /** The average of the parameter over the steps. */
  ax: Tensor
}

const asgdOptions = signature<ASGDKeywords>(
  'ASGD',
  'params',
  ['lr', 1e-2],
  ['lambd', 1e-4],
  ['alpha', 0.75],
  ['t0', 1e6],
  ['weight_decay', 0],
  ['foreach', null],
  ['maximize', false],
  ['differentiable', false],
  ['capturable', false],
)

/**
 * Averaged stochastic gradient descent: the average of the parameters is in `state.get(param).ax`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.ASGD.html
 */
export class ASGD extends ForeachOptimizer<ASGDOptions, ASGDState> {
  constructor(
    ...args: Args<
      [params: ParamsT<ASGDOptions>],
      [
        lr: TensorOrNumber,
        lambd: number,
        alpha: number,
        t0: number,
        weight_decay: number,
        foreach: boolean | null,
        maximize: boolean,
        differentiable: boolean,
        capturable: boolean,
      ],
      ASGDKeywords
    >
  ) {
    const { params, ...options } = asgdOptions(args)
    checkLearningRate(options.lr)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    super(params, options)
  }

  protected override _scalars(): readonly string[] {
    return ['step', 'eta', 'mu']
  }

  protected _firstState(group: ParamGroup<ASGDOptions>, param: Tensor): ASGDState {
    return {
      step: scalarState(0, param.device),
      eta: scalarState(numberOf(group.lr), param.device),
      mu: scalarState(1, param.device),
      ax: call(ops.zeros_like, param) as Tensor,
    }
  }

  protected _stepParam(group: ParamGroup<ASGDOptions>, param: Tensor, given: Tensor, state: ASGDState): void {
    const { lambd, t0, capturable } = group
    const { step, eta, mu } = state
    if (capturable) checkCapturable(param, mu, eta, step)
    const value = realView(param)
    let grad = realView(group.maximize ? given.neg() : given)
    const ax = realView(state.ax)
    step.add_(1)
    if (group.weight_decay !== 0) grad = grad.add(value, { alpha: group.weight_decay })

    if (capturable) {
      value.mul_(eta.mul(lambd).neg().add(1))
      value.addcmul_(grad, eta, { value: -1 })
    } else {
      const rate = Number(native.item(eta))
      value.mul_(1 - lambd * rate)
      value.add_(grad, { alpha: -rate })
    }

    if (capturable || native.item(mu) !== 1) ax.add_(value.sub(ax).mul_(mu))
    else ax.copy_(value)

    const count = capturable ? step : Number(native.item(step))
    setScalar(eta, rateAfter(group, count))
    if (isTensor(count)) mu.copy_(count.sub(t0).clamp_min(1).reciprocal())
    else setScalar(mu, 1 / Math.max(1, count - t0))
  }

  protected _stepTogether(group: ParamGroup<ASGDOptions>, batch: Batch<ASGDState>): void {
    const { lambd, t0 } = group
    const counts = batch.countSteps()
    batch.prepareGrads(group)
    const etas = batch.column('eta')
    const mus = batch.column('mu')
    const axs = batch.column('ax')
    const slopes = foreach(ops._foreach_add, batch.grads, batch.params, { alpha: lambd })
    call(ops._foreach_addcmul_, batch.params, slopes, etas, -1)
    call(ops._foreach_addcmul_, axs, foreach(ops._foreach_sub, batch.params, axs), mus)
    for (const [i, step] of batch.column('step').entries()) {
      setScalar(etas[i]!, rateAfter(group, step))
      setScalar(mus[i]!, 1 / Math.max(1, counts[i]! - t0))
    }
  }
}

/** The learning rate after so many steps; of a count that is a tensor, in the tensor's own precision. */
function rateAfter({ lr: given, lambd, alpha }: ASGDOptions, count: TensorOrNumber): TensorOrNumber {
  const lr = isTensor(given) && given.dim() > 0 ? given.squeeze() : given
  return over(lr, power(plus(times(times(lr, lambd), count), 1), alpha))
}

/** Sets what is remembered; a number goes in by way of the default dtype, also where a loaded state is more precise. */
function setScalar(state: Tensor, value: TensorOrNumber): void {
  state.copy_(isTensor(value) ? value : scalarState(value))
}
