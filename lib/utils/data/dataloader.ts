import { availableParallelism } from 'node:os'
import { signature } from '../../_C/args.js'
import { TorchError, ValueError } from '../../_C/errors.js'
import { assertionError, warn } from '../../_C/raise.js'
import type { Generator } from '../../random.js'
import { type Collated, default_collate, default_convert } from './_utils/collate.js'
import { type Collate, ended, type Fetcher, MapFetcher, StreamFetcher } from './_utils/fetch.js'
import { pinned } from './_utils/pin_memory.js'
import { refuseNested } from './_utils/worker_info.js'
import { closeWithOwner, WorkerIterator } from './_utils/worker_iterator.js'
import { WorkerPass } from './_utils/worker_pass.js'
import { WorkerPool } from './_utils/worker_pool.js'
import { type DatasetLike, IterableDataset } from './dataset.js'
import { BatchSampler, drawSeed, RandomSampler, SequentialSampler } from './sampler.js'

/** Keywords of `DataLoader`. */
export interface DataLoaderOptions<Item = unknown, Batch = unknown> {
  /** Samples a batch; null gives single samples without a batch dimension. Default 1. */
  batch_size?: number | null
  /** A new random order each epoch. Default false. */
  shuffle?: boolean | null
  /** The order of samples, instead of `shuffle`. */
  sampler?: Iterable<number> | null
  /** The samples of each batch, instead of `batch_size`, `shuffle`, `sampler` and `drop_last`. */
  batch_sampler?: Iterable<readonly number[]> | null
  /**
   * Threads that build the batches, for a `for await` loop. Each imports the modules that define the dataset's class and
   * the functions given here, which must export them, and gets a copy of the dataset whose tensors are the same memory.
   * Default 0: the thread that loops does it. See docs/data.md.
   */
  num_workers?: number
  /** Makes a batch of samples. Default `default_collate`; `default_convert` with `batch_size: null`. */
  collate_fn?: ((samples: Item[]) => Batch | Promise<Batch>) | null
  /** Batches in page-locked memory, where there is an accelerator. Default false. */
  pin_memory?: boolean
  /** Leaves a last batch out that is not full. Default false. */
  drop_last?: boolean
  /** Seconds to wait for a batch, with workers; 0 means for ever. */
  timeout?: number
  /** Runs in each worker before its first batch, with the worker's number. */
  worker_init_fn?: ((worker_id: number) => unknown) | null
  /** Python's way to start processes: there are none, and anything but null is refused. */
  multiprocessing_context?: null
  /** What shuffling draws from instead of the global generator. */
  generator?: Generator | null
  /** Batches that each worker loads ahead. Default 2. */
  prefetch_factor?: number | null
  /** Keeps the workers for the next loop over this loader. Default false. */
  persistent_workers?: boolean
  /** Deprecated in Python, and without effect. */
  pin_memory_device?: string
  /** False gives batches of several workers as they come. Default true. */
  in_order?: boolean
}

type Source<Item> = DatasetLike<Item> | IterableDataset<Item>
type Bound = Required<DataLoaderOptions> & { dataset: Source<unknown> }

const parameters = signature<Bound>(
  'DataLoader',
  'dataset:dict',
  ['batch_size', 1],
  ['shuffle', null],
  ['sampler', null],
  ['batch_sampler', null],
  ['num_workers', 0],
  ['collate_fn', null],
  ['pin_memory', false],
  ['drop_last', false],
  ['timeout', 0],
  ['worker_init_fn', null],
  ['multiprocessing_context', null],
  ['generator', null],
  '*',
  ['prefetch_factor', null],
  ['persistent_workers', false],
  ['pin_memory_device', ''],
  ['in_order', true],
)

/**
 * Batches of a dataset, anew each time it is looped over:
 *
 * ```ts
 * const loader = new DataLoader(dataset, { batch_size: 64, shuffle: true })
 * for await (const [images, labels] of loader) …   // any dataset
 * for (const [images, labels] of loader) …         // a dataset whose samples come without waiting
 * ```
 *
 * With one seed it gives the batches that Python gives, in Python's order.
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.DataLoader
 *
 * @throws {ValueError} for options that exclude each other
 */
export class DataLoader<Item = unknown, Batch = Collated<Item>> implements Iterable<Batch>, AsyncIterable<Batch> {
  readonly dataset: Source<Item>
  readonly batch_size: number | null
  readonly drop_last: boolean
  readonly sampler: Iterable<unknown>
  readonly batch_sampler: Iterable<readonly unknown[]> | null
  readonly num_workers: number
  readonly collate_fn: (samples: Item[]) => Batch | Promise<Batch>
  readonly pin_memory: boolean
  readonly pin_memory_device: string
  readonly timeout: number
  readonly worker_init_fn: ((worker_id: number) => unknown) | null
  readonly generator: Generator | null
  readonly prefetch_factor: number | null
  readonly persistent_workers: boolean
  readonly in_order: boolean
  /** Batches of this loop so far. */
  #given = 0
  /** What `length` said of a stream. */
  #promised: number | null = null
  /** Persistent workers, with the number of the last loop. */
  #kept: { pool: WorkerPool; pass: number } | null = null

