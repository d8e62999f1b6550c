import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Tensor } from 'torch-node'
import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'
import { native } from '#lib/_C/native.js'

const { nn } = torch
const { batcher } = torch.inference

/** A function that notes how many samples each call had. */
function counting(fn: (x: Tensor) => unknown): { model: (x: Tensor) => unknown; sizes: number[] } {
  const sizes: number[] = []
  return {
    sizes,
    model: x => {
      sizes.push(x.size(0))
      return fn(x)
    },
  }
}

const one = (value: number, shape: readonly number[] = [2]): Tensor => torch.full(shape, value)

describe('requests become batches', () => {
  test('of TorchScript', async () => {
    torch.manual_seed(0)
    const net = torch.jit.trace(new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3)), [
      torch.randn(1, 4),
    ])
    const run = batcher(net, { max_batch: 8, max_wait_ms: 5 })
    const samples = Array.from({ length: 20 }, () => torch.randn(4))
    const results = await Promise.all(samples.map(sample => run(sample)))
    for (const [i, result] of results.entries()) {
      expect(result.shape).toEqual([3])
      expect(result.allclose(net(samples[i]!.unsqueeze(0)).squeeze(0), { atol: 1e-6 })).toBe(true)
    }
    expect(run.statistics).toMatchObject({ requests: 20, failures: 0, batches: 3, waiting: 0, running: 0 })
    expect(run.statistics.batchSizes).toMatchObject({
      bounds: [1, 2, 4, 8],
      counts: [0, 0, 1, 2, 0],
      count: 3,
      sum: 20,
    })
    expect(run.statistics.waits.count).toBe(20)
    expect(run.statistics.calls.count).toBe(3)
  })

  test('of a TorchScript function', async () => {
    const run = batcher(torch.jit.script('def twice(x):\n    return 2 * x'))
    const results = await Promise.all([run(one(1)), run(one(2))])
    expect(results.map(t => t.tolist())).toEqual([
      [2, 2],
      [4, 4],
    ])
    expect(run.statistics.batches).toBe(1)
  })

  test('of modules and functions of TypeScript, asynchronous ones too', async () => {
    const layer = new nn.Linear(2, 2)
    const [a, b] = await Promise.all([batcher(layer)(one(1)), batcher(async (x: Tensor) => x.add(1))(one(1))])
    expect(a.allclose(layer(one(1)))).toBe(true)
    expect(b.tolist()).toEqual([2, 2])
  })

  test('by shape, dtype and other arguments', async () => {
    const sizes: number[] = []
    const run = batcher((x: Tensor, { scale, shift }: { scale: number; shift: Tensor }) => {
      sizes.push(x.size(0))
      return x.mul(scale).add(shift)
    })
    const ask = (x: Tensor, scale: number) => run([x, { scale, shift: one(1, [1]) }])
    const results = await Promise.all([
      ask(one(1), 2),
      ask(one(2), 2),
      ask(one(1), 3),
      ask(one(1, [3]), 2),
      ask(one(1).to(torch.float64), 2),
    ])
    expect(results.map(t => t.tolist())).toEqual([
      [3, 3],
      [5, 5],
      [4, 4],
      [3, 3, 3],
      [3, 3],
    ])
    expect(results[4]!.dtype).toBe(torch.float64)
    expect(sizes).toEqual([2, 1, 1, 1])
  })

  test('with keywords alone, lists, dictionaries and strings', async () => {
    const source = `def forward(self, xs: List[Tensor], named: Dict[str, Tensor], mode: str):
        y = xs[0] + xs[1] + named['z']
        return -y if mode == 'negative' else y`
    const run = batcher(torch.jit.script(new nn.Identity(), source))
    const ask = (value: number, mode: string) =>
      run({ xs: [one(value), one(1)], named: new Map([['z', one(10)]]), mode })
    const results = await Promise.all([ask(1, 'plain'), ask(2, 'plain'), ask(1, 'negative')])
    expect(results.map(t => t.tolist())).toEqual([
      [12, 12],
      [13, 13],
      [-12, -12],
    ])
    expect(run.statistics.batches).toBe(2)
  })

  test('one tensor given twice is not taken for two', async () => {
    const run = batcher((a: Tensor, b: Tensor) => a.mul(10).add(b))
    const same = one(1)
    const results = await Promise.all([run([same, same]), run([one(2), one(3)])])
    expect(results.map(t => t.tolist())).toEqual([
      [11, 11],
      [23, 23],
    ])
  })

  test('results may be nested, and named tuples stay such', async () => {
    const run = batcher<{ best: { values: Tensor; indices: Tensor }; parts: Tensor[]; label: string }>((x: Tensor) => ({
      best: x.max(1),
      parts: [x, x.add(1)],
      label: 'scores',
    }))
    const [first, second] = await Promise.all([run(torch.tensor([1, 5, 2])), run(torch.tensor([7, 5, 2]))])
    expect([first.best.values.item(), first.best.indices.item()]).toEqual([5, 1])
    expect([second.best.values.item(), second.best.indices.item()]).toEqual([7, 0])
    expect(second.parts.map(t => t.tolist())).toEqual([
      [7, 5, 2],
      [8, 6, 3],
    ])
    expect(first.label).toBe('scores')
  })

  test('1,000 at once', async () => {
    const run = batcher(torch.jit.script('def square(x):\n    return x * x'), { max_batch: 64, max_wait_ms: 1 })
    const results = await Promise.all(Array.from({ length: 1000 }, (_, i) => run(one(i, [1]))))
    expect(results.every((t, i) => t.item() === i * i)).toBe(true)
    expect(run.statistics).toMatchObject({ requests: 1000, batches: 16 })
  })
})

