/** Types that the functionals share. */

/** One integer for every spatial dimension, or one for each. */
export type Ints = number | readonly number[]

/** As `Ints`; null keeps the input's size in that dimension. */
export type OutputSize = number | readonly (number | null)[]

/** `n` values from one or from a list. */
export function ntuple<T>(value: T | readonly T[], n: number): T[] {
  return Array.isArray(value) ? [...value] : Array<T>(n).fill(value as T)
}
