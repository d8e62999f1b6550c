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
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { PerParamOptimizer } from './_per_param_optimizer.js'

/** Options of `RMSprop`, each of which a group may have for itself. */
export interface RMSpropOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** How much of the last step the next one keeps. */
  momentum: number
  /** The decay of the running mean of the squares. */
  alpha: number
  /** Added to the denominator. */
  eps: number
  /** Whether the gradient's variance takes the place of its square's mean. */
  centered: boolean
  /** The strength of the L2 penalty. */
  weight_decay: number
  /** Whether what counts the steps stays on the accelerator, so that a graph of the device can hold the step. */
  capturable: boolean
  /** Kept for PyTorch's sake. */
  foreach: boolean | null
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Whether autograd records the step itself. */
  differentiable: boolean
}

type RMSpropKeywords = RMSpropOptions & { params: ParamsT<RMSpropOptions> }

interface RMSpropState {
  step: Tensor
  square_avg: Tensor
  /** With momentum. */
  momentum_buffer?: Tensor
  /** When centered. */
  grad_avg?: Tensor
}

const rmspropOptions = signature<RMSpropKeywords>(
  'RMSprop',
  'params',
  ['lr', 1e-2],
  ['alpha', 0.99],
  ['eps', 1e-8],
  ['weight_decay', 0],
  ['momentum', 0],
  ['centered', false],
  ['capturable', false],
  ['foreach', null],
  ['maximize', false],
  ['differentiable', false],
)

/**
 * RMSprop: divides the gradient by the root of the running mean of its square.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.RMSprop.html
 */
export class RMSprop extends PerParamOptimizer<RMSpropOptions, RMSpropState> {
  constructor(
    ...args: Args<
      [params: ParamsT<RMSpropOptions>],
      [
        lr: TensorOrNumber,
        alpha: number,
        eps: number,
        weight_decay: number,
        momentum: number,
        centered: boolean,
        capturable: boolean,
        foreach: boolean | null,
        maximize: boolean,
        differentiable: boolean,
      ],
      RMSpropKeywords
    >
  ) {
    const { params, ...options } = rmspropOptions(args)
    checkLearningRate(options.lr)
    checkOption('epsilon value', options.eps, eps => eps >= 0)
    checkOption('momentum value', options.momentum, momentum => momentum >= 0)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    checkOption('alpha value', options.alpha, alpha => alpha >= 0)
    super(params, options)
  }

  protected _firstState(group: ParamGroup<RMSpropOptions>, param: Tensor): RMSpropState {
    const zeros = () => call(ops.zeros_like, param) as Tensor
    return {
      step: scalarState(0, group.capturable ? param.device : 'cpu'),
      square_avg: zeros(),
      ...(group.momentum > 0 && { momentum_buffer: zeros() }),
      ...(group.centered && { grad_avg: zeros() }),
    }
  }

  protected _stepParam(group: ParamGroup<RMSpropOptions>, param: Tensor, given: Tensor, state: RMSpropState): void {
    const { alpha, eps, momentum } = group
    const rate = -numberOf(group.lr)
    if (group.capturable) checkCapturable(param, state.step)
    let grad = group.maximize ? given.neg() : given
    state.step.add_(1)
    if (group.weight_decay !== 0) grad = grad.add(param, { alpha: group.weight_decay })
    const value = realView(param)
    grad = realView(grad)
    const squareAvg = realView(state.square_avg)
    squareAvg.mul_(alpha).addcmul_(grad, grad, { value: 1 - alpha })
    let root: Tensor
    if (group.centered) {
      const gradAvg = realView(state.grad_avg!)
      gradAvg.lerp_(grad, 1 - alpha)
      root = squareAvg.addcmul(gradAvg, gradAvg, { value: -1 }).sqrt_()
    } else root = squareAvg.sqrt()
    root = group.differentiable ? root.add(eps) : root.add_(eps)
    if (momentum > 0) {
      const buffer = realView(state.momentum_buffer!)
      buffer.mul_(momentum).addcdiv_(grad, root)
      value.add_(buffer, { alpha: rate })
    } else value.addcdiv_(grad, root, { value: rate })
  }
}