describe('when a batch runs', () => {
  test('at once when it is full', async () => {
    const { model, sizes } = counting(x => x)
    const run = batcher(model, { max_batch: 2, max_wait_ms: 60_000 })
    await Promise.all([run(one(1)), run(one(2)), run(one(3)), run(one(4))])
    expect(sizes).toEqual([2, 2])
  })

  test('when the first has waited long enough', async () => {
    const run = batcher((x: Tensor) => x, { max_batch: 100, max_wait_ms: 30 })
    const begin = performance.now()
    await run(one(1))
    expect(performance.now() - begin).toBeGreaterThanOrEqual(28)
  })

  test('while others run it grows', async () => {
    const ends: (() => void)[] = []
    const sizes: number[] = []
    const model = async (x: Tensor) => {
      sizes.push(x.size(0))
      await new Promise<void>(resolve => ends.push(resolve))
      return x
    }
    const run = batcher(model, { max_batch: 8, max_wait_ms: 0 })
    const first = run(one(0))
    while (sizes.length === 0) await turn()
    const others = Array.from({ length: 5 }, (_, i) => run(one(i)))
    await new Promise(resolve => setTimeout(resolve, 10))
    expect(run.statistics).toMatchObject({ waiting: 5, running: 1 })
    ends.pop()!()
    await first
    while (ends.length === 0) await turn()
    ends.pop()!()
    await Promise.all(others)
    expect(sizes).toEqual([1, 5])
  })

  test('several at once when asked', async () => {
    let active = 0
    let most = 0
    const model = async (x: Tensor) => {
      most = Math.max(most, ++active)
      await turn()
      active--
      return x
    }
    const run = batcher(model, { max_batch: 1, max_running: 3 })
    await Promise.all(Array.from({ length: 9 }, () => run(one(1))))
    expect(most).toBe(3)
  })
})

