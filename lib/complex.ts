import { inspect } from 'node:util'
import { native, TagKind } from './_C/native.js'

/** A complex number, Python's `complex`: what `item()` of a complex tensor gives and what scalar arguments take. */
export class Complex {
  readonly re: number
  readonly im: number

  constructor(re: number, im = 0) {
    this.re = re
    this.im = im
  }

  static {
    Object.defineProperty(Complex.prototype, native.kTag, { value: TagKind.complex * 65536 })
  }

  /** Python's form: `(1+2j)`. */
  toString(): string {
    const sign = this.im < 0 || Object.is(this.im, -0) ? '-' : '+'
    return `(${this.re}${sign}${Math.abs(this.im)}j)`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
