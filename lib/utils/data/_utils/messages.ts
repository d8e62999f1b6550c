/** What a loader and its workers say to each other. */
import type { Packed } from './packed.js'

/** What a worker is made of: its place, and the dataset and functions in `job`. */
export interface Start {
  readonly type: 'start'
  readonly id: number
  readonly num_workers: number
  readonly seed: bigint
  readonly batched: boolean
  readonly drop_last: boolean
  /** A `Job`. */
  readonly job: Packed
}

export interface Job {
  readonly dataset: unknown
  readonly collate_fn: unknown
  readonly worker_init_fn: unknown
}

export type ToWorker =
  | Start
  /** A new pass over the dataset: what was asked for before is no longer wanted. */
  | { readonly type: 'pass'; readonly pass: number }
  | { readonly type: 'fetch'; readonly pass: number; readonly task: number; readonly wanted: unknown }

/** An error on its way. */
export interface Failure {
  readonly name: string
  readonly message: string
  readonly stack: string
  readonly code: string | null
}

export type Answer =
  | { readonly type: 'batch'; readonly pass: number; readonly task: number; readonly batch: Packed }
  /** A stream has ended. */
  | { readonly type: 'end'; readonly pass: number; readonly task: number }
  | { readonly type: 'error'; readonly pass: number; readonly task: number; readonly error: Failure }

export type FromWorker = { readonly type: 'ready' } | Answer
