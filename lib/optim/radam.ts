import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { biasCorrection, clibPow } from './_bias_correction.js'
import {
  checkBetas,
  checkCapturable,
  checkLearningRate,
  checkOption,
  isTensor,
  numberOf,
  realView,
  scalarState,
  type TensorOrNumber,
} from './_common.js'
import { type Batch, decayFactor, foreach, updateMoments } from './_foreach.js'
import { ForeachOptimizer } from './_foreach_optimizer.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { minus, over, power, times } from './_scalar_math.js'

/** Options of `RAdam`, each of which a group may have for itself. */
export interface RAdamOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** The decay of the running means of the gradient and of its square. */
  betas: readonly [number, number]
  /** Added to the denominator. */
  eps: number
  /** The strength of the L2 penalty. */
  weight_decay: number
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Whether the steps are taken for all tensors at once; that may round otherwise in the last bit. */
  foreach: boolean | null
  /** Whether what counts the steps stays on the accelerator, so that a graph of the device can hold the step. */
  capturable: boolean
  /** Whether the weights decay by themselves, as in `AdamW`, rather than through the gradient. */
  decoupled_weight_decay: boolean
  /** Whether autograd records the step itself. */
  differentiable: boolean
}

type RAdamKeywords = RAdamOptions & { params: ParamsT<RAdamOptions> }

interface RAdamState {
  step: Tensor
  exp_avg: Tensor
  exp_avg_sq: Tensor
}

const radamOptions = signature<RAdamKeywords>(
  'RAdam',
  'params',
  ['lr', 1e-3],
  ['betas', [0.9, 0.999]],
  ['eps', 1e-8],
  ['weight_decay', 0],
  ['decoupled_weight_decay', false],
  '*',
  ['foreach', null],
  ['maximize', false],
  ['capturable', false],
  ['differentiable', false],
)

/**
 * RAdam: Adam whose first steps are damped as long as the mean of the squares rests on few of them.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.RAdam.html
 */
export class RAdam extends ForeachOptimizer<RAdamOptions, RAdamState> {
  constructor(
    ...args: Args<
      [params: ParamsT<RAdamOptions>],
      [
        lr: TensorOrNumber,
        betas: readonly [number, number],
        eps: number,
        weight_decay: number,
        decoupled_weight_decay: boolean,
      ],
      RAdamKeywords
    >
  ) {
    const { params, ...options } = radamOptions(args)
    checkLearningRate(options.lr)
    checkOption('epsilon value', options.eps, eps => eps >= 0)
    checkBetas(options.betas)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    super(params, options)
  }

  protected _firstState(group: ParamGroup<RAdamOptions>, param: Tensor): RAdamState {
    const place = group.capturable ? param.device : 'cpu'
    return {
      step: scalarState(0, place),
      exp_avg: call(ops.zeros_like, param) as Tensor,
      exp_avg_sq: call(ops.zeros_like, param) as Tensor,
    }
  }

  protected _stepParam(group: ParamGroup<RAdamOptions>, param: Tensor, given: Tensor, state: RAdamState): void {
    const [beta1, beta2] = group.betas
    const { lr, eps, weight_decay, differentiable, capturable } = group
    const value = realView(param)
    let grad = realView(group.maximize ? given.neg() : given)
    const expAvg = realView(state.exp_avg)
    const expAvgSq = realView(state.exp_avg_sq)
    if (capturable) checkCapturable(param, state.step)
    state.step.add_(1)
    const step = capturable ? state.step : Number(native.item(state.step))
    if (weight_decay !== 0) {
      if (group.decoupled_weight_decay) value.mul_(minus(1, times(lr, weight_decay)))
      else grad = grad.add(value, { alpha: weight_decay })
    }
    expAvg.lerp_(grad, 1 - beta1)
    expAvgSq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 })
    const first = minus(1, power(beta1, step))
    const second = minus(1, power(beta2, step))
    const corrected = expAvg.div(first)
    // The length of the simple moving average that the running mean stands for; the longest, and the one after this step.
    const longest = 2 / (1 - beta2) - 1
    const length = minus(longest, over(times(times(2, step), power(beta2, step)), second))
    const rectification = () =>
      power(
        over(times(times(minus(length, 4), minus(length, 2)), longest), times((longest - 4) * (longest - 2), length)),
        0.5,
      )
    const adaptiveRate = () => {
      const root = expAvgSq.sqrt()
      return over(power(second, 0.5), differentiable ? root.add(eps) : root.add_(eps)) as Tensor
    }
    if (isTensor(length)) {
      const update = call(ops.where, length.gt(5), adaptiveRate().mul(rectification()), 1) as Tensor
      value.add_(corrected.mul(lr).mul(update), { alpha: -1 })
    } else if (length > 5) value.add_(corrected.mul(lr).mul(adaptiveRate()).mul(rectification()), { alpha: -1 })
    else value.add_(corrected.mul(lr), { alpha: -1 })
  }

  protected _stepTogether(group: ParamGroup<RAdamOptions>, batch: Batch<RAdamState>): void {
    const { lr, eps, weight_decay, decoupled_weight_decay: decoupled } = group
    const counts = batch.countSteps()
    batch.prepareGrads({ maximize: group.maximize, weight_decay: decoupled ? 0 : weight_decay })
    if (decoupled && weight_decay !== 0) call(ops._foreach_mul_, batch.params, decayFactor(lr, weight_decay))
    const expAvgs = batch.column('exp_avg')
    const expAvgSqs = batch.column('exp_avg_sq')
    updateMoments([expAvgs, expAvgSqs], batch.grads, group.betas)
    const rates = counts.map(count => ratesAfter(group, count))
    const updates = foreach(ops._foreach_sqrt, expAvgSqs)
    call(ops._foreach_add_, updates, eps)
    const rectified = rates.map(rate => rate.rectified)
    call(ops._foreach_div_, updates, rectified)
    call(ops._foreach_reciprocal_, updates)
    const unrectified = rates.map(rate => rate.unrectified)
    call(ops._foreach_add_, updates, unrectified)
    call(ops._foreach_addcmul_, batch.params, expAvgs, updates)
  }
}

/** What the means are multiplied by after so many steps: with the rectified adaptive rate, or by itself; one of them is 0. */
function ratesAfter({ lr, betas }: RAdamOptions, count: number): { rectified: number; unrectified: number } {
  const [beta1, beta2] = betas
  const { first, secondRoot } = biasCorrection(beta1, beta2, count)
  const decayed = clibPow(beta2, count)
  const longest = 2 / (1 - beta2) - 1
  const length = longest - (2 * count * decayed) / (1 - decayed)
  if (length <= 5) return { rectified: 0, unrectified: -numberOf(over(lr, first)) }
  const share = ((length - 4) * (length - 2) * longest) / ((longest - 4) * (longest - 2) * length)
  const rate = over(times(lr, clibPow(share, 0.5)), first)
  return { rectified: -numberOf(times(secondRoot, rate)), unrectified: 0 }
}
