import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { functional_call } = torch.func
type Tensor = torch.Tensor

describe('functional_call', () => {
  const layer = new nn.Linear(2, 1)
  const own = layer.weight
  const weight = torch.tensor([[1, 2]], { requires_grad: true })
  const x = torch.tensor([3, 4])

  it('uses other tensors for one call, and gradients flow to them', () => {
    const y = functional_call(layer, [{ weight }, { bias: torch.tensor([1]) }], x)
    expect(y.tolist()).toEqual([12])
    expect(torch.autograd.grad(y, weight)[0]!.tolist()).toEqual([[3, 4]])
    expect(layer.weight === own).toBe(true)
    expect(layer.named_parameters().map(([name]) => name)).toEqual(['weight', 'bias'])
  })

  it('reaches inner modules, buffers and keywords', () => {
    class Net extends nn.Module {
      inner = new nn.Linear(2, 2)
      constructor() {
        super()
        this.register_buffer('scale', torch.ones(1))
      }
      forward(t: Tensor, { shift = 0 }: { shift?: number } = {}) {
        return this.inner(t)
          .mul((this as unknown as { scale: Tensor }).scale)
          .add(shift)
      }
    }
    const zeros = { 'inner.weight': torch.zeros(2, 2), 'inner.bias': torch.ones(2), scale: torch.tensor([5]) }
    expect(functional_call(new Net(), zeros, [x], { shift: 1 }).tolist()).toEqual([6, 6])
  })

  it('replaces tied tensors under all their names, unless told otherwise', () => {
    class Tied extends nn.Module {
      a = new nn.Parameter(torch.ones(1))
      b = this.a
      forward(t: Tensor) {
        return t.mul(this.a).add(this.b)
      }
    }
    const two = torch.tensor([2])
    const one = torch.ones(1)
    expect(functional_call(new Tied(), { a: two }, one).item()).toBe(4)
    expect(functional_call(new Tied(), { a: two }, one, null, { tie_weights: false }).item()).toBe(3)
    expect(() => functional_call(new Tied(), { a: two, b: one }, one)).toThrow('multiple values for keys a, b')
  })

  it('restores the module when the call throws or its promise settles', async () => {
    expect(() => functional_call(layer, { weight }, torch.ones(5))).toThrow()
    expect(layer.weight === own).toBe(true)
    class Later extends nn.Module {
      p = new nn.Parameter(torch.ones(1))
      async forward() {
        await Promise.resolve()
        return this.p.item()
      }
    }
    const later = new Later()
    expect(await (functional_call(later, { p: torch.tensor([7]) }) as Promise<number>)).toBe(7)
    expect(later.p.item()).toBe(1)
  })

  it('checks names and kinds', () => {
    expect(() => functional_call(layer, { weight }, x, null, { strict: true })).toThrow("Missing key(s): 'bias'.")
    expect(() => functional_call(layer, [{ weight }, { weight }], x)).toThrow("['weight'] appeared in multiple")
    expect(() => functional_call(layer, { weight: 1 as never }, x)).toThrow(TypeError)
    expect(() => functional_call(layer, 1 as never, x)).toThrow('to be a dict')
    expect(() => functional_call(layer, { 'no.weight': weight }, x)).toThrow('no attribute')
    expect(() => functional_call({} as never, { weight }, x)).toThrow(TypeError)
    expect(layer.weight === own).toBe(true)
  })
})
