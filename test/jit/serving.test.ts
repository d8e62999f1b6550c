/** Calls that run on the addon's own threads. */
import { Worker } from 'node:worker_threads'
import * as torch from 'torch-node'
import { afterEach, describe, expect, test } from 'vitest'

type Tensor = torch.Tensor

/** Works for `rounds` matrix products, or raises for negative ones. */
const busy = torch.jit.script(`
  def busy(x: Tensor, rounds: int) -> Tensor:
    if rounds < 0:
      raise ValueError("no rounds")
    y = x
    for i in range(rounds):
      y = torch.tanh(torch.mm(y, x))
    return y
`)
const increment = torch.jit.script('def increment(x: Tensor, by: int = 1) -> Tensor:\n  return x + by')

const limit = torch.inference.maxInFlight()
afterEach(() => torch.inference.setMaxInFlight(limit))

const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

/** A call that certainly runs until `stop` is called: it is made again as long as it is not. */
async function keepBusy(count: number): Promise<() => Promise<void>> {
  let stopped = false
  const workers = Array.from({ length: count }, async () => {
    while (!stopped) await busy.callAsync(torch.eye(64), 50)
  })
  await turn()
  return async () => {
    stopped = true
    await Promise.all(workers)
  }
}

describe('asynchronous calls', () => {
  test('the event loop turns while a heavy script runs', async () => {
    const x = torch.rand(256, 256)
    let done = false
    const work = busy.callAsync(x, 200).finally(() => {
      done = true
    })
    let turns = 0
    let timers = 0
    const timer = setInterval(() => timers++, 1)
    while (!done) {
      await turn()
      turns++
    }
    clearInterval(timer)
    expect((await work).shape).toEqual([256, 256])
    // A call that blocked would be over before the first turn.
    expect(turns).toBeGreaterThan(50)
    expect(timers).toBeGreaterThan(3)
  })

  test('arguments and results live as long as the call needs them', async () => {
    const calls: Promise<Tensor>[] = []
    for (let i = 0; i < 200; i++) {
      // Nobody here holds the argument.
      calls.push(increment.callAsync(torch.full([1000], i), 1))
      if (i % 20 === 0) {
        globalThis.gc?.()
        // Young garbage enough for collections where `gc` is not exposed.
        for (let k = 0; k < 200; k++) torch.zeros(1000)
        await turn()
      }
    }
    const results = await Promise.all(calls)
    for (const [i, result] of results.entries())
      expect(
        result
          .eq(i + 1)
          .all()
          .item(),
        `call ${i}`,
      ).toBe(true)
  })

  test('a disposed argument is kept by the call that has it', async () => {
    const x = torch.ones(4)
    const call = increment.callAsync(x)
    x.dispose()
    expect((await call).tolist()).toEqual([2, 2, 2, 2])
    expect(() => increment(x)).toThrow(/disposed/)
    await expect(increment.callAsync(x)).rejects.toThrow(/disposed/)
  })

  test('of 200 calls in flight each gets its own result or error', async () => {
    const answers = await Promise.allSettled(
      Array.from({ length: 200 }, (_, i) => {
        if (i % 5 === 1) return busy.callAsync(torch.eye(2), -1)
        if (i % 5 === 2) return busy.callAsync(torch.ones(2, 3), i)
        if (i % 5 === 3) return busy.callAsync('x', i)
        return increment.callAsync(torch.tensor(i), i)
      }),
    )
    for (const [i, answer] of answers.entries()) {
      if (i % 5 === 0 || i % 5 === 4) {
        expect(answer.status).toBe('fulfilled')
        expect((answer as PromiseFulfilledResult<Tensor>).value.item()).toBe(2 * i)
        continue
      }
      expect(answer.status).toBe('rejected')
      const { reason } = answer as PromiseRejectedResult
      if (i % 5 === 1) expect(reason).toBeInstanceOf(torch.JITException)
      else if (i % 5 === 2) expect(String(reason)).toMatch(/mat1 and mat2/)
      else expect(reason).toBeInstanceOf(TypeError)
    }
    expect(torch.inference.inFlightCalls()).toEqual({ running: 0, waiting: 0 })
  })

  test('no more run at once than may, and the others start in order', async () => {
    torch.inference.setMaxInFlight(2)
    const order: number[] = []
    const calls = Array.from({ length: 20 }, (_, i) =>
      increment.callAsync(torch.tensor(i)).then(() => {
        order.push(i)
      }),
    )
    await turn()
    expect(torch.inference.inFlightCalls().running).toBeLessThanOrEqual(2)
    await Promise.all(calls)
    // Two run side by side, so neighbours may change places; nobody overtakes more.
    for (const [place, i] of order.entries()) expect(Math.abs(place - i)).toBeLessThanOrEqual(2)
    for (const wrong of [0, -1, 1.5, Number.NaN])
      expect(() => torch.inference.setMaxInFlight(wrong)).toThrow(torch.ValueError)
  })

  test('grad mode is that of the caller', async () => {
    const x = torch.ones(2, { requires_grad: true })
    const [a, b] = await Promise.all([increment.callAsync(x), torch.no_grad(async () => await increment.callAsync(x))])
    expect([a.requires_grad, b.requires_grad]).toEqual([true, false])
    a.sum().backward()
    expect(x.grad!.tolist()).toEqual([1, 1])
  })
})

