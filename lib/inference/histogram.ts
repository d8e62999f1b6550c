import { typeName } from '../_C/args.js'

/** How often values fell below each of some bounds, in the manner of Prometheus. */
export class Histogram {
  /** Upper bounds, ascending; a value that equals one is below it. */
  readonly bounds: readonly number[]
  /** For each bound the values above the previous one and up to it; last, those above all. */
  readonly counts: readonly number[]
  /** How many values there were. */
  count = 0
  /** The values' sum. */
  sum = 0

  constructor(bounds: readonly number[]) {
    if (!Array.isArray(bounds) || !bounds.every(bound => typeof bound === 'number'))
      throw new TypeError(`Histogram: bounds must be a list of numbers, got ${typeName(bounds)}`)
    this.bounds = bounds
    this.counts = Array<number>(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    const place = this.bounds.findIndex(bound => value <= bound)
    ;(this.counts as number[])[place < 0 ? this.bounds.length : place]!++
    this.count++
    this.sum += value
  }
}
