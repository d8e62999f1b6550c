import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { Complex } from '../complex.js'
import { float32 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import {
  checkFused,
  checkFusedParam,
  checkLearningRate,
  checkOption,
  numberOf,
  realView,
  scalarState,
  type TensorOrNumber,
} from './_common.js'
import { type Batch, countSteps, foreach, uncountSkipped } from './_foreach.js'
import { ForeachOptimizer } from './_foreach_optimizer.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { negative, over } from './_scalar_math.js'
import { makeSparse } from './_sparse.js'
import type { AmpScaling } from './optimizer.js'

/** Options of `Adagrad`, each of which a group may have for itself. */
export interface AdagradOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** How fast the learning rate falls: it is `lr / (1 + steps · lr_decay)`. */
  lr_decay: number
  /** Added to the denominator. */
  eps: number
  /** The strength of the L2 penalty. */
  weight_decay: number
  /** What the sums of squares begin with. */
  initial_accumulator_value: number
  /** Whether the steps are taken for all tensors at once; that may round otherwise in the last bit. */
  foreach: boolean | null
  /** Whether the objective is to grow. */
  maximize: boolean
  /** Whether autograd records the step itself. */
  differentiable: boolean
  /** Whether one operator does the whole step; its sums may differ in the last bit. */
  fused: boolean | null
}

type AdagradKeywords = AdagradOptions & { params: ParamsT<AdagradOptions> }

interface AdagradState {
  step: Tensor
  sum: Tensor
}

const adagradOptions = signature<AdagradKeywords>(
  'Adagrad',
  'params',
  ['lr', 1e-2],
  ['lr_decay', 0],
  ['weight_decay', 0],
  ['initial_accumulator_value', 0],
  ['eps', 1e-10],
  ['foreach', null],
  '*',
  ['maximize', false],
  ['differentiable', false],
  ['fused', null],
)

/**
 * Adagrad: divides the gradient by the root of the sum of all squares so far. Takes sparse gradients.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Adagrad.html
 */
export class Adagrad extends ForeachOptimizer<AdagradOptions, AdagradState> {
  constructor(
    ...args: Args<
      [params: ParamsT<AdagradOptions>],
      [
        lr: TensorOrNumber,
        lr_decay: number,
        weight_decay: number,
        initial_accumulator_value: number,
        eps: number,
        foreach: boolean | null,
      ],
      AdagradKeywords
    >
  ) {
    const { params, ...options } = adagradOptions(args)
    checkLearningRate(options.lr)
    checkOption('lr_decay value', options.lr_decay, decay => decay >= 0)
    checkOption('weight_decay value', options.weight_decay, decay => decay >= 0)
    checkOption('initial_accumulator_value value', options.initial_accumulator_value, value => value >= 0)
    checkOption('epsilon value', options.eps, eps => eps >= 0)
    super(params, options)
    checkFused(options)
    for (const group of this.param_groups)
      for (const param of group.params) Object.assign(this._stateOf(param), this._firstState(group, param))
  }

  /** Does nothing: threads share all memory. */
  share_memory(): void {}

  protected override _checkParam(group: ParamGroup<AdagradOptions>, param: Tensor, grad: Tensor): void {
    if (!group.fused) return
    checkFusedParam(param)
    if (grad.is_sparse) throw runtimeError('`fused` does not support sparse grad')
  }

  protected _firstState(group: ParamGroup<AdagradOptions>, param: Tensor): AdagradState {
    const initial = this.defaults.initial_accumulator_value
    const fill = param.is_complex() ? new Complex(initial, initial) : initial
    const step = group.fused
      ? (call(ops.zeros, [], { dtype: float32, device: param.device }) as Tensor)
      : scalarState(0)
    return { step, sum: call(ops.full_like, param, fill) as Tensor }
  }

  protected _stepParam(group: ParamGroup<AdagradOptions>, param: Tensor, given: Tensor, state: AdagradState): void {
    state.step.add_(1)
    let grad = group.maximize ? given.neg() : given
    if (group.weight_decay !== 0) {
      if (grad.is_sparse) throw runtimeError('weight_decay option is not compatible with sparse gradients')
      grad = grad.add(param, { alpha: group.weight_decay })
    }
    const rate = numberOf(over(group.lr, 1 + (Number(native.item(state.step)) - 1) * group.lr_decay))
    if (grad.is_sparse) {
      stepSparse(group, param, grad, state, rate)
      return
    }
    grad = realView(grad)
    const sum = realView(state.sum)
    sum.addcmul_(grad, grad, { value: 1 })
    const std = group.differentiable ? sum.sqrt().add(group.eps) : sum.sqrt().add_(group.eps)
    realView(param).addcdiv_(grad, std, { value: -rate })
  }

  protected _stepTogether(group: ParamGroup<AdagradOptions>, batch: Batch<AdagradState>): void {
    if (group.fused) {
      stepFused(group, batch, this._ampScaling(batch.params[0]!))
      return
    }
    // No operator on lists takes sparse ones.
    if (batch.grads.some(grad => grad.is_sparse)) {
      for (const step of batch.steps) this._stepParam(group, ...step)
      return
    }
    const counts = batch.countSteps()
    batch.prepareGrads(group)
    const rates = counts.map(count => numberOf(over(negative(group.lr), 1 + (count - 1) * group.lr_decay)))
    const sums = batch.column('sum')
    call(ops._foreach_addcmul_, sums, batch.grads, batch.grads, 1)
    const stds = foreach(ops._foreach_sqrt, sums)
    call(ops._foreach_add_, stds, group.eps)
    call(ops._foreach_addcdiv_, batch.params, foreach(ops._foreach_mul, batch.grads, rates), stds)
  }
}

function stepSparse(group: AdagradOptions, param: Tensor, grad: Tensor, state: AdagradState, rate: number): void {
  // The squares are no linear function: each index must be there once.
  const unique = grad.coalesce()
  const values = unique._values()
  state.sum.add_(makeSparse(unique, values.pow(2)))
  const std = state.sum.sparse_mask(unique)._values().sqrt_().add_(group.eps)
  param.add_(makeSparse(unique, values.div(std)), { alpha: -rate })
}

function stepFused(group: AdagradOptions, batch: Batch<AdagradState>, scaling: AmpScaling): void {
  const steps = batch.column('step')
  countSteps(steps)
  call(ops._fused_adagrad_, batch.params, batch.grads, batch.column('sum'), steps, {
    lr: numberOf(group.lr),
    lr_decay: group.lr_decay,
    weight_decay: group.weight_decay,
    eps: group.eps,
    maximize: group.maximize,
    ...scaling,
  })
  uncountSkipped(steps, scaling.found_inf)
}
