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
  /** Whether the steps are taken for all tensors at once; that may round otherwise in the last bit. */
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
export class RMSprop extends ForeachOptimizer<RMSpropOptions, RMSpropState> {
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

  protected _stepTogether(group: ParamGroup<RMSpropOptions>, batch: Batch<RMSpropState>): void {
    const { alpha, momentum } = group
    const rate = -numberOf(group.lr)
    batch.countSteps()
    batch.prepareGrads(group)
    const squareAvgs = batch.column('square_avg')
    call(ops._foreach_mul_, squareAvgs, alpha)
    call(ops._foreach_addcmul_, squareAvgs, batch.grads, batch.grads, 1 - alpha)
    let roots: Tensor[]
    if (group.centered) {
      const gradAvgs = batch.column('grad_avg')
      call(ops._foreach_lerp_, gradAvgs, batch.grads, 1 - alpha)
      roots = foreach(ops._foreach_addcmul, squareAvgs, gradAvgs, gradAvgs, -1)
      call(ops._foreach_sqrt_, roots)
    } else roots = foreach(ops._foreach_sqrt, squareAvgs)
    call(ops._foreach_add_, roots, group.eps)
    if (momentum > 0) {
      const buffers = batch.column('momentum_buffer')
      call(ops._foreach_mul_, buffers, momentum)
      call(ops._foreach_addcdiv_, buffers, batch.grads, roots)
      call(ops._foreach_add_, batch.params, buffers, { alpha: rate })
    } else call(ops._foreach_addcdiv_, batch.params, batch.grads, roots, rate)
  }
}
