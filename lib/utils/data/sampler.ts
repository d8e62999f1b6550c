import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { as_tensor } from '../../_creation.js'
import { empty, multinomial, randint, randperm } from '../../_generated/torch.js'
import { float64, int64 } from '../../dtype.js'
import { Generator } from '../../random.js'
import type { Tensor } from '../../tensor.js'

/** Anything with a length: what a sampler draws numbers for. */
export interface Sized {
  readonly length: number
}

// biome-ignore lint/correctness/noUnusedVariables: merging takes the class's own parameters.
export interface Sampler<Index = number> {
  /** How many numbers come; undefined where it is not known. */
  readonly length?: number
}

/**
 * The order in which a `DataLoader` asks for samples. A subclass writes `[Symbol.iterator]`, and `length` where it is known.
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.Sampler
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: a length may then be a field or an accessor.
export abstract class Sampler<Index = number> implements Iterable<Index> {
  abstract [Symbol.iterator](): Iterator<Index>
}

/** 0, 1, 2, … https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SequentialSampler */
export class SequentialSampler extends Sampler {
  readonly data_source: Sized

  constructor(data_source: Sized) {
    super()
    this.data_source = data_source
  }

  override get length(): number {
    return this.data_source.length
  }

  *[Symbol.iterator](): Iterator<number> {
    for (let i = 0; i < this.data_source.length; i++) yield i
  }
}

interface RandomSamplerOptions {
  replacement: boolean
  num_samples: number | null
  generator: Generator | null
}

const randomSampler = signature<RandomSamplerOptions & { data_source: Sized }>(
  'RandomSampler',
  'data_source:dict',
  ['replacement', false],
  ['num_samples', null],
  ['generator', null],
)

/**
 * Every number once in random order, or with replacement. Without a generator of its own it draws a seed from the global
 * one at the start of each pass. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.RandomSampler
 */
export class RandomSampler extends Sampler {
  readonly data_source: Sized
  readonly replacement: boolean
  readonly generator: Generator | null
  readonly #numSamples: number | null

  constructor(
    ...args: Args<
      [data_source: Sized],
      [replacement: boolean, num_samples: number | null, generator: Generator | null],
      RandomSamplerOptions & { data_source: Sized }
    >
  ) {
    super()
    const { data_source, replacement, num_samples, generator } = randomSampler(args)
    if (typeof replacement !== 'boolean')
      throw new TypeError(`replacement should be a boolean value, but got replacement=${String(replacement)}`)
    this.data_source = data_source
    this.replacement = replacement
    this.#numSamples = num_samples
    this.generator = generator
    positiveInteger('num_samples', this.num_samples)
  }

  /** How many numbers a pass draws: as many as there are samples unless given. */
  get num_samples(): number {
    return this.#numSamples ?? this.data_source.length
  }

  override get length(): number {
    return this.num_samples
  }

  *[Symbol.iterator](): Iterator<number> {
    const n = this.data_source.length
    const generator = this.generator ?? new Generator().manual_seed(drawSeed(null))
    const count = this.num_samples
    if (this.replacement) {
      // Python draws 32 at a time; any other chunk would give other numbers.
      for (let left = count; left >= 32; left -= 32) yield* numbers(randint(0, n, [32], { dtype: int64, generator }))
      yield* numbers(randint(0, n, [count % 32], { dtype: int64, generator }))
      return
    }
    for (let left = count; left >= n; left -= n) yield* numbers(randperm(n, { generator }))
    // The last, partial pass draws its permutation even when nothing is left of it, as Python does.
    yield* numbers(randperm(n, { generator })).slice(0, count % n)
  }
}

const subsetRandomSampler = signature<{ indices: readonly number[]; generator: Generator | null }>(
  'SubsetRandomSampler',
  'indices',
  ['generator', null],
)

/** Given numbers in random order. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.SubsetRandomSampler */
export class SubsetRandomSampler extends Sampler {
  readonly indices: readonly number[]
  readonly generator: Generator | null

  constructor(
    ...args: Args<
      [indices: readonly number[]],
      [generator: Generator | null],
      { indices: readonly number[]; generator: Generator | null }
    >
  ) {
    super()
    const { indices, generator } = subsetRandomSampler(args)
    this.indices = indices
    this.generator = generator
  }

