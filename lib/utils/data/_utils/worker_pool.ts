import { Worker } from 'node:worker_threads'
import { TorchError } from '../../../_C/errors.js'
import { native } from '../../../_C/native.js'
import { get_num_threads, set_num_threads } from '../../../_process.js'
import type { Answer, FromWorker, Job, Start, ToWorker } from './messages.js'
import { Names } from './names.js'
import { KnownFunctions, type Parts, takeApart } from './pack.js'
import { discard } from './unpack.js'

/** Who gets the answers of a pool's workers. */
export interface Receiver {
  answered(worker: number, answer: Answer): void
  /** All workers have imported what they need. */
  ready(): void
  failed(error: Error): void
}

type Plan = Omit<Start, 'type' | 'id' | 'job'>

/** Node's options of this process that a worker can't take. */
const NOT_FOR_WORKERS = /^(-e|--eval|-p|--print|-pe|--input-type(=.*)?)$/

function workerOptions(): { execArgv?: string[]; argv: string[] } {
  const argv = process.argv.slice(2)
  const unfit = process.execArgv.some(option => NOT_FOR_WORKERS.test(option))
  if (!unfit) return { argv }
  const execArgv: string[] = []
  for (const [i, option] of process.execArgv.entries())
    if (/^--(import|require|loader|experimental-loader)$/.test(process.execArgv[i - 1] ?? '')) execArgv.push(option)
    else if (/^--(import|require|loader|experimental-loader|conditions|enable-source-maps)/.test(option))
      execArgv.push(option)
  return { argv, execArgv }
}

/** The worker threads of a loader, from their start to their end. */
export class WorkerPool {
  readonly size: number
  readonly known = new KnownFunctions()
  names: Names | null = null
  receiver: Receiver | null = null
  #workers: Worker[] = []
  #waiting: [number, ToWorker][] | null = []
  #ready = 0
  #held = false
  #closed = false
  #failure: Error | null = null
  #closing: Promise<void> | null = null

  constructor(plan: Plan, job: Job) {
    this.size = plan.num_workers
    native.prepareThreadGenerators()
    void this.#start(plan, job)
  }

  get failure(): Error | null {
    return this.#failure
  }

  get isReady(): boolean {
    return this.#ready === this.size
  }

  post(worker: number, message: ToWorker): void {
    if (this.#waiting) this.#waiting.push([worker, message])
    else this.#workers[worker]!.postMessage(message)
  }

  /** While somebody waits for a batch the workers keep the process alive. */
  hold(held: boolean): void {
    this.#held = held
    for (const worker of this.#workers) held ? worker.ref() : worker.unref()
  }

  /** Ends all threads; done when they are gone. */
  close(): Promise<void> {
    this.#closed = true
    this.#waiting = null
    this.#closing ??= Promise.all(this.#workers.map(worker => worker.terminate())).then(() => {})
    return this.#closing
  }

  async #start(plan: Plan, job: Job): Promise<void> {
    try {
      this.names = await Names.load()
      if (this.#closed) return
      // Named in error messages as the loader's options are.
      const parts = takeApart({ ...job }, 'DataLoader', this.names, this.known)
      for (let id = 0; id < this.size; id++) this.#spawn(id, plan, parts)
      const waiting = this.#waiting ?? []
      this.#waiting = null
      for (const [worker, message] of waiting) this.post(worker, message)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #spawn(id: number, plan: Plan, parts: Parts): void {
    const worker = new Worker(new URL('./worker.js', import.meta.url), workerOptions())
    this.#workers.push(worker)
    if (!this.#held) worker.unref()
    let reason: Error | null = null
    worker.on('message', (message: FromWorker) => this.#receive(id, message))
    worker.on('error', error => {
      reason = error as Error
    })
    worker.on('exit', code => {
      if (this.#closed) return
      const why = reason ? `: ${reason.stack ?? String(reason)}` : ` with exit code ${code}`
      const error = new TorchError(`DataLoader worker (thread ${id}) exited unexpectedly${why}`)
      if (reason) error.cause = reason
      this.#fail(error)
    })
    parts.send(job => worker.postMessage({ ...plan, type: 'start', id, job } satisfies Start))
  }

  #receive(id: number, message: FromWorker): void {
    if (message.type !== 'ready') {
      if (this.receiver && !this.#closed) this.receiver.answered(id, message)
      else if (message.type === 'batch') discard(message.batch)
      return
    }
    // The worker has told the process that one thread is enough; for new threads of LibTorch that is not so.
    set_num_threads(get_num_threads())
    if (++this.#ready === this.size) this.receiver?.ready()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    this.receiver?.failed(this.#failure)
  }
}
