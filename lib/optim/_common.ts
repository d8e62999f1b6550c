/** What the optimizers share. */
import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'
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
