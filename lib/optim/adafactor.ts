import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { finfo } from '../finfo.js'
import type { Tensor } from '../tensor.js'
import { isTensor, numberOf, scalarState, type TensorOrNumber } from './_common.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { PerParamOptimizer } from './_per_param_optimizer.js'
import { lesser, minus, negative, over, power, times } from './_scalar_math.js'

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
  /** Kept for PyTorch's sake. */
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

/**
 * Adafactor: as Adam, but a matrix's squares are remembered by row and by column only.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Adafactor.html
 */
export class Adafactor extends PerParamOptimizer<AdafactorOptions, AdafactorState> {
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
    const weight = power(step, group.beta2_decay) as number
    const bound = lesser(lr, 1 / (power(step, 0.5) as number))
    const size = Number(native.item(norm(param))) / (power(param.numel(), 0.5) as number)
    const rate = times(Math.max(group.eps[1], size), bound)
    if (weight_decay !== 0) param.mul_(minus(1, times(lr, weight_decay)))

    const update = this.#variance(grad, state, weight)
      .clamp_(this.#eps1 * this.#eps1)
      .rsqrt_()
    update.mul_(grad)
    const rms = Number(native.item(norm(update))) / ((power(update.numel(), 0.5) as number) * d)
    param.add_(update, { alpha: numberOf(over(negative(rate), Math.max(1, rms))) })
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
}
