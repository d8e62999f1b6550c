import { typeName } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { valueError } from '../_C/raise.js'
import { stack } from '../_generated/torch.js'
import { mapPlain, tensorsIn } from '../_tensors_in.js'
import { no_grad } from '../autograd/grad_mode.js'
import type { Tensor } from '../tensor.js'

/** What a batcher runs: a module of TorchScript, on threads of the addon's own; or any function, where it is called. */
export type BatchModel =
  | ((...args: never[]) => unknown)
  | { forwardAsync(...args: unknown[]): Promise<unknown>; (...args: never[]): unknown }

/** Keywords of `batcher`. */
export interface BatcherOptions {
  /** Samples in one call of the model. Default 32. */
  max_batch?: number
  /** How long, in milliseconds, the first sample of a batch waits for others. Default 5. */
  max_wait_ms?: number
  /** Requests that may wait; further ones are refused at once with `ERR_TORCH_OVERLOADED`. Default: no limit. */
  max_queue?: number
}

/** Keywords of one request. */
export interface RequestOptions {
  /** Its abort takes the request out of the queue, and rejects it also when it is running already. */
  signal?: AbortSignal
}

/** What has happened since the batcher was made. */
export interface BatcherStatistics {
  requests: number
  batches: number
  /** Requests that failed, aborted ones included. */
  failures: number
  /** Requests that wait for their batch. */
  waiting: number
  /** Requests in batches that run. */
  running: number
}

export interface Batcher<R = Tensor> {
  /** Runs the model on one sample: its tensors without a batch dimension, in the order of the model's arguments. */
  (sample: Tensor | readonly unknown[], options?: RequestOptions): Promise<R>
  readonly statistics: Readonly<BatcherStatistics>
  /** Refuses further requests; resolves when those that were made are answered. */
  close(): Promise<void>
}

interface Request {
  args: readonly unknown[]
  resolve(result: unknown): void
  reject(reason: unknown): void
  settled: boolean
}

/** What samples of one batch have in common: shapes and dtypes of tensors, and everything else as it is. */
function kindOf(args: readonly unknown[]): string {
  return args
    .map(value => {
      if (!native.isTensor(value))
        return `${typeof value}:${JSON.stringify(value, (_, v) => (typeof v === 'bigint' ? `${v}n` : v))}`
      const t = value as Tensor
      return `${t.dtype.name}${t.device}[${t.shape}]`
    })
    .join('|')
}

/** Each argument of several samples as one: tensors stacked, everything else that of the first. */
function joined(samples: readonly (readonly unknown[])[]): unknown[] {
  return samples[0]!.map((value, i) =>
    native.isTensor(value) ? stack(samples.map(sample => sample[i] as Tensor)) : value,
  )
}

/** The part of a result that belongs to one sample: row `i` of every tensor in it. */
function rowOf(result: unknown, i: number): unknown {
  // A clone: a view would keep the results of the whole batch alive.
  return mapPlain(result, part => (native.isTensor(part) ? (part as Tensor).select(0, i).clone() : undefined))
}

function checkRows(result: unknown, count: number): void {
  for (const t of tensorsIn(result))
    if (t.dim() === 0 || t.size(0) !== count)
      throw new TorchError(
        `batcher: the model gave a tensor of shape [${t.shape}] for a batch of ${count}: its results must have the batch ` +
          'as their first dimension',
      )
}

function positive(name: string, value: number, whole: boolean): number {
  if (
    typeof value === 'number' &&
    value >= (whole ? 1 : 0) &&
    (!whole || Number.isInteger(value) || value === Infinity)
  )
    return value
  throw valueError(`batcher: ${name} must be a ${whole ? 'whole number of at least 1' : 'number of at least 0'}`)
}

/**
 * Makes one batch of the requests of many callers. A batch runs when it has `max_batch` samples or its first has waited
 * `max_wait_ms`; samples of different shapes or dtypes go into different batches. When a batch fails, its samples run one
 * by one, so that a bad one fails alone. Everything runs without gradients.
 *
 * ```ts
 * const classify = torch.inference.batcher(model, { max_batch: 16, max_wait_ms: 4 })
 * const scores = await classify(image) // [3, 224, 224] in, [1000] out
 * ```
 */
