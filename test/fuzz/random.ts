/** A small seeded generator of numbers: the same seed gives the same calls on every machine. */
export class Random {
  private state: number

  constructor(...seeds: number[]) {
    this.state = 0x9e3779b9
    for (const seed of seeds) {
      // Multiplied in, so that neighbouring seeds give unrelated numbers.
      this.state = Math.imul(this.state ^ seed ^ (this.state >>> 15), 0x85ebca6b) >>> 0
    }
  }

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0
    let t = this.state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from `low` up to `high`, both included. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1))
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)]!
  }

  chance(probability: number): boolean {
    return this.next() < probability
  }

  times<T>(count: number, make: () => T): T[] {
    return Array.from({ length: count }, make)
  }
}
