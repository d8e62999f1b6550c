/** Functions of a tensor that Python forms by hand. */
import { native } from './_C/native.js'
import type { Tensor } from './tensor.js'

/** True for tensors. https://docs.pytorch.org/docs/stable/generated/torch.is_tensor.html */
export function is_tensor(obj: unknown): obj is Tensor {
  return native.isTensor(obj)
}
