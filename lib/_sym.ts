/**
 * Functions that PyTorch's tracers give a meaning for symbolic numbers; of plain numbers they are what the names say.
 * https://docs.pytorch.org/docs/stable/torch.html#symbolic-numbers
 */
import { typeName } from './_C/args.js'
import { assertionError } from './_C/raise.js'
import { tensor } from './_creation.js'
import { int64 } from './dtype.js'

type Whole = number | bigint

function checkReal(...values: unknown[]): void {
  for (const value of values)
    if (typeof value !== 'number' && typeof value !== 'bigint')
      throw assertionError(`expected int or float, got ${typeName(value)}`)
}

/** The opposite of a boolean. */
export function sym_not(a: unknown): boolean {
  return !a
}

/** A number, boolean or the text of one as a floating-point number. */
export function sym_float(a: Whole | boolean | string): number {
  return Number(a)
}

/** A number cut off after the point. */
export function sym_int<T extends Whole>(a: T): T {
  return (typeof a === 'bigint' ? a : Math.trunc(a as number)) as T
}

/** The greater one. */
export function sym_max<T extends Whole>(a: T, b: T): T {
  checkReal(a, b)
  return b > a ? b : a
}

/** The smaller one. */
export function sym_min<T extends Whole>(a: T, b: T): T {
  checkReal(a, b)
  return b < a ? b : a
}

/** The sum of numbers, given one by one or in an array. */
export function sym_sum(...args: readonly number[] | [readonly number[]]): number {
  return (args.flat() as number[]).reduce((sum, value) => sum + value, 0)
}

/** The square root. */
export function sym_sqrt(a: number): number {
  return Math.sqrt(a)
}

/** `t` where `b` holds, else `f`; both must be of one kind. */
export function sym_ite<T>(b: boolean, t: T, f: T): T {
  if (typeof b !== 'boolean') throw assertionError(`expected SymBool or bool, got ${typeName(b)}`)
  if (typeName(t) !== typeName(f)) throw assertionError(`type mismatch: ${typeName(t)} vs ${typeName(f)}`)
  return b ? t : f
}

/** The same whole number. */
export function sym_fresh_size(expr: Whole): Whole {
  return tensor(expr, { dtype: int64 }).item<Whole>()
}
