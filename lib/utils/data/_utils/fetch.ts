/** Getting the samples of one batch, at once or one after the other with waiting. */
import { Dataset, type DatasetLike, type IterableDataset, itemOf, samplesOf } from '../dataset.js'
import { default_collate } from './collate.js'

/** Makes a batch of samples, or converts one sample where there are no batches. */
export type Collate = (samples: unknown) => unknown

/** The numbers of a batch's samples, the number of a single one, or nothing where a stream decides. */
export type Wanted = readonly unknown[] | unknown

/** Marks the end of a stream. */
export const ended = Symbol('ended')

export interface Fetcher {
  fetch(wanted: Wanted): unknown
  fetchAsync(wanted: Wanted): Promise<unknown>
}

/** Takes numbered samples from a dataset. */
export class MapFetcher implements Fetcher {
  readonly #dataset: DatasetLike<unknown>
  readonly #batched: boolean
  readonly #collate: Collate

  constructor(dataset: DatasetLike<unknown>, batched: boolean, collate: Collate) {
    this.#dataset = dataset
    this.#batched = batched
    this.#collate = collate
  }

  fetch(wanted: Wanted): unknown {
    if (!this.#batched) return settled(this.#collate(settled(itemOf(this.#dataset, wanted as number))))
    const indices = wanted as readonly number[]
    const whole = this.#whole(indices)
    if (whole !== null) return whole
    const bulk = this.#bulk(indices)
    const samples = bulk ? settled(bulk) : indices.map(index => settled(itemOf(this.#dataset, index)))
    return settled(this.#collate(samples))
  }

  async fetchAsync(wanted: Wanted): Promise<unknown> {
    if (!this.#batched) return this.#collate(await itemOf(this.#dataset, wanted as number))
    const indices = wanted as readonly number[]
    const whole = this.#whole(indices)
    if (whole !== null) return whole
    const bulk = this.#bulk(indices)
    if (bulk) return this.#collate(await bulk)
    const samples: unknown[] = []
    // One after the other, so that random transforms draw in Python's order.
    for (const index of indices) {
      const item = itemOf(this.#dataset, index)
      samples.push(item instanceof Promise ? await item : item)
    }
    return this.#collate(samples)
  }

  #whole(indices: readonly number[]): unknown {
    if (this.#collate !== default_collate || !(this.#dataset instanceof Dataset)) return null
    return this.#dataset.getBatch?.(indices) ?? null
  }

  #bulk(indices: readonly number[]): unknown {
    return this.#dataset instanceof Dataset ? (this.#dataset.getItems?.(indices) ?? null) : null
  }
}

/** Takes the next samples of a stream. */
export class StreamFetcher implements Fetcher {
  readonly #dataset: IterableDataset<unknown>
  readonly #batched: boolean
  readonly #collate: Collate
  readonly #dropLast: boolean
  #samples: Iterator<unknown> | AsyncIterator<unknown> | null = null
  #ended = false

  constructor(dataset: IterableDataset<unknown>, batched: boolean, collate: Collate, dropLast: boolean) {
    this.#dataset = dataset
    this.#batched = batched
    this.#collate = collate
    this.#dropLast = dropLast
  }

  fetch(wanted: Wanted): unknown {
    this.#samples ??= samplesOf(this.#dataset)[Symbol.iterator]()
    const samples = this.#samples as Iterator<unknown>
    if (!this.#batched) {
      const next = samples.next()
      return next.done ? ended : settled(this.#collate(settled(next.value)))
    }
    const batch: unknown[] = []
    const size = (wanted as readonly unknown[]).length
    while (batch.length < size && !this.#ended) {
      const next = samples.next()
      if (next.done) this.#ended = true
      else batch.push(settled(next.value))
    }
    return this.#complete(batch, size) ? settled(this.#collate(batch)) : ended
  }

  async fetchAsync(wanted: Wanted): Promise<unknown> {
    this.#samples ??= this.#dataset[Symbol.asyncIterator]?.() ?? samplesOf(this.#dataset)[Symbol.iterator]()
    if (!this.#batched) {
      const next = await this.#samples.next()
      return next.done ? ended : this.#collate(await next.value)
    }
    const batch: unknown[] = []
    const size = (wanted as readonly unknown[]).length
    while (batch.length < size && !this.#ended) {
      const next = await this.#samples.next()
      if (next.done) this.#ended = true
      else batch.push(await next.value)
    }
    return this.#complete(batch, size) ? this.#collate(batch) : ended
  }

  #complete(batch: unknown[], size: number): boolean {
    return batch.length > 0 && (batch.length === size || !this.#dropLast)
  }
}

function settled(value: unknown): unknown {
  if (value instanceof Promise) {
    // Nobody will wait for it: its failure must not end the process.
    value.catch(() => {})
    throw new TypeError("The dataset or collate_fn is asynchronous: write 'for await (const batch of loader)'")
  }
  return value
}
