import { sizesOf } from '../_C/sizes.js'
import type { Tensor } from '../tensor.js'

/** Whether a tensor is a nested one: the only kind that has no sizes. */
export function isNested(t: Tensor): boolean {
  try {
    sizesOf(t)
    return false
  } catch {
    return true
  }
}
