import { isPlainObject } from '../../_C/args.js'
import { IndexError, ValueError } from '../../_C/errors.js'
import { tensor } from '../../_creation.js'
import { randperm } from '../../_generated/torch.js'
import { int64 } from '../../dtype.js'
import type { Generator } from '../../random.js'
import type { Tensor } from '../../tensor.js'

/**
 * The base of every dataset that is asked for samples by number. A subclass writes `length` (Python's `__len__`) and
 * `getItem` (Python's `__getitem__`), which may be asynchronous.
 *
 * ```ts
 * class Squares extends Dataset<[number, number]> {
 *   readonly length = 100
 *   getItem(index: number): [number, number] {
 *     return [index, index ** 2]
 *   }
 * }
 * ```
 *
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Dataset
 */
export abstract class Dataset<Item = unknown> {
  /** How many samples there are. */
  abstract readonly length: number

  /** Sample number `index`, 0 to `length - 1`. */
  abstract getItem(index: number): Item | Promise<Item>

  /**
   * Many samples at once, Python's `__getitems__`: a dataset that fetches faster in bulk defines it. Null where it is better
   * asked one by one.
   */
  getItems?(indices: readonly number[]): Item[] | Promise<Item[]> | null

  /**
   * What `default_collate` would make of the samples `indices`, or null where the dataset has no short way to it. A
   * dataset that holds its samples in one tensor takes a batch out of it much faster than sample by sample.
   */
  getBatch?(indices: readonly number[]): unknown

  /** This dataset followed by `other`, Python's `self + other`. */
  concat<Other>(other: Dataset<Other>): ConcatDataset<Item | Other> {
    return new ConcatDataset<Item | Other>([this, other])
  }
}

/** What serves as a dataset: a `Dataset`, or a plain array. */
export type DatasetLike<Item> = Dataset<Item> | readonly Item[]

/** Sample `index` of a dataset or an array. @internal */
export function itemOf<Item>(dataset: DatasetLike<Item>, index: number): Item | Promise<Item> {
  if (dataset instanceof Dataset) return dataset.getItem(index)
  if (!(index in dataset)) throw new IndexError(`list index out of range: ${index} of ${dataset.length}`)
  return dataset[index]!
}

// biome-ignore lint/correctness/noUnusedVariables: merging takes the class's own parameters.
export interface IterableDataset<Item = unknown> {
  /** How many samples come; a stream that does not know leaves it undefined. */
  readonly length?: number
}

/**
 * A stream of samples: a subclass writes `[Symbol.iterator]`, `[Symbol.asyncIterator]`, or both, and `length` where it is
 * known. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a length may then be a field or an accessor.
export abstract class IterableDataset<Item = unknown> {
  [Symbol.iterator]?(): Iterator<Item>
  [Symbol.asyncIterator]?(): AsyncIterator<Item>

  /** This stream followed by `other`, Python's `self + other`. */
  concat<Other>(other: IterableDataset<Other>): ChainDataset<Item | Other> {
    return new ChainDataset<Item | Other>([this, other])
  }
}

/**
 * The rows of tensors that have the same first dimension: sample i is `[tensors[0][i], tensors[1][i], …]`.
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.TensorDataset
 */
export class TensorDataset<Tensors extends Tensor[] = Tensor[]> extends Dataset<Tensors> {
  readonly tensors: Tensors

  /** @throws {ValueError} when the first dimensions differ */
  constructor(...tensors: Tensors) {
    super()
    const first = tensors[0]
    if (!first) throw new ValueError('TensorDataset needs at least one tensor')
    if (tensors.some(other => other.size(0) !== first.size(0))) throw new ValueError('Size mismatch between tensors')
    this.tensors = tensors
  }

  get length(): number {
    return this.tensors[0]!.size(0)
  }

  getItem(index: number): Tensors {
    return this.tensors.map(source => source.select(0, index)) as Tensors
  }

  override getBatch(indices: readonly number[]): Tensor[] | null {
    // A subclass with its own idea of a sample must be asked for it.
    if (this.getItem !== TensorDataset.prototype.getItem) return null
    const index = tensor(indices, { dtype: int64 })
    return this.tensors.map(source => source.index_select(0, index.to(source.device)))
  }
}

/**
 * Several datasets of one length side by side: given as an array, sample i is the array of their samples i; given as an
 * object, the object of them. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.StackDataset
 */
