import { TorchError } from '../../../_C/errors.js'
import type { DatasetLike, IterableDataset } from '../dataset.js'

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
let isWorker = false

/**
 * What the `DataLoader` worker knows about itself that the caller runs in; null elsewhere. An `IterableDataset` asks for its
 * share of the samples with it. https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.get_worker_info
 */
export function get_worker_info(): WorkerInfo | null {
  return info
}

/** This thread is a worker, whose modules are about to be imported. @internal */
export function beginLoading(): void {
  isWorker = true
}

/** @internal */
export function setWorkerInfo(value: WorkerInfo): void {
  info = Object.freeze(value)
}

/** Workers have no workers of their own, as in Python. @internal */
export function refuseNested(): void {
  if (!isWorker) return
  if (info) throw new TorchError('daemonic processes are not allowed to have children', 'ERR_TORCH_ASSERTION')
  throw new TorchError(
    'A DataLoader was started while its worker was importing the module that defines the dataset. A worker runs that module ' +
      'too: put the program that trains under\n\n' +
      "    import { isMainThread } from 'node:worker_threads'\n" +
      '    if (isMainThread) {\n        …\n    }\n\n' +
      'or the dataset into a file of its own.',
  )
}
