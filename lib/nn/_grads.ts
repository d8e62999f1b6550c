import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Tensor } from '../tensor.js'

/** Takes the gradients of `parameters` off, or fills them with zeros. */
export function clearGrads(parameters: readonly Tensor[], setToNone: boolean): void {
  for (const parameter of parameters) {
    if (setToNone) {
      native.setGrad(parameter, null)
      continue
    }
    const grad = native.grad(parameter)
    if (!grad) continue
    if (native.isLeaf(grad)) native.setRequiresGrad(grad, false)
    else call(ops.detach_, grad)
    call(ops.zero_, grad)
  }
}
