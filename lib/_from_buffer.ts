/** Tensors over memory that JavaScript has: no copies. */
import { signature, typeName } from './_C/args.js'
import { call, traced } from './_C/call.js'
import { ValueError } from './_C/errors.js'
import { beforeCall } from './_C/modes.js'
import { native } from './_C/native.js'
import * as ops from './_generated/ops.js'
import { dtypeOfView } from './_typed_array.js'
import type { dtype } from './dtype.js'
import type { Tensor } from './tensor.js'

/** A one-dimensional tensor over a typed array. @internal */
export function fromView(view: ArrayBufferView, copy: boolean): Tensor {
  const kind = dtypeOfView(view)
  beforeCall()
  return traced(native.fromBytes(view, kind.scalarType, [view.byteLength / kind.itemsize], copy))
}

/** @internal */
export const isBuffer = (value: unknown): value is ArrayBufferLike =>
  value instanceof ArrayBuffer || (typeof SharedArrayBuffer !== 'undefined' && value instanceof SharedArrayBuffer)

/** A one-dimensional tensor over bytes. @internal */
export function overBytes(bytes: Uint8Array, kind: dtype): Tensor {
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
  return shape === undefined ? flat : (call(ops.view, flat, shape) as Tensor)
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
  const result = overBytes(whole.subarray(offset, offset + wanted * size), kind!)
  if (requires_grad) native.setRequiresGrad(result, true)
  return result
}
