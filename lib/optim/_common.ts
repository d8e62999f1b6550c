/** What the optimizers share. */
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import { assertionError, runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import type { device } from '../device.js'
import { float32, float64 } from '../dtype.js'
import type { Tensor } from '../tensor.js'

/** A learning rate or the like: a number, or a tensor of one element that can be changed from outside. */
export type TensorOrNumber = Tensor | number

export function isTensor(value: unknown): value is Tensor {
  return native.isTensor(value)
}

/** The value of an option as a number. */
export function numberOf(value: TensorOrNumber): number {
  return typeof value === 'number' ? value : Number(value.item())
}

/** @throws ValueError unless `value` is a number, or a tensor of one element, that `holds`. */
export function checkOption(label: string, value: TensorOrNumber, holds: (value: number) => boolean): void {
  if (isTensor(value) && value.numel() !== 1) throw valueError(`Tensor ${label} must be 1-element`)
  if (typeof value !== 'number' && !isTensor(value))
    throw new TypeError(`${label} must be a number, got ${typeof value}`)
  if (!holds(numberOf(value))) throw valueError(`Invalid ${label}: ${numberOf(value)}`)
}

/** The checks of `fused`, which excludes `foreach` and `differentiable`. */
export function checkFused(options: { fused: boolean | null; foreach: boolean | null; differentiable: boolean }): void {
  if (!options.fused) return
  if (options.differentiable) throw runtimeError('`fused` does not support `differentiable`')
  if (options.foreach) throw runtimeError('`fused` and `foreach` cannot be `True` together.')
}

/** The fused operators' wish for parameters. */
export function checkFusedParam(param: Tensor): void {
  if (!param.is_floating_point())
    throw runtimeError(
      `\`fused=True\` requires all the params to be floating point Tensors, but got ${param.dtype} on ${param.device}`,
    )
}

/** The parameters that have gradients, and these. */
export function withGrads(params: readonly Tensor[]): { params: Tensor[]; grads: Tensor[] } {
  const found: { params: Tensor[]; grads: Tensor[] } = { params: [], grads: [] }
  for (const param of params) {
    const grad = native.grad(param)
    if (!grad) continue
    found.params.push(param)
    found.grads.push(grad)
  }
  return found
}

/** @throws ValueError unless `betas` is a pair of numbers in [0, 1). */
export function checkBetas(betas: readonly [TensorOrNumber, TensorOrNumber]): void {
  if (!Array.isArray(betas) || betas.length !== 2) throw new TypeError('betas must be a pair of numbers')
  for (const [i, beta] of (betas as readonly TensorOrNumber[]).entries())
    checkOption(`beta parameter at index ${i}`, beta, value => value >= 0 && value < 1)
}

/** The learning rate as `checkOption` wants it, with Python's words for a tensor. */
export function checkLearningRate(lr: TensorOrNumber): void {
  if (isTensor(lr) && lr.numel() !== 1) throw valueError('Tensor lr must be 1-element')
  checkOption('learning rate', lr, value => value >= 0)
}

/** A number that an optimizer remembers as a tensor, such as a step count. */
export function scalarState(value: number, where: device | 'cpu' = 'cpu'): Tensor {
  const dtype = native.getDefaultDtype() === float64.scalarType ? float64 : float32
  return call(ops.full, [], value, { dtype, device: where }) as Tensor
}

/** A complex tensor as pairs of real numbers in the same memory; any other as it is. */
export function realView(t: Tensor): Tensor {
  return t.is_complex() ? (call(ops.view_as_real, t) as Tensor) : t
}

const capturableDevices = ['cuda', 'xpu', 'hpu', 'xla']

/** @throws AssertionError unless a graph of the device can hold the step: what it counts with is where the parameter is. */
export function checkCapturable(param: Tensor, ...scalars: Tensor[]): void {
  const { type } = param.device
  if (!capturableDevices.includes(type) || scalars.some(scalar => scalar.device.type !== type))
    throw assertionError(
      `If capturable=True, params and state_steps must be on supported devices: ['${capturableDevices.join("', '")}'].`,
    )
}
