/** Thousands of calls hold on to nothing. */
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as torch from 'torch-node'
import { expect, test } from 'vitest'
import { native } from '#lib/_C/native.js'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const work = torch.jit.script(`
  def work(x: Tensor, fail: bool) -> Dict[str, List[Tensor]]:
    if fail:
      raise ValueError("asked for")
    return {"a": [x + 1, x * 2], "b": [x.relu()]}
`)

async function rounds(count: number): Promise<void> {
  for (let i = 0; i < count; i += 20) {
    const calls = Array.from({ length: 20 }, (_, k) => {
      const x = torch.rand(50_000)
      return k % 4 === 0 ? work.callAsync(x, true).catch(() => null) : work.callAsync(x, false)
    })
    await Promise.all(calls)
  }
}

test('2,000 calls leave neither tensors nor memory behind', async () => {
  await rounds(400)
  const settle = async (): Promise<{ live: number; rss: number }> => {
    for (let i = 0; i < 5; i++) {
      collect()
      await sleep(10)
    }
    return { live: native.liveCount(), rss: process.memoryUsage().rss }
  }
  const before = await settle()
  await rounds(2_000)
  const after = await settle()
  // A leak of one tensor a call would be 2,000 tensors, and 400 MB.
  expect(after.live - before.live).toBeLessThan(100)
  expect(after.rss - before.rss).toBeLessThan(150e6)
})