export function batcher<R = Tensor>(model: BatchModel, options: BatcherOptions = {}): Batcher<R> {
  if (typeof model !== 'function') throw new TypeError(`batcher: expected a module or function, got ${typeName(model)}`)
  const maxBatch = positive('max_batch', options.max_batch ?? 32, true)
  const maxWait = positive('max_wait_ms', options.max_wait_ms ?? 5, false)
  const maxQueue = positive('max_queue', options.max_queue ?? Infinity, true)
  const statistics: BatcherStatistics = { requests: 0, batches: 0, failures: 0, waiting: 0, running: 0 }
  const queues = new Map<string, Request[]>()
  const timers = new Map<string, NodeJS.Timeout>()
  const running = new Set<Promise<void>>()
  let closed = false

  const call = async (args: unknown[]): Promise<unknown> =>
    no_grad(() =>
      'forwardAsync' in model ? model.forwardAsync(...args) : (model as (...args: unknown[]) => unknown)(...args),
    )

  const answer = (request: Request, settle: () => void): void => {
    if (request.settled) return
    request.settled = true
    settle()
  }

  const fail = (request: Request, reason: unknown): void =>
    answer(request, () => {
      statistics.failures++
      request.reject(reason)
    })

  const runBatch = async (requests: readonly Request[]): Promise<void> => {
    statistics.batches++
    const result = await call(joined(requests.map(({ args }) => args)))
    checkRows(result, requests.length)
    for (const [i, request] of requests.entries()) answer(request, () => request.resolve(rowOf(result, i)))
  }

  const runRequests = async (requests: readonly Request[]): Promise<void> => {
    statistics.running += requests.length
    try {
      await runBatch(requests)
    } catch (error) {
      if (requests.length === 1) fail(requests[0]!, error)
      else for (const request of requests) await runBatch([request]).catch(reason => fail(request, reason))
    } finally {
      statistics.running -= requests.length
    }
  }

  const flush = (kind: string): void => {
    clearTimeout(timers.get(kind))
    timers.delete(kind)
    const requests = queues.get(kind)?.splice(0, maxBatch) ?? []
    if (queues.get(kind)?.length === 0) queues.delete(kind)
    if (requests.length === 0) return
    statistics.waiting -= requests.length
    const work = runRequests(requests)
    running.add(work)
    work.finally(() => running.delete(work))
  }

  const enqueue = (kind: string, request: Request): void => {
    const queue = queues.get(kind) ?? []
    queues.set(kind, queue)
    queue.push(request)
    statistics.waiting++
    if (queue.length >= maxBatch) flush(kind)
    else if (!timers.has(kind))
      timers.set(
        kind,
        setTimeout(() => flush(kind), maxWait),
      )
  }

  const leave = (kind: string, request: Request): void => {
    const queue = queues.get(kind)
    const place = queue?.indexOf(request) ?? -1
    if (place < 0) return
    queue!.splice(place, 1)
    statistics.waiting--
  }

  const submit = (sample: Tensor | readonly unknown[], { signal }: RequestOptions = {}): Promise<unknown> =>
    new Promise((resolve, reject) => {
      statistics.requests++
      const args = native.isTensor(sample) ? [sample] : (sample as readonly unknown[])
      const request: Request = { args, resolve, reject, settled: false }
      if (closed) return fail(request, new TorchError('batcher: it is closed'))
      if (!Array.isArray(args) || !args.some(native.isTensor))
        return fail(
          request,
          new TypeError(`batcher: a sample is a Tensor or an array with one, got ${typeName(sample)}`),
        )
      if (statistics.waiting >= maxQueue)
        return fail(request, new TorchError(`batcher: ${maxQueue} requests wait already`, 'ERR_TORCH_OVERLOADED'))
      if (signal?.aborted) return fail(request, signal.reason)
      const kind = kindOf(args)
      const abort = (): void => {
        leave(kind, request)
        fail(request, signal!.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
      request.resolve = result => {
        signal?.removeEventListener('abort', abort)
        resolve(result)
      }
      enqueue(kind, request)
    })

  const close = async (): Promise<void> => {
    closed = true
    for (const kind of [...queues.keys()]) while (queues.has(kind)) flush(kind)
    await Promise.all(running)
  }

  return Object.defineProperties(submit, {
    statistics: { value: statistics },
    close: { value: close },
  }) as unknown as Batcher<R>
}
