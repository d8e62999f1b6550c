import type { IterableDataset } from '../dataset.js'
import type { DatasetLike } from '../dataset.js'

/** What a worker of a `DataLoader` knows about itself. */
export interface WorkerInfo {
  /** 0 to `num_workers - 1`. */
  readonly id: number
  readonly num_workers: number
  /** What the thread's default generator was seeded with: the loader's base seed plus `id`. */
  readonly seed: bigint
  /** The worker's own copy of the dataset. */
  readonly dataset: DatasetLike<unknown> | IterableDataset<unknown>
}

let info: WorkerInfo | null = null

/**
 * What the `DataLoader` worker knows about itself that the caller runs in; null elsewhere. An `IterableDataset` asks for its
 * share of the samples with it. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.get_worker_info
 */
export function get_worker_info(): WorkerInfo | null {
  return info
}

/** @internal */
export function setWorkerInfo(value: WorkerInfo): void {
  info = value
}
