import { inspect } from 'node:util'
import { native, TagKind } from './_C/native.js'
import { runtimeError } from './_C/raise.js'

export type DtypeName =
  | 'uint8'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'complex32'
  | 'complex64'
  | 'complex128'
  | 'bool'
  | 'qint8'
  | 'quint8'
  | 'qint32'
  | 'bfloat16'
  | 'quint4x2'
  | 'quint2x4'
  | 'float8_e5m2'
  | 'float8_e4m3fn'
  | 'float8_e5m2fnuz'
  | 'float8_e4m3fnuz'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float8_e8m0fnu'
  | 'float4_e2m1fn_x2'
  | `bits${'1x8' | '2x4' | '4x2' | '8' | '16'}`
  | `${'int' | 'uint'}${1 | 2 | 3 | 4 | 5 | 6 | 7}`

/**
 * The type of a tensor's elements; the instances below are the only ones.
 * https://docs.pytorch.org/docs/stable/tensor_attributes.html#torch.dtype
 */
export class dtype<Name extends DtypeName = DtypeName> {
  /** PyTorch's name without the prefix: `float32`. */
  readonly name: Name
  /** Bytes an element. */
  readonly itemsize: number
  readonly is_floating_point: boolean
  readonly is_complex: boolean
  /** c10::ScalarType */
  readonly scalarType: number

  /** @internal */
  constructor(name: Name, scalarType: number, itemsize: number) {
    this.name = name
    this.scalarType = scalarType
    this.itemsize = itemsize
    this.is_floating_point = /^b?float/.test(name)
    this.is_complex = name.startsWith('complex')
    Object.defineProperty(this, native.kTag, { value: TagKind.dtype * 65536 + scalarType })
    Object.freeze(this)
  }

  /** False for unsigned integers and bool; quantized dtypes and bits have no answer, which throws. */
  get is_signed(): boolean {
    if (this.name.startsWith('bits')) throw runtimeError('Bits types are undefined')
    if (/^qu?int/.test(this.name)) throw runtimeError('isSignedType not supported for quantized types')
    return !/^(uint|bool|float8_e8m0fnu)/.test(this.name)
  }

  /** The complex dtype of the same precision; complex dtypes give themselves. */
  to_complex(): dtype {
    if (this.is_complex) return this
    if (this.name === 'float16') return complex32
    return this.name === 'float64' ? complex128 : complex64
  }

  /** The real dtype of the same precision; real dtypes give themselves. */
  to_real(): dtype {
    if (!this.is_complex) return this
    if (this.name === 'complex32') return float16
    return this.name === 'complex128' ? float64 : float32
  }

  toString(): `torch.${Name}` {
    return `torch.${this.name}`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

export const uint8 = new dtype('uint8', 0, 1)
export const int8 = new dtype('int8', 1, 1)
export const int16 = new dtype('int16', 2, 2)
export const int32 = new dtype('int32', 3, 4)
export const int64 = new dtype('int64', 4, 8)
export const float16 = new dtype('float16', 5, 2)
export const float32 = new dtype('float32', 6, 4)
export const float64 = new dtype('float64', 7, 8)
export const complex32 = new dtype('complex32', 8, 4)
export const complex64 = new dtype('complex64', 9, 8)
export const complex128 = new dtype('complex128', 10, 16)
export const bool = new dtype('bool', 11, 1)
export const qint8 = new dtype('qint8', 12, 1)
export const quint8 = new dtype('quint8', 13, 1)
export const qint32 = new dtype('qint32', 14, 4)
export const bfloat16 = new dtype('bfloat16', 15, 2)
export const quint4x2 = new dtype('quint4x2', 16, 1)
export const quint2x4 = new dtype('quint2x4', 17, 1)
export const float8_e5m2 = new dtype('float8_e5m2', 23, 1)
export const float8_e4m3fn = new dtype('float8_e4m3fn', 24, 1)
export const float8_e5m2fnuz = new dtype('float8_e5m2fnuz', 25, 1)
export const float8_e4m3fnuz = new dtype('float8_e4m3fnuz', 26, 1)
export const uint16 = new dtype('uint16', 27, 2)
export const uint32 = new dtype('uint32', 28, 4)
export const uint64 = new dtype('uint64', 29, 8)
export const float8_e8m0fnu = new dtype('float8_e8m0fnu', 44, 1)

export const bits1x8 = new dtype('bits1x8', 18, 1)
export const bits2x4 = new dtype('bits2x4', 19, 1)
export const bits4x2 = new dtype('bits4x2', 20, 1)
export const bits8 = new dtype('bits8', 21, 1)
export const bits16 = new dtype('bits16', 22, 2)
export const uint1 = new dtype('uint1', 30, 1)
export const uint2 = new dtype('uint2', 31, 1)
export const uint3 = new dtype('uint3', 32, 1)
export const uint4 = new dtype('uint4', 33, 1)
export const uint5 = new dtype('uint5', 34, 1)
export const uint6 = new dtype('uint6', 35, 1)
export const uint7 = new dtype('uint7', 36, 1)
export const int1 = new dtype('int1', 37, 1)
export const int2 = new dtype('int2', 38, 1)
export const int3 = new dtype('int3', 39, 1)
export const int4 = new dtype('int4', 40, 1)
export const int5 = new dtype('int5', 41, 1)
export const int6 = new dtype('int6', 42, 1)
export const int7 = new dtype('int7', 43, 1)
export const float4_e2m1fn_x2 = new dtype('float4_e2m1fn_x2', 45, 1)

export const bit = uint1
export const short = int16
export const int = int32
export const long = int64
export const half = float16
export const float = float32
export const double = float64
export const chalf = complex32
export const cfloat = complex64
export const cdouble = complex128

/** Every dtype at the place of its c10::ScalarType. @internal */
export const dtypes: dtype[] = []
for (const d of [
  uint8,
  int8,
  int16,
  int32,
  int64,
  float16,
  float32,
  float64,
  complex32,
  complex64,
  complex128,
  bool,
  qint8,
  quint8,
  qint32,
  bfloat16,
  quint4x2,
  quint2x4,
  float8_e5m2,
  float8_e4m3fn,
  float8_e5m2fnuz,
  float8_e4m3fnuz,
  uint16,
  uint32,
  uint64,
  float8_e8m0fnu,
  bits1x8,
  bits2x4,
  bits4x2,
  bits8,
  bits16,
  uint1,
  uint2,
  uint3,
  uint4,
  uint5,
  uint6,
  uint7,
  int1,
  int2,
  int3,
  int4,
  int5,
  int6,
  int7,
  float4_e2m1fn_x2,
])
  dtypes[d.scalarType] = d
