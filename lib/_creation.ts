/** Tensors from JavaScript data. */
import { type Args, signature, typeName } from './_C/args.js'
import { callByName, traced } from './_C/call.js'
import { ValueError } from './_C/errors.js'
import { beforeCall } from './_C/modes.js'
import { native } from './_C/native.js'
import { defaultDeviceOr } from './_default_device.js'
import { dtypeOfView } from './_typed_array.js'
import { Complex } from './complex.js'
import { type DeviceLike, device } from './device.js'
import { bool, type dtype, dtypes, int64 } from './dtype.js'
import type { Tensor } from './tensor.js'
import type { Int, Nested, Scalar, Size, TensorOptions } from './types.js'

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
  native.scalarType(t) === wanted.scalarType ? t : (callByName('aten::to', 'dtype', t, wanted) as Tensor)

/** Moves, pins and marks a fresh CPU tensor as the options say. */
function finish(t: Tensor, where: DeviceLike | null | undefined, requiresGrad?: boolean, pin?: boolean): Tensor {
  let result = t
  const place = defaultDeviceOr(where)
  if (place !== null && new device(place as device).type !== 'cpu')
    result = callByName('aten::to', 'device', result, place, dtypes[native.scalarType(result)]) as Tensor
  if (pin) result = callByName('aten::pin_memory', null, result) as Tensor
  if (requiresGrad) native.setRequiresGrad(result, true)
  return result
}

/** What an array of data is made of. */
interface Survey {
  kind: number
  /** The dtype of tensors and typed arrays among the elements. */
  given: dtype | null
  hasTensors: boolean
  /** Lengths of the arrays, by the first ones. */
  shape: number[]
}

/** Looks at every element; throws what Python throws for uneven lengths. */
function survey(data: unknown, found: Survey, depth = 0): void {
  if (Array.isArray(data)) {
    if (depth === found.shape.length && found.kind === 0 && found.given === null) found.shape.push(data.length)
    if (found.shape[depth] !== data.length) {
      if (depth >= found.shape.length)
        throw new TypeError('tensor(): expected a number, got a list: the arrays are uneven')
      throw new ValueError(
        `expected sequence of length ${found.shape[depth]} at dim ${depth} (got ${data.length})`,
        'ERR_TORCH_VALUE',
      )
    }
    for (let i = 0; i < data.length; i++) survey(data[i], found, depth + 1)
    return
  }
  switch (typeof data) {
    case 'number':
      if (found.kind < 3) found.kind = 3
      return
    case 'bigint':
      if (found.kind < 2) found.kind = 2
      return
    case 'boolean':
      if (found.kind < 1) found.kind = 1
      return
  }
  if (data instanceof Complex) {
    found.kind = 4
  } else if (native.isTensor(data) || ArrayBuffer.isView(data)) {
    const own = native.isTensor(data)
      ? dtypes[native.scalarType(data as Tensor)]!
      : dtypeOfView(data as ArrayBufferView)
    found.given = found.given === null ? own : promote(found.given, own)
    found.hasTensors = true
  } else {
    throw new TypeError(`tensor(): invalid data type '${typeName(data)}'`)
  }
}

const promote = (a: dtype, b: dtype): dtype => callByName('aten::promote_types', null, a, b) as dtype

function surveyedDtype(found: Survey): dtype {
  const fallback = dtypes[native.getDefaultDtype()]!
  const plain = [null, bool, int64, fallback, fallback.to_complex()][found.kind] ?? null
  if (found.given === null) return plain ?? fallback
  return plain === null ? found.given : promote(found.given, plain)
}

/** Replaces tensors and typed arrays in nested arrays by their elements. */
function unpack(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(unpack)
  if (native.isTensor(data)) return (data as Tensor).tolist()
  if (ArrayBuffer.isView(data)) return fromView(data, true).tolist()
  return data
}

