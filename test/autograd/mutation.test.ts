import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { graph } = torch.autograd

const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true })

describe('allow_mutation_on_saved_tensors', () => {
  it('lets backward see what a tensor was', () => {
    const a = leaf(1, 2)
    graph.allow_mutation_on_saved_tensors(() => {
      const b = a.clone()
      const out = b.pow(2).sum()
      b.sin_()
      out.backward()
    })
    expect(a.grad!.tolist()).toEqual([2, 4])
  })

  it('sees changes through views, of lists of tensors, and of out', () => {
    const a = leaf(1, 2, 3)
    const c = leaf(4, 5, 6)
    graph.allow_mutation_on_saved_tensors(() => {
      const [b, d] = [a.clone(), c.clone()]
      const e = b.mul(d)
      const out = e.pow(2).sum()
      torch.no_grad(() => {
        b.at(torch.slice(1, null)).zero_()
        torch._foreach_mul_([d], 3)
        torch.add(b, 1, { out: e })
      })
      out.backward()
    })
    // d(ab)²/da = 2ab²
    expect(a.grad!.tolist()).toEqual([32, 100, 216])
    expect(c.grad!.tolist()).toEqual([8, 40, 108])
  })

  it('copies a tensor once, and only where it was saved', () => {
    graph.allow_mutation_on_saved_tensors(() => {
      const b = leaf(1, 2).clone()
      const out = b.pow(2)
      b.mul_(2)
      const later = b.pow(2)
      b.mul_(2)
      out.sum().add(later.sum()).backward()
      const free = torch.ones(2)
      free.add_(1)
      expect(free.tolist()).toEqual([2, 2])
    })
  })

  it('can not be nested, and its graphs end with it', () => {
    expect(() => graph.allow_mutation_on_saved_tensors(() => graph.allow_mutation_on_saved_tensors(() => 1))).toThrow(
      'contexts cannot be nested',
    )
    const out = graph.allow_mutation_on_saved_tensors(() => leaf(1).exp())
    expect(() => out.backward()).toThrow("outside of the 'allow_mutation_on_saved_tensors' context")
    {
      using _ = graph.allow_mutation_on_saved_tensors() as Disposable
      const b = leaf(3).clone()
      const y = b.pow(2)
      b.zero_()
      y.backward()
    }
    const x = leaf(1).clone()
    const y = x.pow(2)
    x.zero_()
    expect(() => y.backward()).toThrow('modified by an inplace operation')
  })

  it('follows the asynchronous context', async () => {
    const a = leaf(1, 2)
    await graph.allow_mutation_on_saved_tensors(async () => {
      const b = a.clone()
      const out = b.pow(2).sum()
      await Promise.resolve()
      b.zero_()
      await Promise.resolve()
      out.backward()
    })
    expect(a.grad!.tolist()).toEqual([2, 4])
  })
})
