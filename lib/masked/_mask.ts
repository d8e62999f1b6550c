/** How masked operations leave elements out: by the value that changes nothing. */

import { call } from '../_C/call.js'
import { checkNumbers } from '../_C/checks.js'
import { native } from '../_C/native.js'
import { assertionError, indexError, notImplementedError, runtimeError, valueError } from '../_C/raise.js'
import { sizesOf } from '../_C/sizes.js'
import * as ops from '../_generated/ops.js'
import { bool, type dtype, float32, int8, int16, int32, int64, uint8 } from '../dtype.js'
import { strided } from '../layout.js'
import { sameShape } from '../nn/functional/_loss.js'
import type { Tensor } from '../tensor.js'

export type Dims = number | readonly number[] | null

/** Operations by what an element that is left out counts as. */
export type Reduction =
  | 'sum'
  | 'prod'
  | 'amax'
  | 'amin'
  | 'argmax'
  | 'argmin'
  | 'norm'
  | 'median'
  | 'logsumexp'
  | 'logaddexp'

const integers: readonly dtype[] = [uint8, int8, int16, int32, int64]

/** The least or greatest value of a dtype; bigint where a number can't hold it. */
function extreme(type: dtype, greatest: boolean): number | bigint | null {
  if (type.is_floating_point) return greatest ? Infinity : -Infinity
  if (!integers.includes(type)) return null
  const bits = BigInt(8 * type.itemsize - (type.is_signed ? 1 : 0))
  const value = greatest ? 2n ** bits - 1n : type.is_signed ? -(2n ** bits) : 0n
  return type.itemsize === 8 ? value : Number(value)
}

/** The value, 0-D, that leaves the result of `operation` as it is. */
export function identity(operation: Reduction, input: Tensor, order: number | null = 2): Tensor {
  let type = input.dtype
  let value: number | bigint | null = null
  switch (operation) {
    case 'sum':
      value = 0
      break
    case 'prod':
      value = 1
      break
    case 'amax':
    case 'argmax':
    case 'logaddexp':
      value = extreme(type, false)
      break
    case 'logsumexp':
      value = type.is_complex ? -Infinity : extreme(type, false)
      break
    case 'amin':
    case 'argmin':
      value = extreme(type, true)
      break
    case 'norm':
      if (order === -Infinity && !type.is_floating_point)
        throw assertionError(`input must be floating point, got ${type}`)
      value = order === -Infinity ? Infinity : 0
      break
    case 'median':
      if (!type.is_floating_point) type = float32
      value = Number.NaN
      break
  }
  if (value === null) throw notImplementedError(`identity of ${operation} on ${type} input`)
  const made = native.fromNested(value, type.scalarType)
  return input.device.type === 'cpu' ? made : (call(ops.to, made, input.device, type) as Tensor)
}

/** Sorted, non-negative dimensions; all of them for null. */
export function canonicalDims(dim: Dims, ndim: number): number[] {
  if (dim === null || (typeof dim !== 'number' && dim.length === 0)) return Array.from({ length: ndim }, (_, d) => d)
  const given = typeof dim === 'number' ? [dim] : dim
  checkNumbers('masked', 'dim', given)
  const n = Math.max(ndim, 1)
  const dims: number[] = []
  for (const d of given) {
    if (d >= n || d < -n)
      throw indexError(`Dimension out of range (expected to be in range of [${-n}, ${n - 1}], but got ${d})`)
    const place = d < 0 ? d + n : d
    if (dims.includes(place)) throw runtimeError(`dim=${d} appears multiple times in the list of dims`)
    dims.push(place)
  }
  return dims.sort((a, b) => a - b)
}

export function checkStrided(name: string, input: Tensor): void {
  if (input.layout !== strided)
    throw valueError(`masked ${name} expects strided tensor (got ${String(input.layout)} tensor)`)
}

/** The mask in the input's shape, bool: true where an element takes part. */
export function inputMask(input: Tensor, mask: Tensor): Tensor {
  let full: unknown = mask
  if (!sameShape(mask, input)) {
    if (native.dim(mask) > native.dim(input))
      throw indexError('_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)')
    full = call(ops.broadcast_to, mask, sizesOf(input))
  }
  if (mask.layout !== strided) full = call(ops.to_dense, full)
  return (mask.dtype === bool ? full : call(ops.to, full, bool)) as Tensor
}

/** The input with the operation's identity where the mask is false. */
export function withIdentity(
  operation: Reduction,
  name: string,
  input: Tensor,
  mask: Tensor | null,
  order?: number | null,
): Tensor {
  checkStrided(name, input)
  if (mask === null) return input
  return call(ops.where, inputMask(input, mask), input, identity(operation, input, order)) as Tensor
}

export const cast = (x: unknown, type: dtype): Tensor => call(ops.to, x, type) as Tensor
