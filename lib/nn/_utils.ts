import { typeName } from '../_C/args.js'

/** A number for every dimension, or one number each. */
export type Ints = number | readonly number[]

/** One number for each of `n` dimensions: `3` becomes `[3, 3]`. */
export function ntuple(value: Ints, n: number, name = 'argument'): number[] {
  const values = Array.isArray(value) ? [...(value as readonly number[])] : new Array<number>(n).fill(value as number)
  if (values.some(v => typeof v !== 'number' || !Number.isInteger(v)))
    throw new TypeError(`${name} must be int or tuple of ints, but found ${typeName(value)}`)
  return values
}

/** True when every number is `expected`. */
export function allEqual(values: readonly number[] | string, expected: number): boolean {
  return typeof values !== 'string' && values.every(value => value === expected)
}
