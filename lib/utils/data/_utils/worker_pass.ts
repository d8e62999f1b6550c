import { TorchError } from '../../../_C/errors.js'
import { rebuild } from './failure.js'
import type { Answer } from './messages.js'
import { discard, putTogether } from './unpack.js'
import type { Receiver, WorkerPool } from './worker_pool.js'

export interface PassOptions {
  pass: number
  indices: Iterator<unknown>
  prefetch: number
  inOrder: boolean
  /** Seconds, 0 for none. */
  timeout: number
}

/** A batch that was asked for: of which worker, and the answer where it came before its turn. */
interface Task {
  readonly worker: number
  answer?: Answer
}

/** One pass over a dataset by workers: batch i is the work of worker i modulo their number, as in Python. */
export class WorkerPass implements Receiver {
  readonly #pool: WorkerPool
  readonly #options: PassOptions
  readonly #tasks = new Map<number, Task>()
  readonly #arrived: Answer[] = []
  /** Has the worker's stream not ended yet? */
  readonly #active: boolean[]
  readonly #load: number[]
  #next = 0
  #sent = 0
  #received = 0
  #wake: (() => void) | null = null
  #over = false

  constructor(pool: WorkerPool, options: PassOptions) {
    this.#pool = pool
    this.#options = options
    this.#active = Array(pool.size).fill(true)
    this.#load = Array(pool.size).fill(0)
    pool.receiver?.failed(
      new TorchError('Another loop over this DataLoader has begun: persistent workers serve one at a time'),
    )
    pool.receiver = this
    if (options.pass > 0) for (let i = 0; i < pool.size; i++) pool.post(i, { type: 'pass', pass: options.pass })
    for (let i = 0; i < options.prefetch * pool.size; i++) this.#ask()
  }

  #failure: Error | null = null

  answered(_worker: number, answer: Answer): void {
    if (answer.pass !== this.#options.pass || this.#over) {
      if (answer.type === 'batch') discard(answer.batch)
      return
    }
    this.#arrived.push(answer)
    this.#wake?.()
  }

  ready(): void {
    this.#wake?.()
  }

  failed(error: Error): void {
    this.#failure ??= error
    this.#wake?.()
  }

  /** The next batch in an array of one, or null at the end. */
  async next(): Promise<[unknown] | null> {
    while (!this.#over) {
      this.#skipEnded()
      if (this.#received >= this.#sent) return null
      const due = this.#tasks.get(this.#received)!
      if (due.answer) {
        this.#tasks.delete(this.#received++)
        return [this.#take(due.answer, due.worker)]
      }
      const answer = await this.#wait()
      if (answer === null) return null
      const task = this.#tasks.get(answer.task)!
      if (answer.type === 'end') {
        this.#active[task.worker] = false
        this.#ask()
      } else if (answer.task === this.#received || !this.#options.inOrder) {
        this.#tasks.delete(answer.task)
        if (answer.task === this.#received) this.#received++
        return [this.#take(answer, task.worker)]
      } else task.answer = answer
    }
    return null
  }

  /** Lets go of everything that has come and nobody will take. */
  end(): void {
    if (this.#over) return
    this.#over = true
    for (const answer of this.#arrived) if (answer.type === 'batch') discard(answer.batch)
    for (const { answer } of this.#tasks.values()) if (answer?.type === 'batch') discard(answer.batch)
    this.#arrived.length = 0
    this.#tasks.clear()
    if (this.#pool.receiver === this) this.#pool.receiver = null
    this.#wake?.()
  }

  /** Batches of workers whose stream has ended will not come. */
  #skipEnded(): void {
    for (; this.#received < this.#sent; this.#received++) {
      const task = this.#tasks.get(this.#received)
      if (task && (task.answer || this.#active[task.worker])) return
      this.#tasks.delete(this.#received)
    }
  }

  #take(answer: Answer, worker: number): unknown {
    this.#load[worker]!--
    try {
      this.#ask()
    } catch (error) {
      if (answer.type === 'batch') discard(answer.batch)
      throw error
    }
    if (answer.type === 'error') throw rebuild(answer.error, worker)
    const { batch } = answer as Extract<Answer, { type: 'batch' }>
    return putTogether(batch, this.#pool.names!, name => {
      const found = this.#pool.known.find(name)
      if (found) return found
      throw new TypeError(
        `A worker's batch has an instance of ${name.name} (${name.url}), which this thread has not seen: let the collate_fn ` +
          'give tensors, arrays, plain objects or Maps',
      )
    })
  }

  /** Gives the next batch's numbers to the next worker. */
  #ask(): void {
    const wanted = this.#options.indices.next()
    if (wanted.done) return
    const limit = this.#options.prefetch * this.#pool.size
    for (let tries = 0; tries < this.#pool.size; tries++) {
      const worker = this.#next
      this.#next = (worker + 1) % this.#pool.size
      if (!this.#active[worker]) continue
      const share = Math.floor(limit / this.#active.filter(Boolean).length)
      if (!this.#options.inOrder && this.#load[worker]! >= share) continue
      this.#pool.post(worker, { type: 'fetch', pass: this.#options.pass, task: this.#sent, wanted: wanted.value })
      this.#tasks.set(this.#sent++, { worker })
      this.#load[worker]!++
      return
    }
  }

  async #wait(): Promise<Answer | null> {
    const { timeout } = this.#options
    let timer: NodeJS.Timeout | undefined
    let late = false
    this.#pool.hold(true)
    try {
      while (!this.#over) {
        const answer = this.#arrived.shift()
        if (answer) return answer
        if (this.#failure) throw this.#failure
        if (late) throw new TorchError(`DataLoader timed out after ${timeout} seconds`)
        // The clock starts when the workers can.
        if (timeout > 0 && this.#pool.isReady)
          timer ??= setTimeout(() => {
            late = true
            this.#wake?.()
          }, timeout * 1000)
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
        this.#wake = null
      }
      return null
    } finally {
      clearTimeout(timer)
      this.#pool.hold(false)
    }
  }
}
