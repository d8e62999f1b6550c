/** The format's own names of dtypes. */

import type { dtype } from '../dtype.js'
import * as dtypes from '../dtype.js'

export interface Format {
  /** Of one element. */
  readonly bits: number
  /** Null for what PyTorch has no dtype of. */
  readonly dtype: dtype | null
}

/** In the format's order: a file holds the tensors of the last dtype first. */
export const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['BOOL', { bits: 8, dtype: dtypes.bool }],
  ['F4', { bits: 4, dtype: dtypes.float4_e2m1fn_x2 }],
  ['F6_E2M3', { bits: 6, dtype: null }],
  ['F6_E3M2', { bits: 6, dtype: null }],
  ['U8', { bits: 8, dtype: dtypes.uint8 }],
  ['I8', { bits: 8, dtype: dtypes.int8 }],
  ['F8_E5M2', { bits: 8, dtype: dtypes.float8_e5m2 }],
  ['F8_E4M3', { bits: 8, dtype: dtypes.float8_e4m3fn }],
  ['F8_E8M0', { bits: 8, dtype: dtypes.float8_e8m0fnu }],
  ['F8_E4M3FNUZ', { bits: 8, dtype: dtypes.float8_e4m3fnuz }],
  ['F8_E5M2FNUZ', { bits: 8, dtype: dtypes.float8_e5m2fnuz }],
  ['I16', { bits: 16, dtype: dtypes.int16 }],
  ['U16', { bits: 16, dtype: dtypes.uint16 }],
  ['F16', { bits: 16, dtype: dtypes.float16 }],
  ['BF16', { bits: 16, dtype: dtypes.bfloat16 }],
  ['I32', { bits: 32, dtype: dtypes.int32 }],
  ['U32', { bits: 32, dtype: dtypes.uint32 }],
  ['F32', { bits: 32, dtype: dtypes.float32 }],
  ['C64', { bits: 64, dtype: dtypes.complex64 }],
  ['F64', { bits: 64, dtype: dtypes.float64 }],
  ['I64', { bits: 64, dtype: dtypes.int64 }],
  ['U64', { bits: 64, dtype: dtypes.uint64 }],
])

const names = new Map([...formats].map(([name, { dtype }]) => [dtype, name]))

/** The format's name of a dtype; undefined where it has none. */
export function nameOf(kind: dtype): string | undefined {
  return names.get(kind)
}

/** How the names are ordered. */
export const rank: ReadonlyMap<string, number> = new Map([...formats.keys()].map((name, i) => [name, i]))