export class StackDataset<Item = unknown> extends Dataset<Item> {
  readonly datasets: readonly Dataset[] | Readonly<Record<string, Dataset>>
  readonly length: number

  /** @throws {ValueError} when there is none, or their lengths differ */
  constructor(datasets: readonly Dataset[] | Readonly<Record<string, Dataset>>) {
    super()
    const list = Object.values(datasets)
    if (list.length === 0) throw new ValueError('At least one dataset should be passed')
    this.length = list[0]!.length
    if (list.some(dataset => dataset.length !== this.length)) throw new ValueError('Size mismatch between datasets')
    this.datasets = datasets
  }

  getItem(index: number): Item | Promise<Item> {
    const samples = Object.values(this.datasets).map(dataset => dataset.getItem(index))
    if (samples.some(sample => sample instanceof Promise))
      return Promise.all(samples).then(loaded => assemble<Item>(this.datasets, loaded))
    return assemble(this.datasets, samples)
  }

  /** Dataset after dataset, as Python does: it matters where they draw random numbers. */
  override getItems(indices: readonly number[]): Item[] | Promise<Item[]> | null {
    if (this.getItem !== StackDataset.prototype.getItem) return null
    const columns = Object.values(this.datasets).map(dataset => column(dataset, indices))
    const rows = (loaded: unknown[][]): Item[] =>
      indices.map((_, i) =>
        assemble<Item>(
          this.datasets,
          loaded.map(samples => samples[i]),
        ),
      )
    if (columns.some(samples => samples instanceof Promise)) return Promise.all(columns).then(rows)
    return rows(columns as unknown[][])
  }
}

function assemble<Item>(datasets: StackDataset['datasets'], samples: unknown[]): Item {
  if (Array.isArray(datasets)) return samples as Item
  return Object.fromEntries(Object.keys(datasets).map((key, i) => [key, samples[i]])) as Item
}

function column(dataset: Dataset, indices: readonly number[]): unknown[] | Promise<unknown[]> {
  const sized = (samples: unknown[]): unknown[] => {
    if (samples.length === indices.length) return samples
    throw new ValueError(`Nested dataset's output size mismatch. Expected ${indices.length}, got ${samples.length}`)
  }
  const bulk = dataset.getItems?.(indices) ?? null
  if (bulk !== null) return bulk instanceof Promise ? bulk.then(sized) : sized(bulk)
  const samples = indices.map(index => dataset.getItem(index))
  return samples.some(sample => sample instanceof Promise) ? Promise.all(samples) : samples
}

/** Several datasets one after the other. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ConcatDataset */
export class ConcatDataset<Item = unknown> extends Dataset<Item> {
  readonly datasets: DatasetLike<Item>[]
  /** Where each dataset ends. */
  readonly cumulative_sizes: number[]

  constructor(datasets: Iterable<DatasetLike<Item>>) {
    super()
    this.datasets = [...datasets]
    if (this.datasets.length === 0) throw new ValueError('datasets should not be an empty iterable')
    if (this.datasets.some(dataset => (dataset as unknown) instanceof IterableDataset))
      throw new TypeError('ConcatDataset does not support IterableDataset')
    let end = 0
    this.cumulative_sizes = this.datasets.map(dataset => {
      end += dataset.length
      return end
    })
  }

  get length(): number {
    return this.cumulative_sizes.at(-1)!
  }

  /** Sample `index`; a negative one counts from the end. */
  getItem(index: number): Item | Promise<Item> {
    if (index < 0) {
      if (-index > this.length) throw new ValueError('absolute value of index should not exceed dataset length')
      index += this.length
    }
    const which = this.cumulative_sizes.findIndex(end => index < end)
    if (which < 0) throw new IndexError(`index ${index} is out of range for a dataset of ${this.length} samples`)
    return itemOf(this.datasets[which]!, index - (which === 0 ? 0 : this.cumulative_sizes[which - 1]!))
  }
}

/** Several streams one after the other. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.ChainDataset */
export class ChainDataset<Item = unknown> extends IterableDataset<Item> {
  readonly datasets: readonly IterableDataset<Item>[]

  constructor(datasets: Iterable<IterableDataset<Item>>) {
    super()
    this.datasets = [...datasets]
    if (this.datasets.some(dataset => !(dataset instanceof IterableDataset)))
      throw new TypeError('ChainDataset only supports IterableDataset')
  }