describe('failures', () => {
  test('a bad sample fails alone, and the good ones run few times', async () => {
    const { model, sizes } = counting(x => {
      if (x.eq(13).any().item()) throw new RangeError('unlucky')
      return x.add(1)
    })
    const run = batcher(model, { max_batch: 16 })
    const results = await Promise.allSettled(Array.from({ length: 16 }, (_, i) => run(one(i))))
    for (const [i, result] of results.entries()) {
      if (i === 13) expect(result).toMatchObject({ status: 'rejected', reason: new RangeError('unlucky') })
      else expect(result.status === 'fulfilled' && result.value.tolist()).toEqual([i + 1, i + 1])
    }
    expect(sizes).toEqual([16, 8, 8, 4, 4, 2, 1, 1, 2])
    expect(run.statistics).toMatchObject({ failures: 1, batches: 9 })
  })

  test('of TorchScript too', async () => {
    const source = `def forward(self, x):
        assert not bool((x < 0).any()), 'negative'
        return torch.sqrt(x)`
    const run = batcher(torch.jit.script(new nn.Identity(), source))
    const results = await Promise.allSettled([run(one(4)), run(one(-1)), run(one(9))])
    expect(results.map(result => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect((results[1] as PromiseRejectedResult).reason).toBeInstanceOf(torch.TorchError)
    expect(String((results[1] as PromiseRejectedResult).reason)).toContain('negative')
  })

  test('a sample that was disposed fails alone', async () => {
    const run = batcher((x: Tensor) => x.add(1))
    const gone = one(2)
    const results = [run(one(1)), run(gone), run(one(3))]
    gone.dispose()
    expect((await Promise.allSettled(results)).map(result => result.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
  })

  test('results without the batch as first dimension are refused', async () => {
    await expect(batcher((x: Tensor) => x.sum())(one(1))).rejects.toThrow(
      /shape \[\] for a batch of 1.*first dimension/,
    )
  })

  test('samples without tensors are refused', async () => {
    const run = batcher((x: Tensor) => x)
    for (const bad of [[], [1, 'a'], { a: 1 }, 3, null, undefined])
      await expect(run(bad as unknown as Tensor)).rejects.toThrow(TypeError)
    expect(run.statistics.failures).toBe(6)
  })

  test('options are checked', () => {
    const model = (x: Tensor) => x
    for (const options of [{ max_batch: 0 }, { max_batch: 1.5 }, { max_wait_ms: -1 }, { max_wait_ms: Infinity }])
      expect(() => batcher(model, options)).toThrow(torch.ValueError)
    for (const options of [{ max_queue: 0 }, { max_running: Number.NaN }])
      expect(() => batcher(model, options)).toThrow(torch.ValueError)
    expect(() => batcher(3 as unknown as typeof model)).toThrow(/expected a module or function, got int/)
  })

  test('too many that wait are refused at once', async () => {
    const run = batcher((x: Tensor) => x, { max_queue: 2 })
    const waiting = [run(one(1)), run(one(2))]
    await expect(run(one(3))).rejects.toMatchObject({ code: 'ERR_TORCH_OVERLOADED' })
    expect(await Promise.all(waiting)).toHaveLength(2)
    await run(one(4))
  })
})

describe('abort', () => {
  test('takes a waiting request out of its batch', async () => {
    const { model, sizes } = counting(x => x)
    const run = batcher(model)
    const controller = new AbortController()
    const kept = run(one(1))
    const aborted = run(one(2), { signal: controller.signal })
    controller.abort(new Error('gone'))
    await expect(aborted).rejects.toThrow('gone')
    await kept
    expect(sizes).toEqual([1])
    await expect(run(one(1), { signal: controller.signal })).rejects.toThrow('gone')
  })

  test('rejects one that runs, and the others are answered', async () => {
    let end = (): void => {}
    const model = async (x: Tensor) => {
      await new Promise<void>(resolve => {
        end = resolve
      })
      return x
    }
    const run = batcher(model, { max_batch: 2 })
    const controller = new AbortController()
    const kept = run(one(1))
    const aborted = run(one(2), { signal: controller.signal })
    controller.abort()
    await expect(aborted).rejects.toMatchObject({ name: 'AbortError' })
    end()
    expect((await kept).tolist()).toEqual([1, 1])
  })

  test('leaves no listener on a signal that serves many requests', async () => {
    const controller = new AbortController()
    const { signal } = controller
    let listeners = 0
    const { addEventListener, removeEventListener } = signal
    signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners++
      addEventListener.apply(signal, args)
    }
    signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners--
      removeEventListener.apply(signal, args)
    }
    const run = batcher((x: Tensor) => {
      if (x.eq(3).any().item()) throw new Error('three')
      return x
    })
    const warnings: Error[] = []
    const note = (warning: Error) => warnings.push(warning)
    process.on('warning', note)
    await Promise.allSettled(Array.from({ length: 20 }, (_, i) => run(one(i), { signal })))
    await turn()
    process.off('warning', note)
    expect(listeners).toBe(0)
    expect(warnings).toEqual([])
  })
})

describe('contexts and memory', () => {
  test('the model runs without gradients, whoever asks', async () => {
    const modes: boolean[] = []
    const layer = new nn.Linear(2, 1)
    const run = batcher((x: Tensor) => {
      modes.push(torch.is_grad_enabled(), torch.is_inference_mode_enabled())
      return layer(x)
    })
    const result = await run(one(1))
    await torch.inference_mode(() => run(one(1)))
    expect(modes).toEqual([false, false, false, false])
    expect([result.requires_grad, torch.is_grad_enabled()]).toEqual([false, true])
  })

  test('TorchScript that has run with gradients may be served', async () => {
    const net = torch.jit.trace(new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU()), [torch.randn(1, 4)])
    for (let i = 0; i < 3; i++) expect(net(torch.randn(1, 4)).requires_grad).toBe(true)
    const run = batcher(net)
    for (let i = 0; i < 3; i++) expect((await run(torch.randn(4))).requires_grad).toBe(false)
  })

  test("a caller's scope frees its own result and nobody else's", async () => {
    const run = batcher((x: Tensor) => x.add(1), { max_batch: 2 })
    let inside: Tensor | null = null
    const [, other] = await Promise.all([
      torch.scope(async () => {
        inside = await run(one(1))
      }),
      run(one(5)),
    ])
    expect(native.isDisposed(inside!)).toBe(true)
    expect(other.tolist()).toEqual([6, 6])
  })

  test('a result has memory of its own', async () => {
    const run = batcher((x: Tensor) => x)
    const sample = one(1)
    const [result] = await Promise.all([run(sample), run(one(2))])
    expect(result.untyped_storage().nbytes()).toBe(8)
    result.fill_(7)
    expect(sample.tolist()).toEqual([1, 1])
  })

  test('nothing is left behind', async () => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const run = batcher(torch.jit.script('def twice(x):\n    return 2 * x'), { max_batch: 16, max_wait_ms: 0 })
    const round = async () => {
      const results = await Promise.all(Array.from({ length: 100 }, () => run(torch.randn(1000))))
      for (const result of results) result.dispose()
    }
    await round()
    gc()
    const before = native.liveCount()
    for (let i = 0; i < 20; i++) await round()
    await turn()
    gc()
    expect(native.liveCount() - before).toBeLessThan(10)
  })
})

describe('close', () => {
  test('answers those who wait, and refuses others', async () => {
    const run = batcher(torch.jit.script('def twice(x):\n    return 2 * x'), { max_batch: 4, max_wait_ms: 60_000 })
    const waiting = [1, 2, 3, 4, 5, 6].map(value => run(one(value, [1])))
    const closed = run.close()
    await expect(run(one(1))).rejects.toMatchObject({ code: 'ERR_TORCH_CLOSED' })
    await closed
    expect(run.statistics).toMatchObject({ waiting: 0, running: 0 })
    expect((await Promise.all(waiting)).map(t => t.item())).toEqual([2, 4, 6, 8, 10, 12])
    await run.close()
  })

  test('need not wait for those who left', async () => {
    const controller = new AbortController()
    const run = batcher((x: Tensor) => x, { max_wait_ms: 60_000 })
    const request = run(one(1), { signal: controller.signal })
    controller.abort()
    await run.close()
    await expect(request).rejects.toThrow()
  })
})
