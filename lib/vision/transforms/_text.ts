/** Python's printed forms of sizes and lists. */
import { floatRepr } from '../../_python_format.js'

/** `[0.485, 0.456]` */
export function listText(values: readonly number[]): string {
  return `[${values.map(value => (Number.isInteger(value) ? String(value) : floatRepr(value))).join(', ')}]`
}

/** `(224, 224)`, `(224,)` */
export function tupleText(values: readonly number[]): string {
  return values.length === 1 ? `(${values[0]},)` : `(${values.join(', ')})`
}

export function sizeText(size: number | readonly number[]): string {
  return typeof size === 'number' ? String(size) : listText(size)
}

/** As Python prints floats: `[-30.0, 30.0]`. */
export function floatsText(values: readonly number[]): string {
  return `[${values.map(floatRepr).join(', ')}]`
}

/** `(0.1, 2.0)` */
export function floatTupleText(values: readonly number[]): string {
  return `(${values.map(floatRepr).join(', ')})`
}

/** A number, or several as a tuple: `0`, `(0.5, 2)`. */
export function numbersText(value: number | readonly number[]): string {
  const text = (x: number) => (Number.isInteger(x) ? String(x) : floatRepr(x))
  if (typeof value === 'number') return text(value)
  return value.length === 1 ? `(${text(value[0]!)},)` : `(${value.map(text).join(', ')})`
}

export function boolText(value: boolean | null): string {
  return value === null ? 'None' : value ? 'True' : 'False'
}
