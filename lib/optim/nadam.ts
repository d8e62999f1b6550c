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
  numberOf,
  realView,
  scalarState,
  type TensorOrNumber,
} from './_common.js'
import { type Batch, decayFactor, foreach, updateMoments } from './_foreach.js'
import { ForeachOptimizer } from './_foreach_optimizer.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { minus, negative, over, plus, power, times } from './_scalar_math.js'

/** Options of `NAdam`, each of which a group may have for itself. */
export interface NAdamOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** The decay of the running means of the gradient and of its square. */
  betas: readonly [number, number]
  /** Added to the denominator. */
  eps: number
  /** The strength of the L2 penalty. */
  weight_decay: number
  /** How fast the momentum rises to its full strength. */
  momentum_decay: number
  /** Whether the weights decay by themselves, as in `AdamW`, rather than through the gradient. */
  decoupled_weight_decay: boolean
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Whether the steps are taken for all tensors at once; that may round otherwise in the last bit. */
  foreach: boolean | null
  /** Whether what counts the steps stays on the accelerator, so that a graph of the device can hold the step. */
  capturable: boolean
  /** Whether autograd records the step itself. */
  differentiable: boolean
}

type NAdamKeywords = NAdamOptions & { params: ParamsT<NAdamOptions> }

interface NAdamState {
  step: Tensor
  /** The product of the momenta so far. */
  mu_product: Tensor
  exp_avg: Tensor
  exp_avg_sq: Tensor
}

const nadamOptions = signature<NAdamKeywords>(
  'NAdam',
  'params',
  ['lr', 2e-3],
  ['betas', [0.9, 0.999]],
  ['eps', 1e-8],
  ['weight_decay', 0],
  ['momentum_decay', 4e-3],
  ['decoupled_weight_decay', false],
  '*',
  ['foreach', null],
  ['maximize', false],
  ['capturable', false],
  ['differentiable', false],
)

/**
 * NAdam: Adam that looks one step ahead, as Nesterov's momentum does.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.NAdam.html
 */
export class NAdam extends ForeachOptimizer<NAdamOptions, NAdamState> {
  constructor(
    ...args: Args<
      [params: ParamsT<NAdamOptions>],
      [
        lr: TensorOrNumber,
        betas: readonly [number, number],
        eps: number,
        weight_decay: number,
        momentum_decay: number,
        decoupled_weight_decay: boolean,
      ],
      NAdamKeywords
    >
  ) {
    const { params, ...options } = nadamOptions(args)
    checkLearningRate(options.lr)
    checkOption('epsilon value', options.eps, eps => eps >= 0)
    checkBetas(options.betas)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    checkOption('momentum_decay value', options.momentum_decay, decay => decay >= 0)
    super(params, options)
  }

  protected override _scalars(): readonly string[] {
    return ['step', 'mu_product']
  }

  protected _firstState(group: ParamGroup<NAdamOptions>, param: Tensor): NAdamState {
    const place = group.capturable ? param.device : 'cpu'
    return {
      step: scalarState(0, place),
      mu_product: scalarState(1, place),
      exp_avg: call(ops.zeros_like, param) as Tensor,
      exp_avg_sq: call(ops.zeros_like, param) as Tensor,
    }
  }

  protected _stepParam(group: ParamGroup<NAdamOptions>, param: Tensor, given: Tensor, state: NAdamState): void {
    const [beta1, beta2] = group.betas
    const { lr, eps, weight_decay, differentiable, capturable } = group
    const value = realView(param)
    let grad = realView(group.maximize ? given.neg() : given)
    const expAvg = realView(state.exp_avg)
    const expAvgSq = realView(state.exp_avg_sq)
    if (capturable) checkCapturable(param, state.step, state.mu_product)
    state.step.add_(1)
    const step = capturable ? state.step : Number(native.item(state.step))
    if (weight_decay !== 0) {
      if (group.decoupled_weight_decay) value.mul_(minus(1, times(lr, weight_decay)))
      else grad = grad.add(value, { alpha: weight_decay })
    }
    const momentumAt = (at: TensorOrNumber) =>
      times(beta1, minus(1, times(0.5, power(0.96, times(at, group.momentum_decay)))))
    const mu = momentumAt(step)
    const nextMu = momentumAt(plus(step, 1))
    state.mu_product.mul_(mu)
    expAvg.lerp_(grad, 1 - beta1)
    expAvgSq.mul_(beta2).addcmul_(grad, grad, { value: 1 - beta2 })
    let denominator = expAvgSq.div(minus(1, power(beta2, step))).sqrt()
    const recorded = differentiable || capturable
    denominator = recorded ? denominator.add(eps) : denominator.add_(eps)
    const product = recorded ? state.mu_product : Number(native.item(state.mu_product))
    const gradFactor = over(times(negative(lr), minus(1, mu)), minus(1, product))
    const meanFactor = over(times(negative(lr), nextMu), minus(1, times(product, nextMu)))
    if (recorded) {
      value.addcdiv_(grad.mul(gradFactor), denominator)
      value.addcdiv_(expAvg.mul(meanFactor), denominator)
    } else {
      value.addcdiv_(grad, denominator, { value: numberOf(gradFactor) })
      value.addcdiv_(expAvg, denominator, { value: numberOf(meanFactor) })
    }
  }

  protected _stepTogether(group: ParamGroup<NAdamOptions>, batch: Batch<NAdamState>): void {
    const { eps, weight_decay, decoupled_weight_decay: decoupled } = group
    const [beta1, beta2] = group.betas
    const counts = batch.countSteps()
    batch.prepareGrads({ maximize: group.maximize, weight_decay: decoupled ? 0 : weight_decay })
    if (decoupled && weight_decay !== 0) call(ops._foreach_mul_, batch.params, decayFactor(group.lr, weight_decay))
    const expAvgs = batch.column('exp_avg')
    const expAvgSqs = batch.column('exp_avg_sq')
    updateMoments([expAvgs, expAvgSqs], batch.grads, group.betas)

    const momentumAt = (at: number) => beta1 * (1 - 0.5 * clibPow(0.96, at * group.momentum_decay))
    const mus = counts.map(momentumAt)
    const nextMus = counts.map(count => momentumAt(count + 1))
    const products = batch.column('mu_product')
    call(ops._foreach_mul_, products, mus)
    const denominators = foreach(ops._foreach_sqrt, expAvgSqs)
    const roots = counts.map(count => biasCorrection(beta1, beta2, count).secondRoot)
    call(ops._foreach_div_, denominators, roots)
    call(ops._foreach_add_, denominators, eps)
    const lr = numberOf(group.lr)
    const soFar = products.map(product => native.item(product) as number)
    const gradFactors = mus.map((mu, i) => -((lr * (1 - mu)) / (1 - soFar[i]!)))
    const meanFactors = nextMus.map((mu, i) => -((lr * mu) / (1 - soFar[i]! * mu)))
    call(ops._foreach_addcdiv_, batch.params, batch.grads, denominators, gradFactors)
    call(ops._foreach_addcdiv_, batch.params, expAvgs, denominators, meanFactors)
  }
}
