/** Checks of what a pickle hands to the functions that it calls. */
import { native } from '../_C/native.js'
import type { Tensor } from '../tensor.js'
import { UnpicklingError } from './errors.js'

export function damagedTensor(what: string): UnpicklingError {
  return new UnpicklingError(`the file is damaged: of a tensor, ${what} is wrong`)
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** A shape, or strides: none negative, few enough. */
export function shapeOf(value: unknown): number[] {
  if (Array.isArray(value) && value.length <= 64 && value.every(isCount)) return [...value]
  throw damagedTensor('its shape')
}

export function tensorOf(value: unknown): Tensor {
  if (native.isTensor(value)) return value as Tensor
  throw damagedTensor('a tensor that it is made of')
}

/** A tensor whose elements are all in memory: going over it, or copying it, takes no more than the file does. */
export function solidTensorOf(value: unknown): Tensor {
  const t = tensorOf(value)
  if (t.device.type !== 'meta' && native.layout(t) === 0 && t.numel() * t.itemsize > native.storageBytes(t))
    throw damagedTensor('a tensor that it is made of')
  return t
}

/** The elements that the farthest element of a strided tensor is away from its first, and one more; 0 for an empty one. */
export function extentOf(size: readonly number[], stride: readonly number[]): number {
  if (size.length !== stride.length) throw damagedTensor('its shape')
  if (size.includes(0)) return 0
  const extent = size.reduce((last, side, i) => last + (side - 1) * stride[i]!, 1)
  const count = size.reduce((product, side) => product * side, 1)
  if (!Number.isSafeInteger(extent) || !Number.isSafeInteger(count)) throw damagedTensor('its shape')
  return extent
}

export function arrayOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new UnpicklingError('the pickle is damaged: a list is missing')
}

export function stringOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw new UnpicklingError('the pickle is damaged: a text is missing')
}

export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value
  throw new UnpicklingError('the pickle is damaged: a number is missing')
}
