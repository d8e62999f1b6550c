/** The storage classes that each dtype had once, which make a `TypedStorage` when called. */
import { isPlainObject, typeName } from './_C/args.js'
import { type CallableClass, callableClass } from './_C/callable_class.js'
import { runtimeError } from './_C/raise.js'
import type { TensorData } from './_creation.js'
import type { dtype } from './dtype.js'
import * as dtypes from './dtype.js'
import * as storage from './storage.js'
import * as typed from './typed_storage.js'

export const UntypedStorage: CallableClass<typeof storage.UntypedStorage> = callableClass(storage.UntypedStorage)
export type UntypedStorage = storage.UntypedStorage
export const TypedStorage: CallableClass<typeof typed.TypedStorage> = callableClass(typed.TypedStorage)
export type TypedStorage = typed.TypedStorage

type Source = [data?: storage.StorageData | TensorData] | [keywords: { wrap_storage: UntypedStorage }]

/** Such as `torch.FloatStorage`. */
export interface LegacyStorageType {
  /** A size gives elements with any values, a list its values, nothing an empty storage. */
  (...args: Source): TypedStorage
  new (...args: Source): TypedStorage
  readonly dtype: dtype
  /** As `UntypedStorage.from_buffer`, with this dtype. */
  from_buffer(
    buffer: ArrayBufferLike | ArrayBufferView,
    byte_order?: 'big' | 'little' | 'native' | null,
    keywords?: { count?: number; offset?: number },
  ): TypedStorage
  /** A storage over `size` elements of a file. */
  from_file(filename: string, shared?: boolean, size?: number): TypedStorage
  /** `s instanceof torch.FloatStorage`: a `TypedStorage` of this dtype on the CPU. */
  [Symbol.hasInstance](value: unknown): boolean
}

function make(name: string, kind: dtype, args: readonly unknown[]): TypedStorage {
  const combinations =
    `<class 'torch.${name}'>.__new__ received an invalid combination of arguments. Expected one of:\n` +
    ' * no arguments\n * (int size)\n * (Sequence data)\n * (*, UntypedStorage wrap_storage)'
  const [first] = args
  if (args.length > 1) throw runtimeError(`${combinations}\nToo many positional arguments`)
  if (isPlainObject(first)) {
    const stranger = Object.keys(first).find(key => key !== 'wrap_storage')
    if (stranger !== undefined)
      throw runtimeError(`${combinations}\nKeyword argument '${stranger}' cannot be specified`)
    return new typed.TypedStorage({ ...first, dtype: kind })
  }
  const isSequence = Array.isArray(first) || ArrayBuffer.isView(first)
  if (first !== undefined && !isSequence && !(typeof first === 'number' && Number.isInteger(first)))
    throw new TypeError(`${combinations}\nArgument type not recognized: ${typeName(first)}`)
  return new typed.TypedStorage(first as TensorData, { dtype: kind })
}

function legacyType(kind: dtype): LegacyStorageType {
  const name = typed.storageTitle(kind)
  // biome-ignore lint/complexity/useArrowFunction: an arrow can't be called with `new`
  const type = function (...args: unknown[]) {
    return make(name, kind, args)
  }
  Object.defineProperties(type, {
    name: { value: name },
    dtype: { value: kind },
    from_buffer: {
      value: (buffer: ArrayBufferLike, order: 'big' | 'little' | 'native' | null, keywords = {}) =>
        typed.TypedStorage.from_buffer(buffer, order, { ...keywords, dtype: kind }),
    },
    from_file: {
      value: (filename: string, shared?: boolean, size?: number) =>
        typed.TypedStorage.from_file(filename, shared, size, kind),
    },
    toString: { value: () => `<class 'torch.${name}'>` },
    [Symbol.hasInstance]: {
      value: (value: unknown) =>
        value instanceof typed.TypedStorage && value.dtype === kind && value.device.type === 'cpu',
    },
  })
  return type as unknown as LegacyStorageType
}

export const DoubleStorage = legacyType(dtypes.float64)
export const FloatStorage = legacyType(dtypes.float32)
export const HalfStorage = legacyType(dtypes.float16)
export const BFloat16Storage = legacyType(dtypes.bfloat16)
export const LongStorage = legacyType(dtypes.int64)
export const IntStorage = legacyType(dtypes.int32)
export const ShortStorage = legacyType(dtypes.int16)
export const CharStorage = legacyType(dtypes.int8)
export const ByteStorage = legacyType(dtypes.uint8)
export const BoolStorage = legacyType(dtypes.bool)
export const ComplexDoubleStorage = legacyType(dtypes.complex128)
export const ComplexFloatStorage = legacyType(dtypes.complex64)
export const QUInt8Storage = legacyType(dtypes.quint8)
export const QInt8Storage = legacyType(dtypes.qint8)
export const QInt32Storage = legacyType(dtypes.qint32)
export const QUInt4x2Storage = legacyType(dtypes.quint4x2)
export const QUInt2x4Storage = legacyType(dtypes.quint2x4)

const legacyTypes = new Map(
  [
    DoubleStorage,
    FloatStorage,
    HalfStorage,
    BFloat16Storage,
    LongStorage,
    IntStorage,
    ShortStorage,
    CharStorage,
    ByteStorage,
    BoolStorage,
    ComplexDoubleStorage,
    ComplexFloatStorage,
    QUInt8Storage,
    QInt8Storage,
    QInt32Storage,
    QUInt4x2Storage,
    QUInt2x4Storage,
  ].map(type => [type.dtype, type]),
)

/** The class of a dtype's storages; null for dtypes younger than these classes. @internal */
export const legacyStorageType = (kind: dtype): LegacyStorageType | null => legacyTypes.get(kind) ?? null

/** True for storages of both kinds. https://docs.pytorch.org/docs/stable/generated/torch.is_storage.html */
export function is_storage(obj: unknown): obj is UntypedStorage | TypedStorage {
  return obj instanceof storage.UntypedStorage || obj instanceof typed.TypedStorage
}
