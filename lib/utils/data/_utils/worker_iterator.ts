import type { WorkerPass } from './worker_pass.js'
import type { WorkerPool } from './worker_pool.js'

/** Ends what an iterator has begun that nobody can reach any more. */
const forgotten = new FinalizationRegistry<() => void>(end => end())

/** Hands out the batches of a pass over workers. */
export class WorkerIterator<Batch> implements AsyncIterableIterator<Batch> {
  readonly #pool: WorkerPool
  readonly #pass: WorkerPass
  readonly #persistent: boolean
  readonly #finish: (batch: unknown) => unknown
  /** Calls of `next` take their turns. */
  #turn: Promise<unknown> = Promise.resolve()
  #done = false

  /** `finish` is what happens to a batch in this thread. */
  constructor(pool: WorkerPool, pass: WorkerPass, persistent: boolean, finish: (batch: unknown) => unknown) {
    this.#pool = pool
    this.#pass = pass
    this.#persistent = persistent
    this.#finish = finish
    const end = () => {
      pass.end()
      if (!persistent) void pool.close()
    }
    forgotten.register(this, end, this)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Batch>> {
    const result = this.#turn.then(() => this.#take())
    this.#turn = result.catch(() => {})
    return result
  }

  /** A loop that is left ends the workers, unless they are persistent. */
  async return(): Promise<IteratorResult<Batch>> {
    await this.#end()
    return { done: true, value: undefined }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }

  async #take(): Promise<IteratorResult<Batch>> {
    if (this.#done) return { done: true, value: undefined }
    try {
      const batch = await this.#pass.next()
      if (batch !== null) return { done: false, value: this.#finish(batch[0]) as Batch }
    } catch (error) {
      await this.#end()
      throw error
    }
    return this.return()
  }

  async #end(): Promise<void> {
    if (this.#done && this.#persistent) return
    this.#done = true
    forgotten.unregister(this)
    this.#pass.end()
    if (!this.#persistent || this.#pool.failure) await this.#pool.close()
  }
}

/** Ends a loader's persistent workers when the loader is gone. */
export function closeWithOwner(owner: object, pool: WorkerPool): void {
  forgotten.register(owner, () => void pool.close())
}
