import { inspect } from 'node:util'

/** Python's `start:stop:step`; null stands for a bound that is left out. Made by `torch.slice`. */
export class Slice {
  readonly start: number | null
  readonly stop: number | null
  readonly step: number | null

  /** @internal */
  constructor(start: number | null, stop: number | null, step: number | null) {
    for (const bound of [start, stop, step]) {
      if (bound !== null && !Number.isInteger(bound))
        throw new TypeError('slice indices must be integers or null or have an __index__ method')
    }
    this.start = start
    this.stop = stop
    this.step = step
    Object.freeze(this)
  }

  toString(): string {
    return `slice(${this.start}, ${this.stop}, ${this.step})`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/**
 * The index that Python writes `start:stop:step`, with the arguments of Python's `slice`: `slice(3)` is `:3`, `slice(1, null)`
 * is `1:`, `slice(1, null, 2)` is `1::2`, `slice()` is `:`. Steps must be positive.
 */
export function slice(stop?: number | null): Slice
export function slice(start: number | null, stop: number | null, step?: number | null): Slice
export function slice(...bounds: (number | null | undefined)[]): Slice {
  if (bounds.length < 2) return new Slice(null, bounds[0] ?? null, null)
  return new Slice(bounds[0] ?? null, bounds[1] ?? null, bounds[2] ?? null)
}
