import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import { Tensor } from '../tensor.js'

/**
 * A tensor that a module learns: assigned to a property of a `Module` it is among the module's `parameters()`.
 *
 * It shares `data`'s memory, outside `data`'s graph, and requires gradients unless told otherwise, also under `no_grad`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
 */
export class Parameter extends Tensor {
  constructor(data: Tensor | null = null, requires_grad = true) {
    if (data !== null && !native.isTensor(data))
      throw new TypeError(`Parameter(): data must be a Tensor or null, got ${typeof data}`)
    const self = (data ?? (call(ops.empty, [0]) as Tensor)).detach()
    Object.setPrototypeOf(self, new.target.prototype)
    native.setRequiresGrad(self, requires_grad)
    super(self)
  }

  override toString(): string {
    return `Parameter containing:\n${super.toString()}`
  }
}
