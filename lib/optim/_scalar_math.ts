/**
 * Arithmetic of hyperparameters, which may be numbers or tensors of one element: tensors keep their own precision, numbers
 * follow Python's floats to the last bit.
 */
import { call } from '../_C/call.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'
import { clibPow } from './_bias_correction.js'
import { isTensor, type TensorOrNumber } from './_common.js'

export function plus(a: TensorOrNumber, b: TensorOrNumber): TensorOrNumber {
  if (isTensor(a)) return a.add(b)
  return isTensor(b) ? b.add(a) : a + b
}

export function minus(a: TensorOrNumber, b: TensorOrNumber): TensorOrNumber {
  if (isTensor(a)) return a.sub(b)
  return isTensor(b) ? b.neg().add(a) : a - b
}

export function times(a: TensorOrNumber, b: TensorOrNumber): TensorOrNumber {
  if (isTensor(a)) return a.mul(b)
  return isTensor(b) ? b.mul(a) : a * b
}

export function over(a: TensorOrNumber, b: TensorOrNumber): TensorOrNumber {
  if (isTensor(a)) return a.div(b)
  return isTensor(b) ? b.reciprocal().mul(a) : a / b
}

export function negative(a: TensorOrNumber): TensorOrNumber {
  return isTensor(a) ? a.neg() : -a
}

export function power(base: TensorOrNumber, exponent: TensorOrNumber): TensorOrNumber {
  if (isTensor(base) || isTensor(exponent)) return call(ops.pow, base, exponent) as Tensor
  return clibPow(base, exponent)
}

/** `a > b`; a number is compared with a tensor in the tensor's precision. */
export function isGreater(a: TensorOrNumber, b: TensorOrNumber): boolean {
  if (isTensor(a)) return a.gt(b).item() as boolean
  return isTensor(b) ? (b.lt(a).item() as boolean) : a > b
}

/** `a >= b`, compared as `isGreater` does. */
export function isAtLeast(a: TensorOrNumber, b: TensorOrNumber): boolean {
  if (isTensor(a)) return a.ge(b).item() as boolean
  return isTensor(b) ? (b.le(a).item() as boolean) : a >= b
}

/** Python's `max`: the first of equals. */
export function greater(a: TensorOrNumber, b: TensorOrNumber): TensorOrNumber {
  return isGreater(b, a) ? b : a
}

/** Python's `min`: the first of equals. */
export function lesser(a: TensorOrNumber, b: TensorOrNumber): TensorOrNumber {
  return isGreater(a, b) ? b : a
}

/** Python's `abs`. */
export function magnitude(a: TensorOrNumber): TensorOrNumber {
  return isTensor(a) ? a.abs() : Math.abs(a)
}
