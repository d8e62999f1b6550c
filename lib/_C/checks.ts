/**
 * Checks of the arguments that JavaScript computes with before any operator sees them. They never turn a value into text or
 * a number: an object may answer that with anything.
 */
import { dtype } from '../dtype.js'
import { layout } from '../layout.js'
import { typeName } from './args.js'

/** A value for an error message: itself where it is short, else its kind. */
export function show(value: unknown): string {
  if (typeof value === 'string') return value.length <= 80 ? value : `a string of ${value.length} characters`
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${value}`
  if (value instanceof dtype || value instanceof layout) return value.toString()
  if (!Array.isArray(value)) return typeName(value)
  if (value.length > 16) return `a list of ${value.length}`
  return `[${value.map(item => (Array.isArray(item) ? 'list' : show(item))).join(', ')}]`
}

export function checkNumber(fn: string, name: string, value: unknown): void {
  if (typeof value !== 'number')
    throw new TypeError(`${fn}(): argument '${name}' must be float, not ${typeName(value)}`)
}

export function checkInteger(fn: string, name: string, value: unknown): void {
  if (!Number.isInteger(value)) throw new TypeError(`${fn}(): argument '${name}' must be int, not ${typeName(value)}`)
}

export function checkString(fn: string, name: string, value: unknown): void {
  if (typeof value !== 'string') throw new TypeError(`${fn}(): argument '${name}' must be str, not ${typeName(value)}`)
}

/** No tensor has more dimensions. */
const MAX_DIMENSIONS = 64

/** A list of numbers or bigints, whole ones unless `fractions`. */
export function checkNumbers(
  fn: string,
  name: string,
  values: unknown,
  fractions = false,
  limit = MAX_DIMENSIONS,
): void {
  const what = fractions ? 'floats' : 'ints'
  if (!Array.isArray(values))
    throw new TypeError(`${fn}(): argument '${name}' must be list of ${what}, not ${typeName(values)}`)
  if (values.length > limit)
    throw new TypeError(`${fn}(): argument '${name}' has ${values.length} elements, more than ${limit}`)
  for (const value of values)
    if (!(typeof value === 'bigint' || (fractions ? typeof value === 'number' : Number.isInteger(value))))
      throw new TypeError(
        `${fn}(): argument '${name}' must be list of ${what}, but got element of type ${typeName(value)}`,
      )
}