/** A one-dimensional tensor over a typed array. */
function fromView(view: ArrayBufferView, copy: boolean): Tensor {
  const kind = dtypeOfView(view)
  beforeCall()
  return traced(native.fromBytes(view, kind.scalarType, [view.byteLength / kind.itemsize], copy))
}

function fromData(data: unknown, wanted: dtype | null): Tensor {
  if (native.isTensor(data)) {
    const copy = callByName('aten::clone', null, callByName('aten::detach', null, data)) as Tensor
    return wanted === null ? copy : toDtype(copy, wanted)
  }
  if (ArrayBuffer.isView(data)) {
    const copy = fromView(data, true)
    return wanted === null ? copy : toDtype(copy, wanted)
  }
  const found: Survey = { kind: 0, given: null, hasTensors: false, shape: [] }
  survey(data, found)
  const kind = wanted ?? surveyedDtype(found)
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
  const own = copy === true && isSame ? (callByName('aten::clone', null, result) as Tensor) : result
  if (requires_grad && !native.requiresGrad(own)) native.setRequiresGrad(own, true)
  return own
}

const isBuffer = (value: unknown): value is ArrayBufferLike =>
  value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer)

function overBytes(bytes: Uint8Array, kind: dtype): Tensor {
  if (bytes.byteLength % kind.itemsize !== 0) {
    throw new ValueError(
      `buffer length (${bytes.byteLength} bytes) must be a multiple of element size (${kind.itemsize})`,
      'ERR_TORCH_VALUE',
    )
  }
  beforeCall()
  return traced(native.fromBytes(bytes, kind.scalarType, [bytes.byteLength / kind.itemsize], false))
}

/**
 * The counterpart of `torch.from_numpy`: a tensor over a typed array's memory, no copy. Changes of one are seen in the
 * other. Without `shape` it has one dimension.
 */
export function fromTypedArray(array: ArrayBufferView, shape?: readonly number[]): Tensor {
  if (!ArrayBuffer.isView(array)) throw new TypeError(`expected a typed array, got ${typeName(array)}`)
  const flat = fromView(array, false)
  return shape === undefined ? flat : (callByName('aten::view', null, flat, shape) as Tensor)
}

const bindFromBuffer = signature<{
  buffer: unknown
  dtype: dtype | undefined
  count: number
  offset: number
  requires_grad: boolean
}>('frombuffer', 'buffer', '*', 'dtype', ['count', -1], ['offset', 0], ['requires_grad', false])

/**
 * A one-dimensional tensor over the bytes of an `ArrayBuffer`, `Buffer` or typed array, no copy: `count` elements (-1 for
 * all) from byte `offset` on.
 * https://docs.pytorch.org/docs/stable/generated/torch.frombuffer.html
 */
export function frombuffer(
  buffer: ArrayBufferLike | ArrayBufferView,
  options: { dtype: dtype; count?: number; offset?: number; requires_grad?: boolean },
): Tensor
export function frombuffer(...args: unknown[]): Tensor {
  const { buffer, dtype: kind, count, offset, requires_grad } = bindFromBuffer(args)
  const isView = ArrayBuffer.isView(buffer)
  if (!isView && !isBuffer(buffer))
    throw new TypeError(`frombuffer(): expected an ArrayBuffer or a view of one, got ${typeName(buffer)}`)
  const whole = isView ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer)
  const size = kind!.itemsize
  const refuse = (why: string): never => {
    throw new ValueError(why, 'ERR_TORCH_VALUE')
  }
  if (!Number.isInteger(offset) || offset < 0 || offset >= whole.byteLength) {
    refuse(
      `offset (${offset} bytes) must be non-negative and no greater than buffer length (${whole.byteLength} bytes) minus 1`,
    )
  }
  const available = whole.byteLength - offset
  if (count < 0 && available % size !== 0)
    refuse(
      `buffer length (${available} bytes) after offset (${offset} bytes) must be a multiple of element size (${size})`,
    )
  const wanted = count < 0 ? available / size : count
  if (wanted === 0 || wanted * size > available)
    refuse(
      `requested buffer length (${wanted} * ${size} bytes) after offset (${offset} bytes) must not be greater than actual buffer length (${whole.byteLength} bytes)`,
    )
  return finish(overBytes(whole.subarray(offset, offset + wanted * size), kind!), 'cpu', requires_grad)
}

