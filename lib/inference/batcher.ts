import { AsyncResource } from 'node:async_hooks'
import { onAbort } from '../_abort.js'
import { isPlainObject, typeName } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { withModes } from '../_C/modes.js'
import { valueError } from '../_C/raise.js'
import { tensorsIn } from '../_tensors_in.js'
import { ScriptFunction } from '../jit/script_function.js'
import { ScriptModule } from '../jit/script_module.js'
import type { Tensor } from '../tensor.js'
import { Queue, type Request } from './_queue.js'
import { checkRows, joined, kindOf, rowOf } from './_samples.js'
import { Histogram } from './histogram.js'

/** What a batcher runs: TorchScript, on threads of the addon's own; or any module or function, where it is called. */
export type BatchModel = (...args: never[]) => unknown

/** Keywords of `batcher`. */
export interface BatcherOptions {
  /** Samples in one call of the model. Default 32. */
  max_batch?: number
  /** How long, in milliseconds, the first sample of a batch waits for others. Default 5. */
  max_wait_ms?: number
  /** Requests that may wait; further ones are refused at once with `ERR_TORCH_OVERLOADED`. Default: no limit. */
  max_queue?: number
  /**
   * Batches that run at once; while so many do, requests wait and the next batch grows. Default 1: one call of LibTorch
   * keeps all cores busy.
   */
  max_running?: number
}

/** Keywords of one request. */
export interface RequestOptions {
  /** Its abort takes the request out of the queue, and rejects it also when it is running already. */
  signal?: AbortSignal
}

/** What has happened since the batcher was made. */
export interface BatcherStatistics {
  /** Requests, refused ones included. */
  readonly requests: number
  /** Requests that failed: refused, aborted, or because the model threw. */
  readonly failures: number
  /** Calls of the model. */
  readonly batches: number
  /** Requests that wait for their batch. */
  readonly waiting: number
  /** Requests in batches that run. */
  readonly running: number
  /** Samples in each call of the model. */
  readonly batchSizes: Histogram
  /** How long each request waited for its batch to begin, in milliseconds. */
  readonly waits: Histogram
  /** How long each call of the model took, in milliseconds. */
  readonly calls: Histogram
}

/** A sample: its only tensor, the model's positional arguments, or its keywords; tensors without a batch dimension. */
export type Sample = Tensor | readonly unknown[] | Readonly<Record<string, unknown>>

/** What `batcher` makes. */
export interface Batcher<R = Tensor> extends AsyncDisposable {
  /**
   * Runs the model on one sample. The sample's tensors must stay as they are until the answer; the result's have memory of
   * their own.
   *
   * @throws {TorchError} with the code `ERR_TORCH_OVERLOADED` when too many wait, `ERR_TORCH_CLOSED` after `close()`; the
   * reason of an aborted signal; and whatever the model threw for this sample
   */
  (sample: Sample, options?: RequestOptions): Promise<R>
  readonly statistics: BatcherStatistics
  /** Refuses further requests, and resolves when those that were made are answered. */
  close(): Promise<void>
}

const MILLISECONDS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]

function atLeast(least: number, name: string, value: unknown): number {
  const isFine = typeof value === 'number' && value >= least && (Number.isInteger(value) || value === Infinity)
  if (isFine) return value
  throw valueError(`batcher: ${name} must be a whole number of at least ${least}, got ${String(value)}`)
}

function milliseconds(name: string, value: unknown): number {
  if (typeof value === 'number' && value >= 0 && value < 2 ** 31) return value
  throw valueError(`batcher: ${name} must be a number from 0 to 2147483647, got ${String(value)}`)
}

function argumentsOf(sample: unknown): readonly unknown[] {
  const args = Array.isArray(sample) ? (sample as readonly unknown[]) : [sample]
  if (tensorsIn(args).length > 0) return args
  const got = Array.isArray(sample) || isPlainObject(sample) ? `a ${typeName(sample)} without one` : typeName(sample)
  throw new TypeError(`batcher: a sample is a Tensor, or an array or plain object with Tensors in it, got ${got}`)
}

function caller(model: unknown): (args: unknown[]) => unknown {
  if (model instanceof ScriptModule) return args => model.forwardAsync(...args)
  if (model instanceof ScriptFunction) return args => model.callAsync(...args)
  if (typeof model === 'function') return args => (model as (...args: unknown[]) => unknown)(...args)
  throw new TypeError(`batcher: expected a module or function, got ${typeName(model)}`)
}

/** The state and the work of one batcher. */
class Batches {
  readonly #call: (args: unknown[]) => unknown
  readonly #maxQueue: number
  readonly #maxRunning: number
  readonly #queue: Queue
  /** The context that the model runs in: the maker's, never that of a caller, whose scope would free others' tensors. */
  readonly #context = new AsyncResource('torch.inference.batcher')
  readonly #drained: (() => void)[] = []
  #closed = false
  #active = 0
  #running = 0
  #requests = 0
  #failures = 0
  #batches = 0
  readonly statistics: BatcherStatistics

  constructor(model: BatchModel, options: BatcherOptions) {
    this.#call = caller(model)
    const maxBatch = atLeast(1, 'max_batch', options.max_batch ?? 32)
    const maxWait = milliseconds('max_wait_ms', options.max_wait_ms ?? 5)
    this.#maxQueue = atLeast(1, 'max_queue', options.max_queue ?? Infinity)
    this.#maxRunning = atLeast(1, 'max_running', options.max_running ?? 1)
    this.#queue = new Queue(maxBatch, maxWait, () => this.#start())
    this.statistics = this.#report(maxBatch)
  }