  override get length(): number | undefined {
    const lengths = this.datasets.map(dataset => dataset.length)
    return lengths.every(length => length !== undefined) ? lengths.reduce((sum, length) => sum + length, 0) : undefined
  }

  override *[Symbol.iterator](): Iterator<Item> {
    for (const dataset of this.datasets) yield* samplesOf(dataset)
  }

  override async *[Symbol.asyncIterator](): AsyncIterator<Item> {
    for (const dataset of this.datasets) {
      if (dataset[Symbol.asyncIterator]) yield* dataset as AsyncIterable<Item>
      else yield* samplesOf(dataset)
    }
  }
}

/** A stream's samples where it gives them without waiting. @internal */
export function samplesOf<Item>(dataset: IterableDataset<Item>): Iterable<Item> {
  if (dataset[Symbol.iterator]) return dataset as Iterable<Item>
  const name = dataset.constructor.name
  if (!dataset[Symbol.asyncIterator])
    throw new TypeError(`${name} is not iterable: write [Symbol.iterator] or [Symbol.asyncIterator]`)
  throw new TypeError(`${name} gives its samples asynchronously: use 'for await'`)
}

/** The samples `indices` of a dataset. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Subset */
export class Subset<Item = unknown> extends Dataset<Item> {
  readonly dataset: DatasetLike<Item>
  readonly indices: readonly number[]

  constructor(dataset: DatasetLike<Item>, indices: readonly number[]) {
    super()
    this.dataset = dataset
    this.indices = indices
  }

  get length(): number {
    return this.indices.length
  }

  getItem(index: number): Item | Promise<Item> {
    return itemOf(this.dataset, innerIndex(this.indices, index))
  }

  /** In bulk only where the inner dataset can and no subclass has its own idea of a sample. */
  override getItems(indices: readonly number[]): Item[] | Promise<Item[]> | null {
    if (this.getItem !== Subset.prototype.getItem || !(this.dataset instanceof Dataset)) return null
    return this.dataset.getItems?.(indices.map(index => innerIndex(this.indices, index))) ?? null
  }

  override getBatch(indices: readonly number[]): unknown {
    if (this.getItem !== Subset.prototype.getItem || !(this.dataset instanceof Dataset)) return null
    return this.dataset.getBatch?.(indices.map(index => innerIndex(this.indices, index))) ?? null
  }
}

function innerIndex(indices: readonly number[], index: number): number {
  const inner = indices[index]
  if (inner === undefined)
    throw new IndexError(`index ${index} is out of range for a subset of ${indices.length} samples`)
  return inner
}

/**
 * Splits a dataset at random into parts of the given lengths, or of the given fractions when they sum to 1 (what their
 * rounding leaves over goes to the first parts, one each). Draws one `randperm` from `generator`, by default the global
 * one. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.random_split
 *
 * @throws {ValueError} when the lengths do not sum to the dataset's
 */
export function random_split<Item>(
  dataset: DatasetLike<Item>,
  lengths: readonly number[],
  keywords: { generator?: Generator | null } | Generator | null = null,
): Subset<Item>[] {
  const generator = isPlainObject(keywords) ? (keywords.generator as Generator | null) : (keywords as Generator | null)
  let sizes = lengths
  const sum = lengths.reduce((total, length) => total + length, 0)
  if (Math.abs(sum - 1) <= 1e-9 && sum <= 1) sizes = sizesOfFractions(lengths, dataset.length)
  const total = sizes.reduce((all, size) => all + size, 0)
  if (total !== dataset.length)
    throw new ValueError('Sum of input lengths does not equal the length of the input dataset!')
  const indices = randperm(total, { generator }).tolist() as number[]
  let end = 0
  return sizes.map(size => {
    end += size
    return new Subset(dataset, indices.slice(end - size, end))
  })
}

function sizesOfFractions(fractions: readonly number[], length: number): number[] {
  const sizes = fractions.map((fraction, i) => {
    if (fraction < 0 || fraction > 1) throw new ValueError(`Fraction at index ${i} is not between 0 and 1`)
    return Math.floor(length * fraction)
  })
  const remainder = length - sizes.reduce((sum, size) => sum + size, 0)
  for (let i = 0; i < remainder; i++) sizes[i % sizes.length]!++
  for (const [i, size] of sizes.entries()) {
    if (size === 0)
      process.emitWarning(`Length of split at index ${i} is 0. This might result in an empty dataset.`, 'TorchWarning')
  }
  return sizes
}
