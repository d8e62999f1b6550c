import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { share, adopt, revoke } = torch.multiprocessing

/** Adds 1 to the tensor `x` of each message in place and sends it back. */
const adder = `
import { parentPort } from 'node:worker_threads'
import { multiprocessing } from 'torch-node'
parentPort.on('message', message => {
  if (message === 'end') return parentPort.close()
  const { x, ...rest } = multiprocessing.adopt(message)
  x.add_(1)
  parentPort.postMessage(multiprocessing.share({ x, address: x.data_ptr(), ...rest }))
})`

/** A worker that runs a module's text; imports become dynamic, because evaluated text is no module. */
function evaluate(source: string, workerData?: unknown): Worker {
  const code = source
    .replace(/^import \{(.*)\} from '(.*)'$/gm, "const {$1} = await import('$2')")
    .replace(/^import \* as (.*) from '(.*)'$/gm, "const $1 = await import('$2')")
  return new Worker(`(async () => {${code}})()`, { eval: true, workerData })
}

const answer = <T>(worker: Worker) =>
  new Promise<T>((done, fail) => {
    worker.once('message', done)
    worker.once('error', fail)
  })

describe('share and adopt', () => {
  it('replace tensors in plain values and keep the rest', () => {
    const x = torch.ones(2)
    const shared = share({ x, list: [x, 1, 'a'], map: new Map([['k', x]]), nothing: null, when: new Date(0) })
    const { port1, port2 } = new MessageChannel()
    port1.postMessage(shared)
    const { message } = receiveMessageOnPort(port2) as { message: typeof shared }
    port1.close()
    const back = adopt(message) as unknown as {
      x: torch.Tensor
      list: unknown[]
      map: Map<string, torch.Tensor>
      nothing: null
      when: Date
    }
    expect(back.x.data_ptr()).toBe(x.data_ptr())
    expect(back.list.slice(1)).toEqual([1, 'a'])
    expect((back.list[0] as torch.Tensor).data_ptr()).toBe(x.data_ptr())
    expect(back.map.get('k')!.tolist()).toEqual([1, 1])
    expect([back.nothing, back.when]).toEqual([null, new Date(0)])
  })

  it('a ticket is good once; revoked ones are not', () => {
    const shared = share(torch.ones(2))
    expect(adopt(shared)).toBeInstanceOf(torch.Tensor)
    expect(() => adopt(shared)).toThrow(/adopted already/)
    const unsent = share([torch.ones(2), torch.ones(3)])
    expect([revoke(unsent), revoke(unsent)]).toEqual([2, 0])
    expect(() => adopt(unsent)).toThrow(torch.TorchError)
  })

  it('what has a graph stays in its thread', () => {
    const x = torch.ones(2, { requires_grad: true })
    expect(() => share({ y: x.mul(2) })).toThrow(/detach\(\)/)
    expect(adopt(share(x)).requires_grad).toBe(true)
  })
})

describe('worker threads', () => {
  it('have the same memory: changes are seen on both sides', async () => {
    const worker = evaluate(adder)
    const x = torch.zeros(3)
    worker.postMessage(share({ x, step: 4 }))
    const message = await answer<ReturnType<typeof share<{ x: torch.Tensor; address: bigint; step: number }>>>(worker)
    const back = adopt(message) as unknown as { x: torch.Tensor; address: bigint; step: number }
    expect(x.tolist()).toEqual([1, 1, 1])
    expect([back.address, back.step]).toEqual([x.data_ptr(), 4])
    worker.postMessage('end')
  })

  it('sixteen compute at once', { timeout: 120_000 }, async () => {
    const source = `
import { parentPort, workerData } from 'node:worker_threads'
import * as torch from 'torch-node'
torch.set_num_threads(1)
const w = torch.ones(8, 8, { requires_grad: true })
let total = 0
for (let i = 0; i < 50; i++) {
  const loss = torch.full([4, 8], workerData).matmul(w).sum()
  loss.backward()
  total = loss.item()
}
parentPort.postMessage([total, w.grad.sum().item()])`
    const workers = Array.from({ length: 16 }, (_, i) => evaluate(source, i))
    const codes = workers.map(worker => new Promise<number>(done => worker.once('exit', done)))
    const results = await Promise.all(workers.map(worker => answer<[number, number]>(worker)))
    expect(results).toEqual(workers.map((_, i) => [i * 8 * 32, i * 50 * 4 * 64]))
    expect(await Promise.all(codes)).toEqual(workers.map(() => 0))
  })
})
