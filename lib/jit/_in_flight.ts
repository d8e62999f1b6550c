/** How many asynchronous calls may run at once; the others wait their turn, in order. */
import { AsyncResource } from 'node:async_hooks'
import { availableParallelism } from 'node:os'
import { onAbort } from '../_abort.js'
import { valueError } from '../_C/raise.js'

class InFlight {
  #limit = Math.max(4, availableParallelism())
  #running = 0
  readonly #waiting = new Set<() => void>()

  get limit(): number {
    return this.#limit
  }

  set limit(limit: number) {
    if (!Number.isInteger(limit) || limit < 1) throw valueError(`expected a whole number of at least 1, got ${limit}`)
    this.#limit = limit
    this.#next()
  }

  get running(): number {
    return this.#running
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /**
   * Starts `start` when its turn has come. An aborted call rejects at once: one that waits never starts; of one that runs
   * the result is dropped, and its place is taken until it has ended.
   */
  run<T>(start: () => Promise<T>, signal: AbortSignal | null): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      // In its caller's context, whoever's end it is that lets it begin: grad mode and scope are that of the caller.
      const begin = AsyncResource.bind((): void => {
        this.#running++
        // A wrong argument throws before anything runs.
        const work = new Promise<T>(done => done(start()))
        const settled = (): void => {
          this.#running--
          forget()
          this.#next()
        }
        work.then(resolve, reject)
        work.then(settled, settled)
      })
      const forget = onAbort(signal, reason => {
        this.#waiting.delete(begin)
        reject(reason)
      })
      this.#waiting.add(begin)
      this.#next()
    })
  }

  #next(): void {
    for (const begin of this.#waiting) {
      if (this.#running >= this.#limit) return
      this.#waiting.delete(begin)
      begin()
    }
  }
}

export const inFlight = new InFlight()
