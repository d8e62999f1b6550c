/** Tensors from JavaScript data. */
import { type Args, signature } from './_C/args.js'
import { call, traced } from './_C/call.js'
import { ValueError } from './_C/errors.js'
import { beforeCall } from './_C/modes.js'
import { native } from './_C/native.js'
import { surveyData } from './_data_kind.js'
import { defaultDeviceOr } from './_default_device.js'
import { fromView, isBuffer, overBytes } from './_from_buffer.js'
import * as ops from './_generated/ops.js'
import { type DeviceLike, device } from './device.js'
import { type dtype, dtypes } from './dtype.js'
import type { Tensor } from './tensor.js'
import type { Nested } from './types.js'

/** What `torch.tensor` takes: numbers, nested arrays, typed arrays, tensors. */
export type TensorData = Nested | Tensor | readonly (Tensor | Nested)[]

interface DataOptions {
  /** Default: the kind of the data, see `torch.tensor`. */
  dtype?: dtype | null
  device?: DeviceLike | null
  requires_grad?: boolean
  pin_memory?: boolean
}

const toDtype = (t: Tensor, wanted: dtype): Tensor =>
  native.scalarType(t) === wanted.scalarType ? t : (call(ops.to, t, wanted) as Tensor)

/** Moves, pins and marks a fresh CPU tensor as the options say. */
function finish(t: Tensor, where: DeviceLike | null | undefined, requiresGrad?: boolean, pin?: boolean): Tensor {
  let result = t
  const place = defaultDeviceOr(where)
  if (place !== null && new device(place as device).type !== 'cpu')
    result = call(ops.to, result, place, dtypes[native.scalarType(result)]) as Tensor
  if (pin) result = call(ops.pin_memory, result) as Tensor
  if (requiresGrad) native.setRequiresGrad(result, true)
  return result
}

/** Replaces tensors and typed arrays in nested arrays by their elements. */
function unpack(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(unpack)
  if (native.isTensor(data)) return (data as Tensor).tolist()
  if (ArrayBuffer.isView(data)) return fromView(data, true).tolist()
  return data
}

function fromData(data: unknown, wanted: dtype | null): Tensor {
  if (native.isTensor(data)) {
    const copy = call(ops.clone, call(ops.detach, data)) as Tensor
    return wanted === null ? copy : toDtype(copy, wanted)
  }
  if (ArrayBuffer.isView(data)) {
    const copy = fromView(data, true)
    return wanted === null ? copy : toDtype(copy, wanted)
  }
  const found = surveyData(data)
  const kind = wanted ?? found.dtype
  beforeCall()
  return traced(native.fromNested(found.hasTensors ? unpack(data) : data, kind.scalarType))
}

const bindTensor = signature<{
  data: unknown
  dtype: dtype | null
  device: DeviceLike | null
  requires_grad: boolean
  pin_memory: boolean
}>('tensor', 'data', '*', ['dtype', null], ['device', null], ['requires_grad', false], ['pin_memory', false])

/**
 * A new tensor with a copy of `data`. The dtype follows the kind of the data, never its values: numbers make the default
 * float dtype, bigints int64, booleans bool, `Complex` the default complex dtype, typed arrays and tensors their own.
 * Throws `ValueError` for arrays of uneven length.
 * https://docs.pytorch.org/docs/stable/generated/torch.tensor.html
 */
export function tensor(data: TensorData, options?: DataOptions): Tensor
export function tensor(...args: unknown[]): Tensor {
  const { data, dtype: wanted, device: where, requires_grad, pin_memory } = bindTensor(args)
  return finish(fromData(data, wanted), where, requires_grad, pin_memory)
}

const bindAsTensor = signature<{ data: unknown; dtype: dtype | null; device: DeviceLike | null }>(
  'as_tensor',
  'data',
  ['dtype', null],
  ['device', null],
)

/**
 * `data` as a tensor, without a copy where that is possible: a tensor of the wanted dtype and device is returned itself, a
 * typed array shares its memory with the tensor.
 * https://docs.pytorch.org/docs/stable/generated/torch.as_tensor.html
 */
export function as_tensor(
  ...args: Args<
    [data: TensorData],
    [dtype: dtype | null, device: DeviceLike | null],
    { data: TensorData; dtype: dtype | null; device: DeviceLike | null }
  >
): Tensor {
  const { data, dtype: wanted, device: where } = bindAsTensor(args)
  if (native.isTensor(data)) {
    const own = data as Tensor
    return own.to(where ?? own.device, wanted ?? own.dtype)
  }
  if (!ArrayBuffer.isView(data)) return finish(fromData(data, wanted), where)
  const shared = fromView(data, false)
  return finish(wanted === null ? shared : toDtype(shared, wanted), where)
}

const bindAsArray = signature<{
  obj: unknown
  dtype: dtype | null
  device: DeviceLike | null
  copy: boolean | null
  requires_grad: boolean
}>('asarray', 'obj', '*', ['dtype', null], ['device', null], ['copy', null], ['requires_grad', false])

/**
 * `obj` as a tensor: `copy` true always copies, false throws `ValueError` where a copy would be needed, null copies only
 * where it must. An `ArrayBuffer` counts as elements of `dtype`.
 * https://docs.pytorch.org/docs/stable/generated/torch.asarray.html
 */
export function asarray(
  obj: TensorData | ArrayBufferLike,
  options?: { dtype?: dtype | null; device?: DeviceLike | null; copy?: boolean | null; requires_grad?: boolean },
): Tensor
export function asarray(...args: unknown[]): Tensor {
  const { obj, dtype: wanted, device: where, copy, requires_grad } = bindAsArray(args)
  let shared: Tensor | null = null
  if (native.isTensor(obj)) shared = requires_grad ? (obj as Tensor) : (obj as Tensor).detach()
  else if (ArrayBuffer.isView(obj)) shared = fromView(obj, false)
  else if (isBuffer(obj)) shared = overBytes(new Uint8Array(obj), wanted ?? dtypes[native.getDefaultDtype()]!)
  if (shared === null) {
    if (copy === false) throw new ValueError("can't alias arbitrary sequence into a tensor.", 'ERR_TORCH_VALUE')
    return finish(fromData(obj, wanted), where, requires_grad)
  }
  const result = as_tensor(shared, wanted, where)
  const isSame = native.storagePtr(result) === native.storagePtr(shared)
  if (copy === false && !isSame) {
    throw new ValueError("can't alias tensor with another dtype or device.", 'ERR_TORCH_VALUE')
  }
  const own = copy === true && isSame ? (call(ops.clone, result) as Tensor) : result
  if (requires_grad && !native.requiresGrad(own)) native.setRequiresGrad(own, true)
  return own
}
