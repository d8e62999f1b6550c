/** How much to prune: checks that all methods share. */
import { typeName } from '../../../_C/args.js'
import { indexError, valueError } from '../../../_C/raise.js'
import { sizeText } from '../../../size.js'
import type { Tensor } from '../../../tensor.js'

/** @throws ValueError unless it is a share from 0 to 1 or a count. */
export function checkAmount(amount: number): void {
  if (typeof amount !== 'number')
    throw new TypeError(`Invalid type for amount: ${typeName(amount)}. Must be int or float.`)
  if (!(amount >= 0) || (amount > 1 && !Number.isInteger(amount)))
    throw valueError(`amount=${amount} should either be a float in the range [0, 1] or a non-negative integer`)
}

/** To the nearest whole number; halves go to the even one, as in Python. */
function round(value: number): number {
  return value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value)
}

/** How many of `size` units to prune: whole amounts are counts, others shares. */
export function countToPrune(amount: number, size: number): number {
  if (!Number.isInteger(amount)) return round(amount * size)
  if (amount > size)
    throw valueError(`amount=${amount} should be smaller than the number of parameters to prune=${size}`)
  return amount
}

/** The size of the dimension whose channels are pruned. */
export function channelCount(t: Tensor, dim: number): number {
  const { shape } = t
  if (shape.length <= 1)
    throw valueError(
      'Structured pruning can only be applied to multidimensional tensors. Found tensor of shape ' +
        `${sizeText(shape)} with ${shape.length} dims`,
    )
  if (dim >= shape.length) throw indexError(`Invalid index ${dim} for tensor of size ${sizeText(shape)}`)
  const size = shape.at(dim)
  if (size === undefined) throw indexError('tuple index out of range')
  return size
}
