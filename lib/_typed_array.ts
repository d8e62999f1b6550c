/** Typed arrays and the dtypes of their elements. */
import { typeName } from './_C/args.js'
import {
  type DtypeName,
  type dtype,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
  uint16,
  uint32,
  uint64,
} from './dtype.js'

/** The typed arrays that `Tensor.typedArray` gives. */
export type TypedArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array

type TypedArrayClass = new (buffer: ArrayBuffer) => TypedArray

// Newer Nodes have it.
const Float16 = (globalThis as { Float16Array?: TypedArrayClass }).Float16Array

const dtypeByClass: Record<string, dtype> = {
  Uint8Array: uint8,
  Uint8ClampedArray: uint8,
  Int8Array: int8,
  Int16Array: int16,
  Int32Array: int32,
  BigInt64Array: int64,
  Uint16Array: uint16,
  Uint32Array: uint32,
  BigUint64Array: uint64,
  Float16Array: float16,
  Float32Array: float32,
  Float64Array: float64,
}

/** The dtype of a typed array's elements; a Node `Buffer` is uint8. @internal */
export function dtypeOfView(view: ArrayBufferView): dtype {
  const tag = (view as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]
  const own = Object.hasOwn(dtypeByClass, tag) ? dtypeByClass[tag] : undefined
  if (!own) throw new TypeError(`expected a typed array, got ${typeName(view)}`)
  return own
}

const classByDtype: Partial<Record<DtypeName, TypedArrayClass>> = {
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  float16: Float16 ?? Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
  complex32: Float16 ?? Uint16Array,
  complex64: Float32Array,
  complex128: Float64Array,
}

/** The bytes of elements of this dtype as a typed array. @internal */
export function viewOfBytes(buffer: ArrayBuffer, kind: dtype): TypedArray {
  return new (classByDtype[kind.name] ?? Uint8Array)(buffer)
}