  /** Resolves with the batch's result and the sample's place in it. */
  submit(sample: unknown, { signal }: RequestOptions): Promise<[result: unknown, place: number]> {
    this.#requests++
    return new Promise((resolve, reject) => {
      const fail = (reason: unknown): void => {
        this.#failures++
        reject(reason)
      }
      if (this.#closed) return fail(new TorchError('batcher: it is closed', 'ERR_TORCH_CLOSED'))
      if (signal?.aborted) return fail(signal.reason)
      if (this.#queue.size >= this.#maxQueue)
        return fail(new TorchError(`batcher: ${this.#maxQueue} requests wait already`, 'ERR_TORCH_OVERLOADED'))
      let args: readonly unknown[]
      let kind: string
      try {
        args = argumentsOf(sample)
        kind = kindOf(args)
      } catch (error) {
        return fail(error)
      }
      const settle = (answer: () => void): void => {
        if (request.settled) return
        request.settled = true
        forget()
        answer()
      }
      const request: Request = {
        args,
        since: performance.now(),
        resolve: (result, place) => settle(() => resolve([result, place])),
        reject: reason => settle(() => fail(reason)),
        settled: false,
      }
      const forget = onAbort(signal, reason => {
        this.#queue.remove(kind, request)
        request.reject(reason)
        this.#finish()
      })
      this.#queue.add(kind, request)
    })
  }

  close(): Promise<void> {
    this.#closed = true
    return new Promise(resolve => {
      this.#drained.push(resolve)
      this.#queue.hurry()
      this.#finish()
    })
  }

  /** Starts the batches that are ready and may run. */
  #start(): void {
    this.#context.runInAsyncScope(() => {
      while (this.#active < this.#maxRunning) {
        const requests = this.#queue.take()
        if (requests === null) return
        // Counted before it runs: the model may ask for more.
        this.#active++
        this.#running += requests.length
        const now = performance.now()
        for (const { since } of requests) (this.statistics.waits as Histogram).observe(now - since)
        // Not inference mode: TorchScript that has once run with gradients fails in it, as in Python.
        withModes({ grad: false, scope: 0 }, () => this.#run(requests)).finally(() => {
          this.#active--
          this.#running -= requests.length
          this.#start()
          this.#finish()
        })
      }
    })
  }

  /** Runs a batch; when it fails, its halves, so that a bad sample fails alone and the good ones run a few times only. */
  async #run(batch: readonly Request[]): Promise<void> {
    const requests = batch.filter(request => !request.settled)
    if (requests.length === 0) return
    try {
      const result = await this.#callModel(requests)
      for (const [place, request] of requests.entries()) request.resolve(result, place)
    } catch (error) {
      if (requests.length === 1) return requests[0]!.reject(error)
      const half = requests.length >> 1
      await this.#run(requests.slice(0, half))
      await this.#run(requests.slice(half))
    }
  }

  async #callModel(requests: readonly Request[]): Promise<unknown> {
    this.#batches++
    this.statistics.batchSizes.observe(requests.length)
    const begin = performance.now()
    try {
      const result = await this.#call(joined(requests.map(({ args }) => args)))
      checkRows(result, requests.length)
      return result
    } finally {
      this.statistics.calls.observe(performance.now() - begin)
    }
  }

  /** Tells those who wait for the end, when it has come. */
  #finish(): void {
    if (this.#active === 0 && this.#queue.size === 0) for (const resolve of this.#drained.splice(0)) resolve()
  }

  #report(maxBatch: number): BatcherStatistics {
    const self = this
    const sizes = Array.from({ length: 10 }, (_, i) => 2 ** i).filter(size => size < maxBatch)
    return {
      get requests() {
        return self.#requests
      },
      get failures() {
        return self.#failures
      },
      get batches() {
        return self.#batches
      },
      get waiting() {
        return self.#queue.size
      },
      get running() {
        return self.#running
      },
      batchSizes: new Histogram(Number.isFinite(maxBatch) ? [...sizes, maxBatch] : sizes),
      waits: new Histogram(MILLISECONDS),
      calls: new Histogram(MILLISECONDS),
    }
  }
}

/**
 * Makes one batch of the requests of many callers. A batch runs when it has `max_batch` samples or its first has waited
 * `max_wait_ms`, and fewer than `max_running` do; samples whose shapes, dtypes, devices or other arguments differ go into
 * different batches. When a batch fails its halves run again, so that a bad sample fails alone. Everything runs without
 * gradients, in the context of who made the batcher.
 *
 * ```ts
 * const classify = torch.inference.batcher(model, { max_batch: 16, max_wait_ms: 4 })
 * const scores = await classify(image) // [3, 224, 224] in, [1000] out
 * ```
 *
 * @throws {ValueError} for options out of their range
 */
export function batcher<R = Tensor>(model: BatchModel, options: BatcherOptions = {}): Batcher<R> {
  const batches = new Batches(model, options)
  // The row is cut out in the caller's context: it belongs to the caller's scope.
  const submit = async (sample: Sample, request: RequestOptions = {}): Promise<R> => {
    const [result, place] = await batches.submit(sample, request)
    return rowOf(result, place) as R
  }
  const close = (): Promise<void> => batches.close()
  return Object.assign(submit, { statistics: batches.statistics, close, [Symbol.asyncDispose]: close })
}
