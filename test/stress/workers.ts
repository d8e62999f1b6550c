/**
 * Many threads that load the addon and compute at once, and tensors that cross between them. This file is both the main
 * thread's side and the worker's.
 */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import * as torch from 'torch-node'
import type { Tensor } from '#lib/tensor.js'

interface Task {
  kind: 'compute' | 'echo'
  seed: number
}

interface Handed {
  /** Address of the tensor's memory there. */
  address: bigint
  /** The tensor's ticket, for the way back. */
  tensor: unknown
}

/** What each worker computes: operators, a backward pass, data in and out. The result is the same for the same seed. */
export function compute(seed: number): number {
  const generator = new torch.Generator().manual_seed(seed)
  const a = torch.randn([32, 32], { generator })
  const weight = torch.randn([32, 32], { generator }).requires_grad_()
  const loss = a.matmul(weight).relu().sum()
  loss.backward()
  return torch.tensor([1, 2]).sum().add(weight.grad!.sum()).add(loss.detach()).item() as number
}

if (!isMainThread) {
  const { kind, seed } = workerData as Task
  if (kind === 'compute') {
    let result = 0
    for (let i = 0; i < 20; i++) result = compute(seed)
    parentPort!.postMessage(result)
  } else {
    parentPort!.postMessage('ready')
    parentPort!.on('message', (message: unknown) => {
      if (message === 'end') return parentPort!.close()
      const tensor = torch.multiprocessing.adopt(message) as unknown as Tensor
      const back = { address: tensor.data_ptr(), tensor: torch.multiprocessing.share(tensor) }
      parentPort!.postMessage(back)
    })
  }
}

function start(program: string, task: Task): Worker {
  return new Worker(program, { workerData: task })
}

async function nextMessage<T>(worker: Worker): Promise<T> {
  const [message] = (await once(worker, 'message')) as [T]
  return message
}

async function ended(worker: Worker): Promise<void> {
  const [code] = (await once(worker, 'exit')) as [number]
  if (code !== 0) throw new Error(`a worker exited with ${code}`)
}

/** `count` workers at once, each computing for itself; resolves when all have ended. `program` is this file, compiled. */
export async function computeInWorkers(program: string, count: number): Promise<void> {
  const expected = Array.from({ length: count }, (_, seed) => compute(seed))
  await Promise.all(
    expected.map(async (wanted, seed) => {
      const worker = start(program, { kind: 'compute', seed })
      const exit = ended(worker)
      const result = await nextMessage<number>(worker)
      if (result !== wanted) throw new Error(`worker ${seed} computed ${result}, the main thread ${wanted}`)
      await exit
    }),
  )
}

export interface CrossingFigures {
  /** Milliseconds there and back, the median of all trips. */
  milliseconds: number
  sameMemory: boolean
  trips: number
}

/** A 100 MB tensor goes to a worker and back. */
export async function crossing(program: string, trips: number): Promise<CrossingFigures> {
  const worker = start(program, { kind: 'echo', seed: 0 })
  const exit = ended(worker)
  await nextMessage(worker)
  const tensor = torch.ones([25_000_000])
  const address = tensor.data_ptr()
  let sameMemory = true
  const times: number[] = []
  for (let i = 0; i < trips; i++) {
    const begin = performance.now()
    worker.postMessage(torch.multiprocessing.share(tensor))
    const handed = await nextMessage<Handed>(worker)
    const back = torch.multiprocessing.adopt(handed.tensor) as unknown as Tensor
    times.push(performance.now() - begin)
    sameMemory &&= handed.address === address && back.data_ptr() === address
  }
  worker.postMessage('end')
  await exit
  times.sort((a, b) => a - b)
  return { milliseconds: times[times.length >> 1]!, sameMemory, trips }
}
