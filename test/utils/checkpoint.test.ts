import * as torch from 'torch-node'
import { nn, utils } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { checkpoint, checkpoint_sequential, CheckpointError } = utils.checkpoint
type Tensor = torch.Tensor

const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true })

describe.each([false, true])('checkpoint with use_reentrant %s', use_reentrant => {
  it('gives the gradients of the plain computation, running the function twice', () => {
    let runs = 0
    const f = (x: Tensor, factor: number) => {
      runs++
      return x.sin().mul(x.exp()).mul(factor)
    }
    const [x, y] = [leaf(1, 2), leaf(1, 2)]
    const out = checkpoint(f, x, 3, { use_reentrant })
    expect(runs).toBe(1)
    out.sum().backward()
    expect(runs).toBe(2)
    f(y, 3).sum().backward()
    expect(x.grad!.equal(y.grad!)).toBe(true)
  })

  it('draws the same random numbers again and leaves the generator where it was', () => {
    const x = torch.ones(100, { requires_grad: true })
    torch.manual_seed(3)
    const out = checkpoint((t: Tensor) => nn.functional.dropout(t.mul(2)).mul(t), x, { use_reentrant })
    const next = torch.get_rng_state()
    out.sum().backward()
    expect(torch.get_rng_state().equal(next)).toBe(true)
    expect(x.grad!.equal(out.detach().mul(2))).toBe(true)
  })

  it('outlives the tensor scope of the forward pass', () => {
    const x = leaf(1, 2)
    const f = (t: Tensor) => nn.functional.dropout(t.exp()).mul(t)
    const y = torch.scope(() => checkpoint(f, x.mul(2), { use_reentrant }).sum())
    torch.scope(() => y.backward({ retain_graph: true }))
    y.backward()
    expect(x.grad!.shape).toEqual([2])
  })

  it('goes through modules, whose parameters get gradients', () => {
    const layers = new nn.Sequential(new nn.Linear(3, 4), new nn.Tanh(), new nn.Linear(4, 2), new nn.Sigmoid())
    const x = torch.randn([5, 3], { requires_grad: true })
    layers(x).sum().backward()
    const wanted = layers.parameters().map(p => p.grad!.clone())
    layers.zero_grad()
    checkpoint_sequential(layers, 2, x, { use_reentrant }).sum().backward()
    for (const [i, p] of layers.parameters().entries()) expect(p.grad!.allclose(wanted[i]!)).toBe(true)
  })
})

describe('checkpoint', () => {
  it('keeps nothing of the intermediate tensors', () => {
    const x = torch.ones(10, { requires_grad: true })
    const deep = (t: Tensor) => {
      let y = t
      for (let i = 0; i < 20; i++) y = y.sin()
      return y
    }
    const count = (fn: () => Tensor): number => {
      let saved = 0
      torch.autograd.graph.saved_tensors_hooks(
        t => {
          saved++
          return t
        },
        (t: Tensor) => t,
        fn,
      )
      return saved
    }
    expect(count(() => deep(x))).toBe(20)
    expect(count(() => checkpoint(deep, x, { use_reentrant: false }))).toBe(0)
  })

  it('works with grad, a second backward, double backward and in itself', () => {
    const x = leaf(0.5)
    const inner = (t: Tensor) => t.sin().pow(2)
    const outer = (t: Tensor) => checkpoint(inner, t, { use_reentrant: false }).exp()
    const y = checkpoint(outer, x, { use_reentrant: false })
    const plain = inner(x).exp()
    const [first] = torch.autograd.grad(y, x, { retain_graph: true, create_graph: true })
    const [again] = torch.autograd.grad(y, x, { retain_graph: true })
    const [wanted] = torch.autograd.grad(plain, x, { create_graph: true })
    expect(first!.item()).toBe(wanted!.item())
    expect(again!.item()).toBe(wanted!.item())
    const second = torch.autograd.grad(first!, x)[0]!.item() as number
    expect(second).toBeCloseTo(torch.autograd.grad(wanted!, x)[0]!.item() as number, 5)
  })

  it('hands other keywords on, and stops early', () => {
    let ends = 0
    const f = (x: Tensor, { power }: { power: number }) => {
      const y = x.pow(power)
      ends++
      return y.add(1)
    }
    const x = leaf(2)
    const call = checkpoint as (...args: unknown[]) => Tensor
    call(f, x, { use_reentrant: false, power: 3 }).backward()
    expect(x.grad!.item()).toBe(12)
    expect(ends).toBe(1)
    call(f, x, { use_reentrant: false, power: 3, early_stop: false }).backward()
    expect(ends).toBe(3)
    expect(() => call(f, x, { use_reentrant: true, power: 3 })).toThrow('Unexpected keyword arguments: power')
    expect(() => call(f, x, { use_reentrant: false, debug: true })).toThrow('debug is not supported')
    expect(() => call(f, x)).toThrow('should be passed explicitly')
  })

  it('notices a second computation that differs', () => {
    let runs = 0
    const moody = (x: Tensor) => (runs++ % 2 === 0 ? x.sin().cos() : x.sin())
    const x = leaf(1, 2)
    expect(() => checkpoint(moody, x, { use_reentrant: false }).sum().backward()).toThrow(CheckpointError)
    const resized = (t: Tensor) => (runs++ % 2 === 0 ? t.sin() : t.repeat(2).sin()).sum()
    runs = 0
    expect(() => checkpoint(resized, x, { use_reentrant: false }).backward()).toThrow('have different metadata')
  })

  it('hands on what the function throws', () => {
    const fails = () => {
      throw new RangeError('own words')
    }
    expect(() => checkpoint(fails, { use_reentrant: false })).toThrow(new RangeError('own words'))
  })
})
