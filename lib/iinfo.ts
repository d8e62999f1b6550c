import { inspect } from 'node:util'
import { formatGeneral } from './_python_format.js'
import type { DtypeName, dtype } from './dtype.js'

/** The limits of an integer dtype. */
class IntegerInfo {
  readonly bits: number
  /** A bigint where a number can't hold it. */
  readonly max: number | bigint
  readonly min: number | bigint
  /** The dtype's name. */
  readonly dtype: DtypeName

  constructor(type: dtype) {
    if (!/^u?int(8|16|32|64)$/.test(type.name)) {
      throw new TypeError(
        type.is_floating_point || type.is_complex
          ? `torch.iinfo() requires an integer input type. Use torch.finfo to handle '${type}'`
          : `${type} is not supported by torch.iinfo`,
      )
    }
    const bits = type.itemsize * 8
    const places = BigInt(type.is_signed ? bits - 1 : bits)
    const plain = (value: bigint) => (bits < 64 ? Number(value) : value)
    this.bits = bits
    this.max = plain(2n ** places - 1n)
    this.min = type.is_signed ? plain(-(2n ** places)) : 0
    this.dtype = type.name
    Object.freeze(this)
  }

  toString(): string {
    return `iinfo(min=${formatGeneral(Number(this.min))}, max=${formatGeneral(Number(this.max))}, dtype=${this.dtype})`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

export type iinfo = IntegerInfo

/**
 * The limits of an integer dtype: `torch.iinfo(torch.int8).max`.
 * https://docs.pytorch.org/docs/stable/type_info.html
 */
export function iinfo(type: dtype): iinfo {
  return new IntegerInfo(type)
}
