import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { Complex } from '../complex.js'
import type { Tensor } from '../tensor.js'
import { checkCapturable, checkLearningRate, numberOf, realView, scalarState, type TensorOrNumber } from './_common.js'
import { type Batch, foreach } from './_foreach.js'
import { ForeachOptimizer } from './_foreach_optimizer.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'

/** Options of `Rprop`, each of which a group may have for itself. */
export interface RpropOptions {
  /** The first step size. */
  lr: TensorOrNumber
  /** What a step size is multiplied by where the gradient changed its sign, and where it kept it. */
  etas: readonly [number, number]
  /** The least and the greatest step size. */
  step_sizes: readonly [number, number]
  /** Whether the steps are taken for all tensors at once; that may round otherwise in the last bit. */
  foreach: boolean | null
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Whether autograd records the step itself. */
  differentiable: boolean
  /** Whether what counts the steps stays on the accelerator, so that a graph of the device can hold the step. */
  capturable: boolean
}

type RpropKeywords = RpropOptions & { params: ParamsT<RpropOptions> }

interface RpropState {
  step: Tensor
  /** The last gradient. */
  prev: Tensor
  step_size: Tensor
}

const rpropOptions = signature<RpropKeywords>(
  'Rprop',
  'params',
  ['lr', 1e-2],
  ['etas', [0.5, 1.2]],
  ['step_sizes', [1e-6, 50]],
  '*',
  ['capturable', false],
  ['foreach', null],
  ['maximize', false],
  ['differentiable', false],
)

/**
 * Rprop: only the gradient's sign counts; each element's step grows while it stays and shrinks when it changes.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Rprop.html
 */
export class Rprop extends ForeachOptimizer<RpropOptions, RpropState> {
  constructor(
    ...args: Args<
      [params: ParamsT<RpropOptions>],
      [lr: TensorOrNumber, etas: readonly [number, number], step_sizes: readonly [number, number]],
      RpropKeywords
    >
  ) {
    const { params, ...options } = rpropOptions(args)
    checkLearningRate(options.lr)
    const [shrink, grow] = options.etas
    if (!(shrink > 0 && shrink < 1 && grow > 1)) throw valueError(`Invalid eta values: ${shrink}, ${grow}`)
    super(params, options)
  }

  protected _firstState(group: ParamGroup<RpropOptions>, param: Tensor, grad: Tensor): RpropState {
    const lr = numberOf(group.lr)
    return {
      step: scalarState(0, group.capturable ? param.device : 'cpu'),
      prev: call(ops.zeros_like, param) as Tensor,
      step_size: call(ops.full_like, grad, param.is_complex() ? new Complex(lr, lr) : lr) as Tensor,
    }
  }

  protected _stepParam(group: ParamGroup<RpropOptions>, param: Tensor, given: Tensor, state: RpropState): void {
    const [shrink, grow] = group.etas
    const [least, greatest] = group.step_sizes
    if (group.capturable) checkCapturable(param, state.step)
    state.step.add_(1)
    let grad = realView(group.maximize ? given.neg() : given)
    const prev = realView(state.prev)
    const size = realView(state.step_size)
    const factor = grad.mul(group.differentiable ? prev.clone() : prev).sign()
    setFactors(factor, shrink, grow)
    size.mul_(factor).clamp_(least, greatest)
    // Where the sign changed, no step is taken.
    grad = grad.clone().masked_fill_(factor.eq(shrink), 0)
    realView(param).addcmul_(grad.sign(), size, { value: -1 })
    prev.copy_(grad)
  }

  protected _stepTogether(group: ParamGroup<RpropOptions>, batch: Batch<RpropState>): void {
    const [shrink, grow] = group.etas
    const [least, greatest] = group.step_sizes
    batch.countSteps()
    batch.prepareGrads({ maximize: group.maximize })
    const prevs = batch.column('prev')
    const sizes = batch.column('step_size')
    const factors = foreach(ops._foreach_mul, batch.grads, prevs)
    call(ops._foreach_copy_, prevs, batch.grads)
    call(ops._foreach_sign_, factors)
    for (const [i, factor] of factors.entries()) {
      setFactors(factor, shrink, grow)
      prevs[i]!.masked_fill_(factor.eq(shrink), 0)
    }
    call(ops._foreach_mul_, sizes, factors)
    for (const size of sizes) size.clamp_(least, greatest)
    call(ops._foreach_addcmul_, batch.params, foreach(ops._foreach_sign, prevs), sizes, -1)
  }
}

/** Turns signs into what the step sizes are multiplied by. */
function setFactors(signs: Tensor, shrink: number, grow: number): void {
  signs.masked_fill_(signs.gt(0), grow)
  signs.masked_fill_(signs.lt(0), shrink)
  signs.masked_fill_(signs.eq(0), 1)
}
