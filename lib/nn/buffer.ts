import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import { Tensor } from '../tensor.js'

/**
 * A tensor that belongs to a module's state without being learned, such as a running mean: assigned to a property of a
 * `Module` it is among the module's `buffers()`, and in its `state_dict()` when `persistent`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Buffer.html
 */
export class Buffer extends Tensor {
  declare readonly persistent: boolean

  constructor(data: Tensor | null = null, options: { persistent?: boolean } = {}) {
    if (data !== null && !native.isTensor(data))
      throw new TypeError(`Buffer(): data must be a Tensor or null, got ${typeof data}`)
    const self = native.alias(data ?? (call(ops.empty, [0]) as Tensor))
    Object.setPrototypeOf(self, new.target.prototype)
    Object.defineProperty(self, 'persistent', { value: options.persistent ?? true })
    super(self)
  }
}
