import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import type { DeviceLike } from '../device.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { emptyTensor, type FactoryOptions } from './_parameters.js'
import { Buffer } from './buffer.js'
import { Parameter } from './parameter.js'

export interface UninitializedOptions extends Partial<FactoryOptions> {
  requires_grad?: boolean
}

const factory = ({ device = null, dtype = null }: Partial<FactoryOptions>): FactoryOptions => ({ device, dtype })

/** Gives `t` its memory, whose values are yet to be written, and makes it an ordinary `prototype`. */
function materialize(t: Tensor, prototype: object, shape: readonly number[], options: Partial<FactoryOptions>): void {
  native.setData(t, emptyTensor(shape, { device: options.device ?? t.device, dtype: options.dtype ?? t.dtype }))
  Object.setPrototypeOf(t, prototype)
}

function noShape(): never {
  throw runtimeError(
    "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in `load_state_dict` when " +
      'trying to load an uninitialized parameter into an initialized one. Call `forward` to initialize the parameters ' +
      'before accessing their attributes.',
  )
}

/**
 * A parameter whose shape is not known yet. `materialize(shape)` makes it an ordinary `Parameter`, the same object.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedParameter.html
 */
export class UninitializedParameter extends Parameter {
  constructor(options: UninitializedOptions = {}) {
    super(emptyTensor([0], factory(options)), options.requires_grad ?? true)
  }

  materialize(shape: readonly number[], device: DeviceLike | null = null, dtype: dtype | null = null): void {
    materialize(this, Parameter.prototype, shape, { device, dtype })
  }

  override get shape(): never {
    return noShape()
  }

  override toString(): string {
    return '<UninitializedParameter>'
  }
}

/**
 * A buffer whose shape is not known yet. `materialize(shape)` makes it an ordinary `Buffer`, the same object.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.UninitializedBuffer.html
 */
export class UninitializedBuffer extends Buffer {
  constructor(options: UninitializedOptions & { persistent?: boolean } = {}) {
    super(emptyTensor([0], factory(options)), { persistent: options.persistent ?? true })
    if (options.requires_grad) native.setRequiresGrad(this, true)
  }

  materialize(shape: readonly number[], device: DeviceLike | null = null, dtype: dtype | null = null): void {
    materialize(this, Buffer.prototype, shape, { device, dtype })
  }

  override get shape(): never {
    return noShape()
  }

  override toString(): string {
    return '<UninitializedBuffer>'
  }
}

/** Whether a value is an `UninitializedParameter` or `UninitializedBuffer`. */
export function is_lazy(param: unknown): param is UninitializedParameter | UninitializedBuffer {
  return param instanceof UninitializedParameter || param instanceof UninitializedBuffer
}

/** What `UninitializedParameter` and `UninitializedBuffer` have in common, for `instanceof`. */
export abstract class UninitializedTensorMixin {
  static [Symbol.hasInstance](value: unknown): boolean {
    return is_lazy(value)
  }
}
