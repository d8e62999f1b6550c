import { setTimeout as sleep } from 'node:timers/promises'
import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'

describe('torch.scope', () => {
  it('frees what was made inside but what it returns', () => {
    let inner: torch.Tensor | undefined
    const result = torch.scope(() => {
      inner = torch.ones(3)
      return {
        sum: inner.add(1),
        list: [inner.mul(5)],
        map: new Map([['k', inner.neg()]]),
        set: new Set([inner.abs()]),
      }
    })
    expect(inner!.isDisposed).toBe(true)
    expect(result.sum.tolist()).toEqual([2, 2, 2])
    expect(result.list[0]!.tolist()).toEqual([5, 5, 5])
    expect(result.map.get('k')!.tolist()).toEqual([-1, -1, -1])
    expect([...result.set][0]!.isDisposed).toBe(false)
  })

  it('leaves tensors from outside alone', () => {
    const x = torch.ones(2, { requires_grad: true })
    torch.scope(() => x.mul(2).sum().backward())
    expect([x.isDisposed, x.grad!.tolist()]).toEqual([false, [2, 2]])
  })

  it('frees when the function throws', () => {
    let inner: torch.Tensor | undefined
    expect(() =>
      torch.scope(() => {
        inner = torch.ones(3)
        throw new Error('out')
      }),
    ).toThrow('out')
    expect(inner!.isDisposed).toBe(true)
  })

  it('nests: what an inner scope returns belongs to the outer one', () => {
    let middle: torch.Tensor | undefined
    const kept = torch.scope(() => {
      middle = torch.scope(() => torch.ones(2))
      expect(middle.isDisposed).toBe(false)
      return middle.add(1)
    })
    expect([middle!.isDisposed, kept.tolist()]).toEqual([true, [2, 2]])
  })

  it('follows awaits, and takes nothing that others make meanwhile', async () => {
    let inner: torch.Tensor | undefined
    const others: torch.Tensor[] = []
    const work = torch.scope(async () => {
      await sleep(2)
      inner = torch.ones(4)
      await sleep(4)
      return inner.sum()
    })
    for (let i = 0; i < 4; i++) {
      await sleep(1)
      others.push(torch.ones(1))
    }
    expect((await work).item()).toBe(4)
    expect(inner!.isDisposed).toBe(true)
    expect(others.some(t => t.isDisposed)).toBe(false)
  })

  it('what getters make belongs to the context that asks', async () => {
    const x = torch.ones(1, { requires_grad: true })
    x.mul(2).backward()
    const work = torch.scope(async () => {
      torch.ones(1)
      await sleep(2)
    })
    const { grad, data } = x
    await work
    expect([grad!.item(), data.item()]).toEqual([2, 1])
  })

  it('a rejected promise frees too', async () => {
    let inner: torch.Tensor | undefined
    const work = torch.scope(async () => {
      await sleep(1)
      inner = torch.ones(1)
      throw new Error('later')
    })
    await expect(work).rejects.toThrow('later')
    expect(inner!.isDisposed).toBe(true)
  })

  it('a training step leaves no tensor behind', () => {
    const weight = torch.randn([8, 8], { requires_grad: true })
    const step = () => {
      weight.grad = null
      const loss = torch.randn(4, 8).matmul(weight).pow(2).mean()
      loss.backward()
      torch.no_grad(() => weight.sub_(weight.grad!.mul(0.1)))
      return loss.item()
    }
    const before = torch.liveTensors()
    for (let i = 0; i < 20; i++) torch.scope(step)
    expect(torch.liveTensors()).toBe(before)
  })
})

describe('using', () => {
  it('frees at the end of the block', () => {
    let outside: torch.Tensor
    {
      using x = torch.ones(2)
      outside = x
    }
    expect(outside.isDisposed).toBe(true)
  })
})

describe('the leak report', () => {
  afterEach(() => torch.trackTensors(false))

  it('groups live tensors by the line that made them', () => {
    torch.trackTensors(true)
    const kept = [torch.ones(100, 100), torch.tensor([1, 2, 3])]
    for (let i = 0; i < 3; i++) kept.push(torch.zeros(5, 5))
    const report = torch.leakReport()
    const [head] = report.split('\n')
    expect(head).toMatch(/^\d+ live tensors, \d+ bytes$/)
    expect(report).toMatch(/1 × 40000 bytes at .*memory\.test\.ts:\d+/)
    expect(report).toMatch(/3 × 300 bytes at .*memory\.test\.ts:\d+.*\n {4}3 × Float \[5, 5\]/)
    for (const t of kept) t.dispose()
    expect(torch.leakReport()).not.toContain('[100, 100]')
  })

  it('asks for tracking where a tensor has no place', () => {
    const x = torch.ones(77)
    expect(torch.leakReport()).toMatch(/trackTensors\(true\)/)
    expect(torch.leakReport()).toContain('[77]')
    x.dispose()
  })
})

describe('garbage', () => {
  it('is collected in a loop without awaits', () => {
    const x = torch.ones(2, 2)
    let most = 0
    for (let i = 0; i < 100_000; i++) {
      x.add(x)
      if (i % 1000 === 0) most = Math.max(most, torch.liveTensors())
    }
    expect(most).toBeLessThan(20_000)
  })
})