  constructor(dataset: Source<Item>, options?: DataLoaderOptions<Item, Batch>)
  constructor(dataset: Source<Item>, batch_size: number | null, options?: DataLoaderOptions<Item, Batch>)
  constructor(
    dataset: Source<Item>,
    batch_size: number | null,
    shuffle: boolean | null,
    options?: DataLoaderOptions<Item, Batch>,
  )
  constructor(
    dataset: Source<Item>,
    batch_size: number | null,
    shuffle: boolean | null,
    sampler: Iterable<number> | null,
    batch_sampler?: Iterable<readonly number[]> | null,
    num_workers?: number,
    collate_fn?: DataLoaderOptions<Item, Batch>['collate_fn'],
    pin_memory?: boolean,
    drop_last?: boolean,
    timeout?: number,
    worker_init_fn?: ((worker_id: number) => unknown) | null,
    multiprocessing_context?: null,
    generator?: Generator | null,
    options?: DataLoaderOptions<Item, Batch>,
  )
  constructor(...args: unknown[]) {
    const given = parameters(args)
    const stream = given.dataset instanceof IterableDataset
    checkWorkers(given)
    if (stream) checkStream(given)
    if (given.sampler !== null && given.shuffle)
      throw new ValueError('sampler option is mutually exclusive with shuffle')
    if (given.batch_sampler !== null) {
      if (given.batch_size !== 1 || given.shuffle || given.sampler !== null || given.drop_last)
        throw new ValueError(
          'batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last',
        )
    } else if (given.batch_size === null && given.drop_last) {
      throw new ValueError('batch_size=None option disables auto-batching and is mutually exclusive with drop_last')
    }
    const size = given.batch_sampler !== null ? null : given.batch_size
    this.dataset = given.dataset as Source<Item>
    this.sampler = given.sampler ?? defaultSampler(given)
    this.batch_sampler =
      given.batch_sampler ?? (size === null ? null : new BatchSampler(this.sampler, size, given.drop_last))
    this.batch_size = size
    this.drop_last = given.drop_last
    this.num_workers = given.num_workers
    this.collate_fn = (given.collate_fn ?? (this.batch_sampler ? default_collate : default_convert)) as DataLoader<
      Item,
      Batch
    >['collate_fn']
    this.pin_memory = given.pin_memory
    this.pin_memory_device = given.pin_memory_device
    this.timeout = given.timeout
    this.worker_init_fn = given.worker_init_fn
    this.generator = given.generator
    this.prefetch_factor = given.prefetch_factor ?? (given.num_workers > 0 ? 2 : null)
    this.persistent_workers = given.persistent_workers
    this.in_order = given.in_order
    if (this.num_workers > availableParallelism()) warn(tooManyWorkers(this.num_workers))
  }

  /**
   * How many batches a loop gives, Python's `len(loader)`.
   *
   * @throws {TypeError} where the dataset or sampler does not know its length
   */
  get length(): number {
    const unknown = (what: object): never => {
      throw new TypeError(`object of type '${what.constructor.name}' has no length`)
    }
    if (this.dataset instanceof IterableDataset) {
      const count = this.dataset.length ?? unknown(this.dataset)
      this.#promised = count
      if (this.batch_size === null) return count
      return this.drop_last ? Math.floor(count / this.batch_size) : Math.ceil(count / this.batch_size)
    }
    const order: Iterable<unknown> & { length?: number } = this.batch_sampler ?? this.sampler
    return order.length ?? unknown(order)
  }

