/** Changing a module's tensors in place: what `to`, `half`, `cuda` and the like stand on. */
import { isPlainObject, typeName } from '../_C/args.js'
import { callByName } from '../_C/call.js'
import { native } from '../_C/native.js'
import { notImplementedError, warn } from '../_C/raise.js'
import { type DeviceLike, type DeviceType, device } from '../device.js'
import { dtype } from '../dtype.js'
import { memory_format } from '../memory_format.js'
import type { Tensor } from '../tensor.js'
import { ownBuffers, ownChildren, ownParameters, recordOf } from './_module_state.js'
import { withoutGrad } from './_no_grad.js'
import { Buffer } from './buffer.js'
import type { AnyModule } from './module.js'
import { Parameter } from './parameter.js'

/** Keywords of `Module.to`. */
export interface ToOptions {
  device?: DeviceLike | null
  dtype?: dtype | null
  non_blocking?: boolean
  memory_format?: memory_format | null
}

/**
 * Replaces the memory of every parameter, gradient and buffer by `fn`'s result. The `Parameter` objects stay the same, so
 * that an optimizer made earlier keeps working; a buffer that is only a tensor becomes `fn`'s result.
 */
export function applyToTensors(module: AnyModule, fn: (t: Tensor) => Tensor, recurse = true): void {
  if (recurse) for (const [, child] of ownChildren(module)) child._apply(fn)
  const record = recordOf(module)
  for (const [name, parameter] of ownParameters(module)) {
    const grad = native.grad(parameter)
    const applied = withoutGrad(() => fn(parameter))
    // A tensor without memory can't be given any; nobody can have used it, so that another object does no harm.
    if (parameter.is_meta !== applied.is_meta) {
      record[name] = new Parameter(applied, native.requiresGrad(parameter))
      continue
    }
    if (!native.isSame(applied, parameter)) native.setData(parameter, applied)
    if (grad) replaceData(grad, fn)
  }
  for (const [name, buffer] of ownBuffers(module)) {
    const applied = fn(buffer)
    if (buffer instanceof Buffer && applied !== buffer)
      record[name] = new Buffer(applied, { persistent: buffer.persistent })
    else record[name] = applied
  }
}

function replaceData(t: Tensor, fn: (t: Tensor) => Tensor): void {
  const applied = withoutGrad(() => fn(t))
  if (!native.isSame(applied, t)) native.setData(t, applied)
}

/** Reads the arguments of `Module.to`: `(device, dtype, non_blocking)`, `(dtype, non_blocking)`, `(tensor, non_blocking)`. */
export function parseTo(args: readonly unknown[]): ToOptions {
  const last = args.at(-1)
  const options: ToOptions = isPlainObject(last) ? { ...last } : {}
  for (const name of Object.keys(options))
    if (!['device', 'dtype', 'non_blocking', 'memory_format', 'tensor'].includes(name))
      throw new TypeError(
        `to() got an unexpected keyword argument '${name}'; it accepts: device, dtype, non_blocking, memory_format`,
      )
  const positional = isPlainObject(last) ? args.slice(0, -1) : args
  if (positional.length > 4)
    throw new TypeError(`to() takes from 0 to 4 positional arguments but ${positional.length} were given`)
  for (const value of positional) {
    if (value instanceof dtype) options.dtype = value
    else if (value instanceof memory_format) options.memory_format = value
    else if (native.isTensor(value)) {
      options.dtype = (value as Tensor).dtype
      options.device = (value as Tensor).device
    } else if (value instanceof device) options.device = value
    else if (typeof value === 'string' || typeof value === 'number') options.device = new device(value as 'cpu')
    else if (typeof value === 'boolean') options.non_blocking = value
    else if (value !== null && value !== undefined)
      throw new TypeError(
        `to() received an invalid argument: expected a device, dtype or Tensor, got ${typeName(value)}`,
      )
  }
  if (options.dtype && !(options.dtype.is_floating_point || options.dtype.is_complex))
    throw new TypeError(
      `nn.Module.to only accepts floating point or complex dtypes, but got desired dtype=${options.dtype}`,
    )
  if (options.dtype?.is_complex)
    warn(
      'Complex modules are a new feature under active development whose design may change, and some modules might not work ' +
        'as expected when using complex tensors as parameters or buffers.',
    )
  return options
}

/** One tensor as `Module.to` wants it: integers keep their dtype, and only 4-D and 5-D tensors change their format. */
export function convert(t: Tensor, options: ToOptions): Tensor {
  const floating = t.dtype.is_floating_point || t.dtype.is_complex
  const dims = native.dim(t)
  if (t.is_meta && options.device && new device(options.device as DeviceType).type !== 'meta')
    throw notImplementedError(
      'Cannot copy out of meta tensor; no data! Please use torch.nn.Module.to_empty() instead of torch.nn.Module.to() when ' +
        'moving module from meta to a different device.',
    )
  return callByName('aten::to', 'dtype_layout', t, {
    dtype: floating ? (options.dtype ?? null) : null,
    device: options.device ?? null,
    non_blocking: options.non_blocking ?? false,
    memory_format: dims === 4 || dims === 5 ? (options.memory_format ?? null) : null,
  }) as Tensor
}
