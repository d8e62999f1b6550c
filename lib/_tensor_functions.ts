/** Functions of a tensor that Python forms by hand. */
import { typeName } from './_C/args.js'
import { native } from './_C/native.js'
import type { Tensor } from './tensor.js'

/** True for tensors. https://docs.pytorch.org/docs/stable/generated/torch.is_tensor.html */
export function is_tensor(obj: unknown): obj is Tensor {
  return native.isTensor(obj)
}

/**
 * The places of the elements that are not zero: a row for each, or with `as_tuple` a tensor for each dimension.
 * https://docs.pytorch.org/docs/stable/generated/torch.nonzero.html
 */
export function nonzero(input: Tensor, keywords?: { as_tuple?: false }): Tensor
export function nonzero(input: Tensor, keywords: { as_tuple: true }): Tensor[]
export function nonzero(input: Tensor, keywords: { as_tuple?: boolean } = {}): Tensor | Tensor[] {
  if (!native.isTensor(input)) throw new TypeError(`nonzero(): input must be a Tensor, not ${typeName(input)}`)
  return input.nonzero({ as_tuple: keywords.as_tuple ?? false })
}
