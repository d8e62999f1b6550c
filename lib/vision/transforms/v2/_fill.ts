import { type Fill, fillOf } from '../_geometry_arguments.js'

/**
 * What comes from outside; or by class, as a Map, in which `'others'` stands for all that have none of their own:
 * `new Map<unknown, Fill | null>([[tv_tensors.Mask, 0], ['others', 127]])`.
 */
export type FillByType = Fill | null | ReadonlyMap<unknown, Fill | null>

/** @throws {TypeError} for what is neither a number nor numbers, nor a Map of them */
export function setupFill(fill: FillByType): ReadonlyMap<unknown, Fill | null> {
  if (!(fill instanceof Map)) return new Map([['others', fillOf(fill as Fill | null)]])
  for (const value of fill.values()) fillOf(value as Fill | null)
  return fill
}

/** The filling for an input of that very class, else for others; null for none. */
export function fillFor(fill: ReadonlyMap<unknown, Fill | null>, inpt: unknown): Fill | null {
  const own = fill.get((inpt as object).constructor)
  return own === undefined ? (fill.get('others') ?? null) : own
}
