import { type Args, signature } from '../../_C/args.js'
import { TorchError, ValueError } from '../../_C/errors.js'
import { randperm } from '../../_generated/torch.js'
import { Generator } from '../../random.js'
import { Sampler, type Sized } from './sampler.js'

interface DistributedSamplerOptions {
  dataset: Sized
  num_replicas: number | null
  rank: number | null
  shuffle: boolean
  seed: number
  drop_last: boolean
}

const parameters = signature<DistributedSamplerOptions>(
  'DistributedSampler',
  'dataset:dict',
  ['num_replicas', null],
  ['rank', null],
  ['shuffle', true],
  ['seed', 0],
  ['drop_last', false],
)

/**
 * One process's share of the samples, where several train together: every `num_replicas`-th number of an order that all
 * agree on. `set_epoch` before each epoch gives another order. `num_replicas` and `rank` must be given.
 * https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.distributed.DistributedSampler
 */
export class DistributedSampler extends Sampler {
  readonly dataset: Sized
  readonly num_replicas: number
  readonly rank: number
  readonly shuffle: boolean
  readonly seed: number
  readonly drop_last: boolean
  readonly num_samples: number
  readonly total_size: number
  epoch = 0

  /** @throws {ValueError} for a rank that is none of the replicas' */
  constructor(
    ...args: Args<
      [dataset: Sized],
      [num_replicas: number | null, rank: number | null, shuffle: boolean, seed: number, drop_last: boolean],
      DistributedSamplerOptions
    >
  ) {
    super()
    const { dataset, num_replicas, rank, shuffle, seed, drop_last } = parameters(args)
    if (num_replicas === null || rank === null)
      throw new TorchError('Requires distributed package to be available: give num_replicas and rank')
    if (rank >= num_replicas || rank < 0)
      throw new ValueError(`Invalid rank ${rank}, rank should be in the interval [0, ${num_replicas - 1}]`)
    this.dataset = dataset
    this.num_replicas = num_replicas
    this.rank = rank
    this.shuffle = shuffle
    this.seed = seed
    this.drop_last = drop_last
    const { length } = dataset
    const cut = drop_last && length % num_replicas !== 0
    // Not -0 where there are fewer samples than replicas.
    this.num_samples = Math.max(0, Math.ceil((cut ? length - num_replicas : length) / num_replicas))
    this.total_size = this.num_samples * num_replicas
  }

  override get length(): number {
    return this.num_samples
  }

  /** Which order the next pass takes; ranks have to agree. */
  set_epoch(epoch: number): void {
    this.epoch = epoch
  }

  *[Symbol.iterator](): Iterator<number> {
    const { length } = this.dataset
    const order = this.shuffle
      ? (randperm(length, { generator: new Generator().manual_seed(this.seed + this.epoch) }).tolist() as number[])
      : Array.from({ length }, (_, i) => i)
    // What is missing to equal shares is taken from the front again.
    for (let i = this.rank; i < this.total_size; i += this.num_replicas) yield order[i % length]!
  }
}
