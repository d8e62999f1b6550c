/** A tensor's elements as numbers that JavaScript can compare, from its bytes alone. */

/** Relative and absolute tolerance of `torch.testing.assert_close`, by dtype; exact where a dtype is missing. */
const tolerances: Record<string, readonly [rtol: number, atol: number]> = {
  float16: [1e-3, 1e-5],
  bfloat16: [1.6e-2, 1e-5],
  float32: [1.3e-6, 1e-5],
  float64: [1e-7, 1e-7],
  complex32: [1e-3, 1e-5],
  complex64: [1.3e-6, 1e-5],
  complex128: [1e-7, 1e-7],
}

export function tolerance(dtype: string): readonly [rtol: number, atol: number] {
  return tolerances[dtype] ?? [0, 0]
}

function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

function bfloat(bits: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(bits, word => word << 16).buffer)
}

/** Elements in memory order. Complex numbers give two each; float8 and quantized dtypes give their bytes. */
export type Elements = ArrayLike<number> | ArrayLike<bigint>

export function elements(buffer: ArrayBufferLike, offset: number, byteLength: number, dtype: string): Elements {
  switch (dtype) {
    case 'float32':
    case 'complex64':
      return new Float32Array(buffer, offset, byteLength / 4)
    case 'float64':
    case 'complex128':
      return new Float64Array(buffer, offset, byteLength / 8)
    case 'float16':
    case 'complex32':
      return Array.from(new Uint16Array(buffer, offset, byteLength / 2), half)
    case 'bfloat16':
      return bfloat(new Uint16Array(buffer, offset, byteLength / 2))
    case 'int64':
      return new BigInt64Array(buffer, offset, byteLength / 8)
    case 'uint64':
      return new BigUint64Array(buffer, offset, byteLength / 8)
    case 'int32':
      return new Int32Array(buffer, offset, byteLength / 4)
    case 'uint32':
      return new Uint32Array(buffer, offset, byteLength / 4)
    case 'int16':
      return new Int16Array(buffer, offset, byteLength / 2)
    case 'uint16':
      return new Uint16Array(buffer, offset, byteLength / 2)
    case 'int8':
      return new Int8Array(buffer, offset, byteLength)
    default:
      return new Uint8Array(buffer, offset, byteLength)
  }
}

/**
 * Whether two numbers are close by `torch.testing`'s rule; NaN equals NaN. With both tolerances 0, only equal ones are.
 */
export function close(actual: number, expected: number, rtol: number, atol: number): boolean {
  if (actual === expected) return true
  if (Number.isNaN(actual) || Number.isNaN(expected)) return Number.isNaN(actual) && Number.isNaN(expected)
  return Number.isFinite(expected) && Math.abs(actual - expected) <= atol + rtol * Math.abs(expected)
}

/** Where a tensor's elements are in its storage. */
export interface Strided {
  shape: readonly number[]
  strides: readonly number[]
  offset: number
}

/** Picks a tensor's elements out of its storage, in row-major order. `width` is 2 for complex numbers. */
export function gather(storage: Elements, { shape, strides, offset }: Strided, width: number): Elements {
  const out: (number | bigint)[] = []
  const walk = (dimension: number, at: number): void => {
    if (dimension === shape.length) {
      for (let i = 0; i < width; i++) out.push(storage[at * width + i] as number | bigint)
      return
    }
    for (let i = 0; i < shape[dimension]!; i++) walk(dimension + 1, at + i * strides[dimension]!)
  }
  walk(0, offset)
  return out as number[]
}