const bindFull = signature<{ size: unknown; fill_value: Scalar; out: Tensor | null } & Required<TensorOptions>>(
  'full',
  'size',
  'fill_value',
  '*',
  ['out', null],
  ['dtype', null],
  ['layout', null],
  ['device', null],
  ['pin_memory', null],
  ['requires_grad', false],
)

function scalarDtype(value: unknown): dtype {
  const found: Survey = { kind: 0, given: null, hasTensors: false, shape: [] }
  survey(value, found)
  return surveyedDtype(found)
}

/**
 * A tensor of shape `size` filled with `fill_value`. Without `dtype` a number makes the default float dtype, a bigint int64,
 * a boolean bool.
 * https://docs.pytorch.org/docs/stable/generated/torch.full.html
 */
export function full(
  size: Int | Size,
  fill_value: Scalar | Tensor,
  options?: TensorOptions & { out?: Tensor | null },
): Tensor
export function full(...args: unknown[]): Tensor {
  const { size, fill_value, out, requires_grad, ...options } = bindFull(args)
  const sizes = Array.isArray(size) ? size : [size]
  const value = native.isTensor(fill_value) ? native.item(fill_value as unknown as Tensor) : fill_value
  if (out !== null) return callByName('aten::full', 'out', sizes, value, { out }) as Tensor
  const where = defaultDeviceOr(options.device)
  const kind = options.dtype ?? scalarDtype(fill_value)
  const result = callByName('aten::full', '', sizes, value, { ...options, dtype: kind, device: where }) as Tensor
  if (requires_grad) native.setRequiresGrad(result, true)
  return result
}

const bindScalarTensor = signature<{ s: Scalar } & Required<TensorOptions>>(
  'scalar_tensor',
  's',
  '*',
  ['dtype', null],
  ['layout', null],
  ['device', null],
  ['pin_memory', null],
  ['requires_grad', false],
)

/** A 0-d tensor of the default dtype, or of `dtype`. */
export function scalar_tensor(s: Scalar, options?: TensorOptions): Tensor
export function scalar_tensor(...args: unknown[]): Tensor {
  const { s, requires_grad, ...options } = bindScalarTensor(args)
  const where = defaultDeviceOr(options.device)
  const result = callByName('aten::scalar_tensor', '', s, { ...options, device: where }) as Tensor
  if (requires_grad) native.setRequiresGrad(result, true)
  return result
}

const bindFromFile = signature<{ filename: string; shared: boolean | null; size: Int } & Required<TensorOptions>>(
  'from_file',
  'filename',
  ['shared', null],
  ['size', 0],
  '*',
  ['dtype', null],
  ['layout', null],
  ['device', null],
  ['pin_memory', null],
  ['requires_grad', false],
)

/**
 * A tensor of `size` elements over a file's bytes, mapped into memory; with `shared` changes go to the file.
 * https://docs.pytorch.org/docs/stable/generated/torch.from_file.html
 */
export function from_file(filename: string, shared?: boolean | null, size?: Int, options?: TensorOptions): Tensor
export function from_file(...args: unknown[]): Tensor {
  const { filename, shared, size, requires_grad, ...options } = bindFromFile(args)
  if (typeof filename !== 'string')
    throw new TypeError(`from_file(): filename must be a string, not ${typeName(filename)}`)
  const result = callByName('aten::from_file', null, filename, shared, size, options) as Tensor
  if (requires_grad) native.setRequiresGrad(result, true)
  return result
}