describe('an AbortSignal', () => {
  test('that was aborted before: nothing runs', async () => {
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(increment.callAsync(torch.ones(1), { signal })).rejects.toThrow('too late')
    expect(torch.inference.inFlightCalls()).toEqual({ running: 0, waiting: 0 })
  })

  test('while the call waits: it never starts, and its place goes to the next', async () => {
    torch.inference.setMaxInFlight(1)
    const stop = await keepBusy(1)
    const controller = new AbortController()
    const aborted = increment.callAsync(torch.ones(1), { signal: controller.signal })
    const next = increment.callAsync(torch.ones(1))
    await turn()
    expect(torch.inference.inFlightCalls()).toEqual({ running: 1, waiting: 2 })
    controller.abort()
    await expect(aborted).rejects.toThrow(/abort/)
    expect(torch.inference.inFlightCalls().waiting).toBe(1)
    await stop()
    expect((await next).item()).toBe(2)
  })

  test('while it runs: the promise rejects at once, and the thread’s place is free when it is done', async () => {
    torch.inference.setMaxInFlight(1)
    const controller = new AbortController()
    const call = busy.callAsync(torch.rand(128, 128), 200, { signal: controller.signal })
    await turn()
    expect(torch.inference.inFlightCalls().running).toBe(1)
    controller.abort(new Error('stop'))
    await expect(call).rejects.toThrow('stop')
    expect(torch.inference.inFlightCalls().running).toBe(1)
    expect((await increment.callAsync(torch.ones(1))).item()).toBe(2)
    expect(torch.inference.inFlightCalls().running).toBe(0)
  })

  test('after the end does nothing, and keywords beside it reach the script', async () => {
    const controller = new AbortController()
    const result = await increment.callAsync(torch.ones(1), { by: 5, signal: controller.signal })
    controller.abort()
    expect(result.item()).toBe(6)
  })
})

describe('worker threads', () => {
  const program = `
    const { parentPort, workerData } = require('node:worker_threads')
    import('torch-node').then(async torch => {
      const busy = torch.jit.load(workerData)
      const x = torch.rand(64, 64)
      parentPort.postMessage((await busy.forwardAsync(x, 1)).shape)
      for (;;) await Promise.all(Array.from({ length: 8 }, () => busy.forwardAsync(x, 100)))
    })`

  test('a worker that is terminated while its calls run takes nothing with it', async () => {
    const { mkdtempSync, rmSync } = await import('node:fs')
    const { tmpdir } = await import('node:os')
    const { join } = await import('node:path')
    const folder = mkdtempSync(join(tmpdir(), 'torch-node-serving-'))
    const file = join(folder, 'busy.pt')
    busy.save(file)
    for (let i = 0; i < 5; i++) {
      const worker = new Worker(program, { eval: true, workerData: file })
      const shape = await new Promise((resolve, reject) => {
        worker.once('message', resolve)
        worker.once('error', reject)
      })
      expect(shape).toEqual([64, 64])
      await turn()
      await worker.terminate()
    }
    rmSync(folder, { recursive: true })
    expect((await increment.callAsync(torch.ones(1))).item()).toBe(2)
  })
})
