import type { Tensor } from '../tensor.js'
import { native } from './native.js'

const buffer = native.sizeBuffer

/** Fills `into`, which has the right length or none, from the addon's buffer. */
function take<T extends number[]>(count: number, into: T): T {
  for (let i = 0; i < count; i++) into[i] = buffer[i]!
  return into
}

/** The sizes of a tensor, written into `into`. */
export function readSizes<T extends number[]>(t: Tensor, into: T): T {
  return take(native.readSizes(t), into)
}

/** The sizes of a tensor, as a plain array. */
export function sizesOf(t: Tensor): number[] {
  return take(native.readSizes(t), [])
}

/** The steps between neighbours in each dimension, in elements. */
export function stridesOf(t: Tensor): number[] {
  return take(native.readStrides(t), [])
}
