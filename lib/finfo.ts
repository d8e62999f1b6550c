import { inspect } from 'node:util'
import { get_default_dtype } from './_default_dtype.js'
import { formatGeneral } from './_python_format.js'
import type { DtypeName, dtype } from './dtype.js'

/** Bits of the fraction, least and greatest exponent of normal numbers, greatest number, digits of the resolution. */
const formats: Partial<Record<DtypeName, [fraction: number, least: number, max: number, digits: number]>> = {
  float16: [10, -14, 65504, 3],
  bfloat16: [7, -126, 2 ** 127 * (2 - 2 ** -7), 2],
  float32: [23, -126, 2 ** 127 * (2 - 2 ** -23), 6],
  float64: [52, -1022, Number.MAX_VALUE, 15],
  float8_e5m2: [2, -14, 57344, 0],
  float8_e4m3fn: [3, -6, 448, 0],
  float8_e5m2fnuz: [3, -15, 57344, 0],
  float8_e4m3fnuz: [3, -7, 240, 0],
  float8_e8m0fnu: [0, -127, 2 ** 127, 0],
}

/** The limits of a floating-point dtype. */
class FloatInfo {
  readonly bits: number
  /** The distance from 1 to the next number. */
  readonly eps: number
  readonly max: number
  readonly min: number
  /** The smallest positive number of full precision. */
  readonly smallest_normal: number
  /** As `smallest_normal`. */
  readonly tiny: number
  /** A power of ten: decimal digits that survive. */
  readonly resolution: number
  /** The dtype's name. */
  readonly dtype: DtypeName

  constructor(type: dtype) {
    const real = type.to_real()
    const format = formats[real.name]
    if (!format)
      throw new TypeError(`torch.finfo() requires a floating point input type. Use torch.iinfo to handle '${type}'`)
    const [fraction, least, max, digits] = format
    this.bits = real.itemsize * 8
    this.eps = 2 ** -fraction
    this.max = max
    this.smallest_normal = 2 ** least
    this.min = real.name === 'float8_e8m0fnu' ? this.smallest_normal : -max
    this.tiny = this.smallest_normal
    this.resolution = Number(`1e-${digits}`)
    this.dtype = real.name
    Object.freeze(this)
  }

  toString(): string {
    const fields = ['resolution', 'min', 'max', 'eps', 'smallest_normal', 'tiny'] as const
    return `finfo(${fields.map(field => `${field}=${formatGeneral(this[field])}`).join(', ')}, dtype=${this.dtype})`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

export type finfo = FloatInfo

/**
 * The limits of a floating-point dtype, by default of the default one: `torch.finfo(torch.float32).eps`.
 * https://docs.pytorch.org/docs/stable/type_info.html
 */
export function finfo(type: dtype = get_default_dtype()): finfo {
  return new FloatInfo(type)
}
