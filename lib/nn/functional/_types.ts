/** Types that the functionals share. */
import { checkNumber, checkNumbers } from '../../_C/checks.js'
import { runtimeError } from '../../_C/raise.js'

/** One integer for every spatial dimension, or one for each. */
export type Ints = number | readonly number[]

/** As `Ints`; null keeps the input's size in that dimension. */
export type OutputSize = number | readonly (number | null)[]

/** `n` numbers from one or from a list of so many. */
export function ntuple(fn: string, name: string, value: number | readonly number[], n: number): number[] {
  if (!Array.isArray(value)) {
    checkNumber(fn, name, value)
    return Array<number>(n).fill(value as number)
  }
  checkNumbers(fn, name, value, true)
  if (value.length !== n) throw runtimeError(`${fn}: expected ${n} values for '${name}', but got ${value.length}`)
  return [...value]
}