  override get length(): number {
    return this.indices.length
  }

  *[Symbol.iterator](): Iterator<number> {
    const order = randperm(this.indices.length, { generator: this.generator })
    for (const i of numbers(order)) yield this.indices[i]!
  }
}

interface WeightedRandomSamplerOptions {
  weights: readonly number[] | Tensor
  num_samples: number
  replacement: boolean
  generator: Generator | null
}

const weightedRandomSampler = signature<WeightedRandomSamplerOptions>(
  'WeightedRandomSampler',
  'weights',
  'num_samples',
  ['replacement', true],
  ['generator', null],
)

/**
 * Numbers drawn with the given probabilities, which need not sum to 1.
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.WeightedRandomSampler
 */
export class WeightedRandomSampler extends Sampler {
  /** float64, one for each sample */
  readonly weights: Tensor
  readonly num_samples: number
  readonly replacement: boolean
  readonly generator: Generator | null

  constructor(
    ...args: Args<
      [weights: readonly number[] | Tensor, num_samples: number],
      [replacement: boolean, generator: Generator | null],
      WeightedRandomSamplerOptions
    >
  ) {
    super()
    const { weights, num_samples, replacement, generator } = weightedRandomSampler(args)
    positiveInteger('num_samples', num_samples)
    if (typeof replacement !== 'boolean')
      throw new ValueError(`replacement should be a boolean value, but got replacement=${String(replacement)}`)
    this.weights = as_tensor(weights, { dtype: float64 })
    if (this.weights.dim() !== 1)
      throw new ValueError(
        `weights should be a 1d sequence but given weights have shape (${[...this.weights.shape].join(', ')})`,
      )
    this.num_samples = num_samples
    this.replacement = replacement
    this.generator = generator
  }

  override get length(): number {
    return this.num_samples
  }

  *[Symbol.iterator](): Iterator<number> {
    yield* numbers(multinomial(this.weights, this.num_samples, this.replacement, { generator: this.generator }))
  }
}

const batchSampler = signature<{ sampler: Iterable<number>; batch_size: number; drop_last: boolean }>(
  'BatchSampler',
  'sampler',
  'batch_size',
  'drop_last',
)

/**
 * The numbers of another sampler in lists of `batch_size`; the last may be shorter unless `drop_last`.
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.BatchSampler
 */
export class BatchSampler<Index = number> extends Sampler<Index[]> {
  readonly sampler: Iterable<Index> & Partial<Sized>
  readonly batch_size: number
  readonly drop_last: boolean

  constructor(
    ...args: Args<
      [sampler: Iterable<Index> & Partial<Sized>, batch_size: number, drop_last: boolean],
      [],
      { sampler: Iterable<Index> & Partial<Sized>; batch_size: number; drop_last: boolean }
    >
  ) {
    super()
    const { sampler, batch_size, drop_last } = batchSampler(args)
    positiveInteger('batch_size', batch_size)
    if (typeof drop_last !== 'boolean')
      throw new ValueError(
        `drop_last should be a boolean value, but got drop_last=${drop_last === null ? 'None' : String(drop_last)}`,
      )
    this.sampler = sampler as unknown as Iterable<Index> & Partial<Sized>
    this.batch_size = batch_size
    this.drop_last = drop_last
  }

  override get length(): number | undefined {
    const count = this.sampler.length
    if (count === undefined) return undefined
    return this.drop_last ? Math.floor(count / this.batch_size) : Math.ceil(count / this.batch_size)
  }

  *[Symbol.iterator](): Iterator<Index[]> {
    let batch: Index[] = []
    for (const index of this.sampler) {
      batch.push(index)
      if (batch.length === this.batch_size) {
        yield batch
        batch = []
      }
    }
    if (batch.length > 0 && !this.drop_last) yield batch
  }
}

/** A random int64 as Python draws seeds: `torch.empty((), dtype=torch.int64).random_()`. @internal */
export function drawSeed(generator: Generator | null): bigint {
  const seed = empty([], { dtype: int64 }).random_({ generator })
  return BigInt(seed.item() as number | bigint)
}

function numbers(indices: Tensor): number[] {
  return indices.tolist() as number[]
}

function positiveInteger(name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return
  throw new ValueError(`${name} should be a positive integer value, but got ${name}=${String(value)}`)
}
