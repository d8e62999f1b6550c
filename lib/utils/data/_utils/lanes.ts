import { TorchError } from '../../../_C/errors.js'
import { ended } from './fetch.js'

export interface LaneOptions {
  /** How many loads run at once. */
  lanes: number
  /** How many results may wait or be under way. */
  ahead: number
  inOrder: boolean
  /** Seconds, 0 for none. */
  timeout: number
}

/** A result under way, with its place in the order. */
interface Job {
  result: Promise<Outcome>
}

type Outcome = { job: Job; value: unknown } | { job: Job; error: unknown }

/** Runs a loading function ahead of the reader, some at once, and hands the results out. */
export class Lanes<T> implements AsyncIterableIterator<T> {
  readonly #load: () => Promise<unknown>
  readonly #options: LaneOptions
  readonly #jobs: Job[] = []
  #running = 0
  #finished = false

  constructor(load: () => Promise<unknown>, options: LaneOptions) {
    this.#load = load
    this.#options = options
    this.#fill()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<T>> {
    while (true) {
      this.#fill()
      if (this.#jobs.length === 0) return { done: true, value: undefined }
      const pending = this.#options.inOrder ? this.#jobs[0]!.result : Promise.race(this.#jobs.map(job => job.result))
      const outcome = await this.#withTimeout(pending)
      this.#jobs.splice(this.#jobs.indexOf(outcome.job), 1)
      if ('error' in outcome) {
        this.#finished = true
        throw outcome.error
      }
      if (outcome.value !== ended) return { done: false, value: outcome.value as T }
    }
  }

  /** A loop that is left stops the loading. */
  async return(): Promise<IteratorResult<T>> {
    this.#finished = true
    this.#jobs.length = 0
    return { done: true, value: undefined }
  }

  #fill(): void {
    const { lanes, ahead } = this.#options
    while (!this.#finished && this.#running < lanes && this.#jobs.length < ahead) this.#start()
  }

  #start(): void {
    this.#running++
    const job = {} as Job
    job.result = this.#load().then(
      value => {
        if (value === ended) this.#finished = true
        return this.#end({ job, value })
      },
      (error: unknown) => this.#end({ job, error }),
    )
    this.#jobs.push(job)
  }

  #end(outcome: Outcome): Outcome {
    this.#running--
    this.#fill()
    return outcome
  }

  async #withTimeout(pending: Promise<Outcome>): Promise<Outcome> {
    const { timeout } = this.#options
    if (timeout === 0) return pending
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new TorchError(`DataLoader timed out after ${timeout} seconds`)), timeout * 1000)
    })
    try {
      return await Promise.race([pending, late])
    } finally {
      clearTimeout(timer)
    }
  }
}
