import { setTimeout as sleep } from 'node:timers/promises'
import * as torch from 'torch-node'
import { afterEach, beforeEach, expect, test } from 'vitest'

const { inFlightCalls, maxInFlight, setMaxInFlight } = torch.inference
const before = maxInFlight()

beforeEach(() => setMaxInFlight(1))
afterEach(() => setMaxInFlight(before))

const work = torch.jit.script(`def work(x):
    for i in range(50):
        x = torch.tanh(x @ x)
    return x`)

test('no more calls run than the limit', async () => {
  const calls = Array.from({ length: 5 }, () => work.callAsync(torch.eye(64)))
  await Promise.resolve()
  expect(inFlightCalls()).toEqual({ running: 1, waiting: 4 })
  setMaxInFlight(3)
  expect(inFlightCalls()).toEqual({ running: 3, waiting: 2 })
  await Promise.all(calls)
  expect(inFlightCalls()).toEqual({ running: 0, waiting: 0 })
})

test('one that waited runs in the modes of its own caller', async () => {
  const weight = torch.eye(4).requires_grad_()
  const [without, recorded] = await Promise.all([torch.no_grad(() => work.callAsync(weight)), work.callAsync(weight)])
  expect([without.requires_grad, recorded.requires_grad]).toEqual([false, true])
})

test('a result belongs to the scope of its caller', async () => {
  setMaxInFlight(4)
  const twice = torch.jit.script('def twice(x):\n    return 2 * x')
  const caller = (value: number) =>
    torch.scope(async () => {
      for (let i = 0; i < 10; i++) {
        const result = await twice.callAsync(torch.full([3], value))
        await sleep((value * 7 + i) % 3)
        expect(result.tolist()).toEqual(Array(3).fill(2 * value))
      }
      return await twice.callAsync(torch.ones([1]))
    })
  const kept = await Promise.all(Array.from({ length: 20 }, (_, value) => caller(value)))
  expect(kept.map(t => t.item())).toEqual(Array(20).fill(2))
})

test('an aborted call that waits never starts', async () => {
  const controller = new AbortController()
  const first = work.callAsync(torch.eye(64))
  const second = work.callAsync(torch.eye(64), { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(second).rejects.toThrow('enough')
  await first
  expect(inFlightCalls()).toEqual({ running: 0, waiting: 0 })
})

test('the limit is a whole number of at least 1', () => {
  for (const bad of [0, -1, 1.5, Number.NaN]) expect(() => setMaxInFlight(bad)).toThrow(torch.ValueError)
  expect(maxInFlight()).toBe(1)
})
