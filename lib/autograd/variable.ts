/** What tensors that take part in autograd were once. https://docs.pytorch.org/docs/stable/autograd.html#variable-deprecated */
import { typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { Tensor } from '../tensor.js'

/**
 * Deprecated: tensors are variables. `new Variable(data, requires_grad)` is `data.detach()` that requires a gradient or not,
 * and every tensor is an instance.
 */
export class Variable extends Tensor {
  constructor(data: Tensor, requires_grad = false) {
    if (!native.isTensor(data)) throw new TypeError(`Variable data has to be a tensor, but got ${typeName(data)}`)
    super(data.detach().requires_grad_(requires_grad))
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    return native.isTensor(value)
  }
}
