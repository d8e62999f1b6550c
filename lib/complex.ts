import { inspect } from 'node:util'
import { native, TagKind } from './_C/native.js'
import { floatRepr } from './_python_format.js'

/** A part as Python writes it: whole numbers without a point. */
const partText = (value: number): string => floatRepr(value).replace(/\.0$/, '')

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

  /** Python's form: `(1+2j)`, `2j`. */
  toString(): string {
    const imaginary = `${partText(this.im)}j`
    if (Object.is(this.re, 0)) return imaginary
    return `(${partText(this.re)}${imaginary.startsWith('-') ? '' : '+'}${imaginary})`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
