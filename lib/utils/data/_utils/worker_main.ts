/** A worker thread of a `DataLoader`: builds the batches that it is asked for, one after the other. */
import { parentPort, receiveMessageOnPort } from 'node:worker_threads'
import { get_num_threads, set_num_threads } from '../../../_process.js'
import { tensorsIn } from '../../../_tensors_in.js'
import { manual_seed } from '../../../random.js'
import { Dataset, type DatasetLike, IterableDataset, TensorDataset } from '../dataset.js'
import { default_collate } from './collate.js'
import { failureOf } from './failure.js'
import { type Collate, ended, type Fetcher, MapFetcher, StreamFetcher } from './fetch.js'
import { importFunctions } from './import.js'
import type { Failure, FromWorker, Job, Start, ToWorker } from './messages.js'
import { Names } from './names.js'
import { takeApart } from './pack.js'
import { putTogether } from './unpack.js'
import { beginLoading, setWorkerInfo } from './worker_info.js'

type Fetch = Extract<ToWorker, { type: 'fetch' }>

class DataWorker {
  readonly #start: Start
  readonly #names: Names
  readonly #dataset: DatasetLike<unknown> | IterableDataset<unknown>
  readonly #collate: Collate
  readonly #fresh: boolean
  #fetcher: Fetcher
  #ended = false

  constructor(start: Start, names: Names, job: Job) {
    this.#start = start
    this.#names = names
    this.#dataset = job.dataset as DatasetLike<unknown>
    this.#collate = job.collate_fn as Collate
    this.#fresh = this.#collate === default_collate && !hasOwnBatches(this.#dataset)
    this.#fetcher = this.#newFetcher()
  }

  static async create(start: Start): Promise<DataWorker> {
    beginLoading()
    // LibTorch reads the process's number when a thread first asks: later it would replace this one.
    get_num_threads()
    set_num_threads(1)
    const seed = start.seed + BigInt(start.id)
    manual_seed(seed)
    const names = await Names.load()
    const resolve = await importFunctions(start.job.modules)
    const job = putTogether(start.job, names, resolve) as Job
    // What the modules drew while they were imported is not the dataset's affair.
    manual_seed(seed)
    const { id, num_workers } = start
    setWorkerInfo({ id, num_workers, seed, dataset: job.dataset as DatasetLike<unknown> })
    if (job.worker_init_fn !== null) await (job.worker_init_fn as (id: number) => unknown)(id)
    return new DataWorker(start, names, job)
  }

  newPass(): void {
    this.#fetcher = this.#newFetcher()
    this.#ended = false
  }

  async fetch({ pass, task, wanted }: Fetch): Promise<void> {
    if (this.#ended) return
    const batch = await this.#fetcher.fetchAsync(wanted)
    if (batch === ended) {
      this.#ended = true
      send({ type: 'end', pass, task })
      return
    }
    takeApart(batch, 'the batch', this.#names).send(packed => send({ type: 'batch', pass, task, batch: packed }))
    // Nobody else has them, and the collector of this thread does not see how large they are to the process.
    if (this.#fresh) for (const t of tensorsIn(batch)) t.dispose()
  }

  #newFetcher(): Fetcher {
    const { batched, drop_last } = this.#start
    return this.#dataset instanceof IterableDataset
      ? new StreamFetcher(this.#dataset, batched, this.#collate, drop_last)
      : new MapFetcher(this.#dataset, batched, this.#collate)
  }
}

/** Then a batch may be something that the dataset keeps. */
function hasOwnBatches(dataset: unknown): boolean {
  return dataset instanceof Dataset && !!dataset.getBatch && dataset.getBatch !== TensorDataset.prototype.getBatch
}

const port = parentPort!
const send = (answer: FromWorker): void => port.postMessage(answer)

const queue: ToWorker[] = []
let running = false
let worker: DataWorker | null = null
/** Why there is no worker: told once, for the first batch that is asked for. */
let broken: Failure | null = null

/** Takes in what has been said meanwhile: a new pass makes older requests void. */
function receive(message: ToWorker): void {
  if (message.type === 'pass') queue.length = 0
  queue.push(message)
}

async function obey(message: ToWorker): Promise<void> {
  if (message.type === 'start') {
    try {
      worker = await DataWorker.create(message)
    } catch (error) {
      broken = failureOf(error)
    }
    send({ type: 'ready' })
  } else if (message.type === 'pass') {
    worker?.newPass()
  } else {
    const { pass, task } = message
    try {
      if (worker) await worker.fetch(message)
      else send({ type: 'error', pass, task, error: broken! })
    } catch (error) {
      send({ type: 'error', pass, task, error: failureOf(error) })
    }
  }
}

async function run(): Promise<void> {
  if (running) return
  running = true
  for (let message = queue.shift(); message; message = queue.shift()) {
    await obey(message)
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port))
      receive(next.message as ToWorker)
  }
  running = false
}

port.on('message', (message: ToWorker) => {
  receive(message)
  void run()
})
