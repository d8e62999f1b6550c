import { type Args, signature } from '../_C/args.js'
import { call } from '../_C/call.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { bfloat16 } from '../dtype.js'
import { sizeText } from '../size.js'
import type { Tensor } from '../tensor.js'
import { isTensor, numberOf, type TensorOrNumber } from './_common.js'
import type { ParamGroup, ParamsT } from './_param_groups.js'
import { PerParamOptimizer } from './_per_param_optimizer.js'
import { minus, times } from './_scalar_math.js'

/** How the learning rate follows a matrix's shape. */
export type AdjustLrFn = 'original' | 'match_rms_adamw'

/** Options of `Muon`, each of which a group may have for itself. */
export interface MuonOptions {
  /** The learning rate. */
  lr: TensorOrNumber
  /** What the weights themselves decay by, times the learning rate. */
  weight_decay: number
  momentum: number
  nesterov: boolean
  /** The coefficients of the Newton-Schulz polynomial. */
  ns_coefficients: readonly [number, number, number]
  /** The least norm that a gradient is divided by. */
  eps: number
  /** How many Newton-Schulz iterations there are. */
  ns_steps: number
  /** `original` (also when null) or `match_rms_adamw`, with which AdamW's learning rates fit. */
  adjust_lr_fn: AdjustLrFn | null
}

type MuonKeywords = MuonOptions & { params: ParamsT<MuonOptions> }

interface MuonState {
  momentum_buffer: Tensor
}

const muonOptions = signature<MuonKeywords>(
  'Muon',
  'params',
  ['lr', 1e-3],
  ['weight_decay', 0.1],
  ['momentum', 0.95],
  ['nesterov', true],
  ['ns_coefficients', [3.4445, -4.775, 2.0315]],
  ['eps', 1e-7],
  ['ns_steps', 5],
  ['adjust_lr_fn', null],
)

/** A matrix with the singular vectors of `grad` and singular values near 1, in bfloat16. */
function orthogonalized(grad: Tensor, { ns_coefficients, ns_steps, eps }: MuonOptions): Tensor {
  if (ns_steps >= 100) throw valueError('Number of steps must be less than 100 for computational efficiency')
  if (ns_coefficients.length !== 3) throw valueError('Coefficients must be a tuple of exactly 3 values')
  const [a, b, c] = ns_coefficients
  const isTall = grad.size(0) > grad.size(1)
  let result = grad.to(bfloat16)
  if (isTall) result = result.t()
  // No singular value may exceed 1.
  result.div_((call(ops.linalg_vector_norm, result) as Tensor).clamp(eps))
  for (let i = 0; i < ns_steps; i++) {
    const gram = result.matmul(result.t())
    const change = call(ops.addmm, gram, gram, gram, { beta: b, alpha: c }) as Tensor
    result = call(ops.addmm, result, change, result, { beta: a }) as Tensor
  }
  return isTall ? result.t() : result
}

function adjustedRate(lr: TensorOrNumber, fn: AdjustLrFn | null, rows: number, columns: number): TensorOrNumber {
  if (fn === 'match_rms_adamw') return times(lr, 0.2 * Math.sqrt(Math.max(rows, columns)))
  return times(lr, Math.sqrt(Math.max(1, rows / columns)))
}

/**
 * Muon: momentum whose steps are orthogonalized, for the weight matrices of hidden layers. Other parameters are for another
 * optimizer, such as `AdamW`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.optim.Muon.html
 */
export class Muon extends PerParamOptimizer<MuonOptions, MuonState> {
  constructor(
    ...args: Args<
      [params: ParamsT<MuonOptions>],
      [
        lr: TensorOrNumber,
        weight_decay: number,
        momentum: number,
        nesterov: boolean,
        ns_coefficients: readonly [number, number, number],
        eps: number,
        ns_steps: number,
        adjust_lr_fn: AdjustLrFn | null,
      ],
      MuonKeywords
    >
  ) {
    const { params, ...options } = muonOptions(args)
    const { lr, momentum, weight_decay, adjust_lr_fn } = options
    if (isTensor(lr) && lr.numel() !== 1) throw valueError('Tensor lr must be 1-element')
    if (!(numberOf(lr) >= 0)) throw valueError(`Learning rate should be >= 0 but is: ${numberOf(lr)}`)
    if (!(momentum >= 0)) throw valueError(`momentum should be >= 0 but is: ${momentum}`)
    if (!(weight_decay >= 0)) throw valueError(`weight decay should be >= 0 but is: ${weight_decay}`)
    if (adjust_lr_fn !== null && adjust_lr_fn !== 'original' && adjust_lr_fn !== 'match_rms_adamw')
      throw valueError(`Adjust learning rate function ${String(adjust_lr_fn)} is not supported`)
    super(params, options)
    for (const group of this.param_groups)
      for (const { shape } of group.params)
        if (shape.length !== 2)
          throw valueError(
            `Muon only supports 2D parameters whereas we found a parameter with size: ${sizeText(shape)}`,
          )
  }

  protected override _checkParam(group: ParamGroup<MuonOptions>, param: Tensor, grad: Tensor): void {
    if (param.is_complex()) throw runtimeError('Muon does not support complex parameters')
    super._checkParam(group, param, grad)
  }

  protected _firstState(_group: ParamGroup<MuonOptions>, _param: Tensor, grad: Tensor): MuonState {
    return { momentum_buffer: call(ops.zeros_like, grad) as Tensor }
  }

  protected _stepParam(group: ParamGroup<MuonOptions>, param: Tensor, grad: Tensor, state: MuonState): void {
    const { lr, momentum } = group
    const buffer = state.momentum_buffer
    buffer.lerp_(grad, 1 - momentum)
    const update = orthogonalized(group.nesterov ? grad.lerp(buffer, momentum) : buffer, group)
    const [rows, columns] = param.shape as [number, number]
    const rate = adjustedRate(lr, group.adjust_lr_fn, rows, columns)
    param.mul_(minus(1, times(lr, group.weight_decay)))
    param.add_(update, { alpha: -numberOf(rate) })
  }
}
