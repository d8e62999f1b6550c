import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { finfo } from '../finfo.js'
import type { Tensor } from '../tensor.js'
import { clibPow } from './_bias_correction.js'
import { isTensor, numberOf, scalarState, type TensorOrNumber } from './_common.js'
import { type Batch, decayFactor } from './_foreach.js'
import { ForeachOptimizer } from './_foreach_optimizer.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { lesser, minus, negative, over, times } from './_scalar_math.js'

/** Options of `Adafactor`, each of which a group may have for itself. */
export interface AdafactorOptions {
  /** The greatest step, relative to the parameter's own size. */
  lr: TensorOrNumber
  /** The power of the step count by which the newest square counts. */
  beta2_decay: number
  /** The least root of a variance (null: the dtype's resolution), and the least size of a parameter. */
  eps: readonly [number | null, number]
  /** The root mean square beyond which an update is scaled down. */
  d: number
  /** What the weights themselves decay by, times the learning rate. */
  weight_decay: number
  /** Whether the steps are taken for all tensors at once; that may round otherwise in the last bit. */
  foreach: boolean | null
  /** Whether the objective is to grow. */
  maximize: boolean
}

type AdafactorKeywords = AdafactorOptions & { params: ParamsT<AdafactorOptions> }

interface AdafactorState {
  step: Tensor
  /** Of a matrix: the squares' running mean over each row, and over each column. */
  row_var?: Tensor
  col_var?: Tensor
  /** Of a vector: the running mean of the squares. */
  variance?: Tensor
}

const adafactorOptions = signature<AdafactorKeywords>(
  'Adafactor',
  'params',
  ['lr', 1e-2],
  ['beta2_decay', -0.8],
  ['eps', [null, 1e-3]],
  ['d', 1],
  ['weight_decay', 0],
  '*',
  ['foreach', null],
  ['maximize', false],
)

function check(label: string, value: TensorOrNumber, bound: string, holds: (value: number) => boolean): void {
  if (isTensor(value) && value.numel() !== 1) throw valueError('Tensor lr must be 1-element')
  if (!holds(numberOf(value))) throw valueError(`${label} should be ${bound} but is: ${numberOf(value)}`)
}

const norm = (t: Tensor, dim: number[] | null = null): Tensor =>
  call(ops.linalg_vector_norm, t, 2, dim, dim !== null) as Tensor

const rootMeanSquare = (t: Tensor): number => Number(native.item(norm(t))) / clibPow(t.numel(), 0.5)

/** How many times an update's root mean square is beyond `d`; at least 1. */
const excess = (update: Tensor, d: number): number =>
  Math.max(1, Number(native.item(norm(update))) / (clibPow(update.numel(), 0.5) * d))

/**
 * Adafactor: as Adam, but a matrix's squares are remembered by row and by column only.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html
 */
export class Adafactor extends ForeachOptimizer<AdafactorOptions, AdafactorState> {
  /** The least root of a variance in the group at hand. */
  #eps1 = 0

  constructor(
    ...args: Args<
      [params: ParamsT<AdafactorOptions>],
      [lr: TensorOrNumber, beta2_decay: number, eps: readonly [number | null, number], d: number, weight_decay: number],
      AdafactorKeywords
    >
  ) {
    const { params, ...options } = adafactorOptions(args)
    check('Learning rate', options.lr, '>= 0', lr => lr >= 0)
    check('beta2_decay', options.beta2_decay, '<= 0', decay => decay <= 0)
    const [eps1, eps2] = options.eps
    if (eps1 !== null) check('epsilon1', eps1, '>= 0', eps => eps >= 0)
    check('epsilon2', eps2, '>= 0', eps => eps >= 0)
    check('Clipping threshold d', options.d, '>= 1', d => d >= 1)
    check('weight_decay', options.weight_decay, '>= 0', decay => decay >= 0)
    super(params, options)
  }

