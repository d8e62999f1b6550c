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
