import { ValueError } from '../../_C/errors.js'
import { Dataset, type DatasetLike, itemOf } from './dataset.js'

export interface CachedDatasetOptions {
  /** Samples to keep; the one that was not asked for longest goes first. Default: all. */
  capacity?: number
}

/**
 * A dataset that remembers samples which are expensive to make: a file is read and decoded once, as long as it stays among
 * the last `capacity` ones. Put random transforms around it, not into it. Each worker of a `DataLoader` has a cache of its
 * own, which lasts as long as the worker: use `persistent_workers`.
 *
 * ```ts
 * const decoded = new CachedDataset(new Pictures(files), { capacity: 10_000 })
 * ```
 */
export class CachedDataset<Item = unknown> extends Dataset<Item> {
  readonly dataset: DatasetLike<Item>
  readonly capacity: number
  /** In the order of their last use. A sample under way is kept as its promise. */
  private readonly samples = new Map<number, Item | Promise<Item>>()

  /** @throws {ValueError} for a capacity that is no positive number */
  constructor(dataset: DatasetLike<Item>, { capacity = Number.POSITIVE_INFINITY }: CachedDatasetOptions = {}) {
    super()
    if (!(capacity >= 1)) throw new ValueError(`capacity should be a positive number, but got ${capacity}`)
    this.dataset = dataset
    this.capacity = capacity
  }

  get length(): number {
    return this.dataset.length
  }

  /** How many samples are kept now. */
  get size(): number {
    return this.samples.size
  }

  getItem(index: number): Item | Promise<Item> {
    const found = this.samples.get(index)
    if (found !== undefined || this.samples.has(index)) {
      this.samples.delete(index)
      this.samples.set(index, found as Item)
      return found as Item
    }
    const item = itemOf(this.dataset, index)
    this.samples.set(index, item)
    if (this.samples.size > this.capacity) this.samples.delete(this.samples.keys().next().value!)
    if (item instanceof Promise)
      item.then(
        value => {
          if (this.samples.get(index) === item) this.samples.set(index, value)
        },
        () => {
          // The next who asks gets another try.
          if (this.samples.get(index) === item) this.samples.delete(index)
        },
      )
    return item
  }

  clear(): void {
    this.samples.clear()
  }

  /** A worker begins with an empty cache: its samples would have to be copied. */
  workerArguments(): unknown[] {
    return [this.dataset, { capacity: this.capacity }]
  }
}