  protected override _checkParam(group: ParamGroup<AdafactorOptions>, param: Tensor, grad: Tensor): void {
    if (param.is_complex()) throw runtimeError('Adafactor does not support complex parameters')
    super._checkParam(group, param, grad)
  }

  protected _firstState(_group: ParamGroup<AdafactorOptions>, _param: Tensor, grad: Tensor): AdafactorState {
    const step = scalarState(0)
    const shape = [...grad.shape]
    if (shape.length < 2) return { step, variance: call(ops.zeros_like, grad) as Tensor }
    return {
      step,
      row_var: call(ops.new_zeros, grad, [...shape.slice(0, -1), 1]) as Tensor,
      col_var: call(ops.new_zeros, grad, [...shape.slice(0, -2), 1, shape.at(-1)]) as Tensor,
    }
  }

  protected override _stepGroup(group: ParamGroup<AdafactorOptions>): void {
    // Python takes the resolution of the first parameter's dtype for the whole group.
    const first = group.params.find(param => native.grad(param))
    if (first && !first.is_complex()) this.#eps1 = group.eps[0] ?? finfo(first.dtype).eps
    super._stepGroup(group)
  }

  protected _stepParam(group: ParamGroup<AdafactorOptions>, param: Tensor, given: Tensor, state: AdafactorState): void {
    const { lr, d, weight_decay } = group
    const grad = group.maximize ? given.neg() : given
    state.step.add_(1)
    const step = Number(native.item(state.step))
    const weight = clibPow(step, group.beta2_decay)
    const rate = this.#rate(group, param, step)
    if (weight_decay !== 0) param.mul_(minus(1, times(lr, weight_decay)))

    const update = this.#variance(grad, state, weight)
      .clamp_(this.#eps1 * this.#eps1)
      .rsqrt_()
    update.mul_(grad)
    param.add_(update, { alpha: numberOf(over(negative(rate), excess(update, d))) })
  }

  /** The squares' running mean, brought up to date, in memory that may be written to. */
  #variance(grad: Tensor, state: AdafactorState, weight: number): Tensor {
    const { row_var, col_var, variance } = state
    if (!row_var || !col_var) return variance!.lerp_(grad.mul(grad), weight).clone()
    const meanSquare = (dim: number) => norm(grad, [dim]).square_().div_(grad.size(dim))
    row_var.lerp_(meanSquare(-1), weight)
    col_var.lerp_(meanSquare(-2), weight)
    return row_var.matmul(col_var).div_(row_var.mean(-2, { keepdim: true }).clamp_(this.#eps1))
  }

  protected _stepTogether(group: ParamGroup<AdafactorOptions>, batch: Batch<AdafactorState>): void {
    const { lr, d, weight_decay } = group
    const counts = batch.countSteps()
    batch.prepareGrads({ maximize: group.maximize })
    const weights = counts.map(count => clibPow(count, group.beta2_decay))
    const rates = counts.map((count, i) => this.#rate(group, batch.params[i]!, count))
    if (weight_decay !== 0) call(ops._foreach_mul_, batch.params, decayFactor(lr, weight_decay))
    const updates = batch.steps.map(([, , state], i) => this.#variance(batch.grads[i]!, state, weights[i]!))
    call(ops._foreach_clamp_min_, updates, this.#eps1 * this.#eps1)
    call(ops._foreach_rsqrt_, updates)
    call(ops._foreach_mul_, updates, batch.grads)
    const factors = updates.map((update, i) => numberOf(over(negative(rates[i]!), excess(update, d))))
    call(ops._foreach_mul_, updates, factors)
    call(ops._foreach_add_, batch.params, updates)
  }

  /** How far a parameter may go: the learning rate, relative to the parameter's own size. */
  #rate({ lr, eps }: AdafactorOptions, param: Tensor, count: number): TensorOrNumber {
    return times(Math.max(eps[1], rootMeanSquare(param)), lesser(lr, 1 / clibPow(count, 0.5)))
  }
}