  [Symbol.iterator](): IterableIterator<Batch> {
    if (this.num_workers > 0)
      throw new TypeError("A DataLoader with num_workers > 0 is read by 'for await (const batch of loader)'")
    const { indices } = this.#begin()
    const fetcher = this.#fetcher()
    return {
      [Symbol.iterator]() {
        return this
      },
      next: () => {
        const wanted = indices.next()
        const batch = wanted.done ? ended : fetcher.fetch(wanted.value)
        return batch === ended ? { done: true, value: undefined } : { done: false, value: this.#finish(batch) as Batch }
      },
    }
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Batch> {
    if (this.num_workers > 0) return this.#withWorkers()
    const { indices } = this.#begin()
    const fetcher = this.#fetcher()
    const next = async (): Promise<IteratorResult<Batch>> => {
      const wanted = indices.next()
      const batch = wanted.done ? ended : await fetcher.fetchAsync(wanted.value)
      return batch === ended ? { done: true, value: undefined } : { done: false, value: this.#finish(batch) as Batch }
    }
    return {
      [Symbol.asyncIterator]() {
        return this
      },
      next,
    }
  }

  /** Ends persistent workers before the loader is collected; a next loop starts others. */
  async closeWorkers(): Promise<void> {
    const kept = this.#kept
    this.#kept = null
    kept?.pool.receiver?.failed(new TorchError('The DataLoader was closed'))
    await kept?.pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.closeWorkers()
  }

  #withWorkers(): WorkerIterator<Batch> {
    refuseNested()
    if (this.#kept?.pool.failure) this.#kept = null
    const again = this.#kept
    const { indices, seed } = again ? { indices: this.#indices(), seed: 0n } : this.#begin()
    const pool = again?.pool ?? this.#newPool(seed)
    const options = {
      pass: again ? ++again.pass : 0,
      indices,
      prefetch: this.prefetch_factor ?? 2,
      inOrder: this.in_order,
      timeout: this.timeout,
    }
    let pass: WorkerPass
    try {
      pass = new WorkerPass(pool, options)
    } catch (error) {
      // The sampler's.
      if (!again) void pool.close()
      throw error
    }
    if (this.persistent_workers && !again) {
      this.#kept = { pool, pass: 0 }
      closeWithOwner(this, pool)
    }
    return new WorkerIterator<Batch>(pool, pass, this.persistent_workers, batch => this.#finish(batch))
  }

  #newPool(seed: bigint): WorkerPool {
    const { dataset, collate_fn, worker_init_fn, num_workers, drop_last } = this
    const batched = this.batch_sampler !== null
    return new WorkerPool({ num_workers, seed, batched, drop_last }, { dataset, collate_fn, worker_init_fn })
  }

  #indices(): Iterator<unknown> {
    this.#given = 0
    return (this.batch_sampler ?? this.sampler)[Symbol.iterator]()
  }

  /** Starts a pass. Python's iterator draws a seed for its workers first, also where it has none. */
  #begin(): { indices: Iterator<unknown>; seed: bigint } {
    if (this.num_workers === 0 && this.timeout !== 0)
      throw assertionError('_SingleProcessDataLoaderIter requires timeout == 0')
    const indices = this.#indices()
    return { indices, seed: drawSeed(this.generator) }
  }

  #fetcher(): Fetcher {
    const batched = this.batch_sampler !== null
    const collate = this.collate_fn as Collate
    return this.dataset instanceof IterableDataset
      ? new StreamFetcher(this.dataset, batched, collate, this.drop_last)
      : new MapFetcher(this.dataset, batched, collate)
  }

  #finish(batch: unknown): unknown {
    this.#given++
    if (this.#promised !== null && this.#given > this.#promised)
      warn(
        `Length of IterableDataset ${this.dataset.constructor.name} was reported to be ${this.#promised}` +
          `(when accessing len(dataloader)), but ${this.#given} samples have been fetched. ` +
          (this.num_workers > 0
            ? 'For multiprocessing data-loading, this could be caused by not properly configuring the IterableDataset ' +
              'replica at each worker. Please see https://pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset ' +
              'for examples.'
            : ''),
      )
    return this.#pin(batch)
  }

  #pin(batch: unknown): unknown {
    return this.pin_memory ? pinned(batch) : batch
  }
}

function checkWorkers(given: Bound): void {
  if (!Number.isInteger(given.num_workers) || given.num_workers < 0)
    throw new ValueError('num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.')
  if (!(given.timeout >= 0)) throw new ValueError('timeout option should be non-negative')
  if (given.num_workers === 0) {
    if (given.prefetch_factor !== null)
      throw new ValueError(
        'prefetch_factor option could only be specified in multiprocessing.' +
          'let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None.',
      )
    if (given.persistent_workers) throw new ValueError('persistent_workers option needs num_workers > 0')
  } else if (
    given.prefetch_factor !== null &&
    !(Number.isInteger(given.prefetch_factor) && given.prefetch_factor >= 0)
  ) {
    throw new ValueError('prefetch_factor option should be non-negative')
  }
  if (given.multiprocessing_context !== null)
    throw given.num_workers > 0
      ? new ValueError('multiprocessing_context does not apply: the workers are threads of this process')
      : new ValueError(
          'multiprocessing_context can only be used with multi-process loading (num_workers > 0), but got num_workers=0',
        )
}

function tooManyWorkers(count: number): string {
  return (
    `This DataLoader will create ${count} worker processes in total. Our suggested max number of worker in current system ` +
    `is ${availableParallelism()}, which is smaller than what this DataLoader is going to create. Please be aware that ` +
    'excessive worker creation might get DataLoader running slow or even freeze, lower the worker number to avoid potential ' +
    'slowness/freeze if necessary.'
  )
}

function checkStream(given: Bound): void {
  const expected = (option: 'shuffle' | 'sampler' | 'batch_sampler') =>
    new ValueError(
      `DataLoader with IterableDataset: expected unspecified ${option} option, but got ${option}=${given[option] === true ? 'True' : String(given[option])}`,
    )
  if (given.shuffle) throw expected('shuffle')
  if (given.sampler !== null) throw expected('sampler')
  if (given.batch_sampler !== null) throw expected('batch_sampler')
}

function defaultSampler(given: Bound): Iterable<unknown> {
  if (given.dataset instanceof IterableDataset) return new EndlessSampler()
  if (given.shuffle) return new RandomSampler(given.dataset, { generator: given.generator })
  return new SequentialSampler(given.dataset)
}

/** Asks a stream for ever; the stream says when it ends. */
class EndlessSampler implements Iterable<null> {
  *[Symbol.iterator](): Iterator<null> {
    while (true) yield null
  }
}
