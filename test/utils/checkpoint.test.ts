import * as torch from 'torch-node'
import { nn, utils } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { checkpoint, checkpoint_sequential, CheckpointError } = utils.checkpoint
type Tensor = torch.Tensor
type CheckpointContext = utils.checkpoint.CheckpointContext

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
    expect(() => call(f, x, { use_reentrant: true, debug: true })).toThrow('only supported when use_reentrant=False')
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

describe('its settings', () => {
  const count = (options: object, around: (fn: () => Tensor) => Tensor = fn => fn()): number => {
    let ends = 0
    const f = (x: Tensor) => {
      const y = x.pow(3)
      ends++
      return y.add(1)
    }
    around(() => checkpoint(f, leaf(2), { use_reentrant: false, ...options })).backward()
    return ends
  }

  it('set_checkpoint_early_stop overrides the keyword', () => {
    const { set_checkpoint_early_stop } = utils.checkpoint
    expect(count({})).toBe(1)
    expect(count({}, fn => set_checkpoint_early_stop(false, fn))).toBe(2)
    expect(count({ early_stop: false }, fn => set_checkpoint_early_stop(true, fn))).toBe(1)
  })

  it('context_fn surrounds both computations', () => {
    const seen: string[] = []
    const context =
      (name: string): CheckpointContext =>
      fn => {
        seen.push(`${name} begins`)
        const result = fn()
        seen.push(`${name} ends`)
        return result
      }
    const x = leaf(2)
    const context_fn = () => [context('forward'), context('again')] as const
    const y = checkpoint((t: Tensor) => t.exp().mul(2), x, { use_reentrant: false, context_fn, early_stop: false })
    expect(seen).toEqual(['forward begins', 'forward ends'])
    y.backward()
    expect(seen.slice(2)).toEqual(['again begins', 'again ends'])
    const both = { use_reentrant: false, context_fn, debug: true }
    expect(() => checkpoint((t: Tensor) => t, x, both)).toThrow('incompatible with non-default context_fn')
  })

  it('debug tells the operators of both computations', () => {
    const { set_checkpoint_debug_enabled } = utils.checkpoint
    const run = (debug: boolean) => {
      let runs = 0
      const moody = (x: Tensor) => (runs++ === 0 ? x.sin().cos() : x.sin())
      return checkpoint(moody, leaf(1, 2), { use_reentrant: false, debug }).sum()
    }
    for (const y of [run(true), set_checkpoint_debug_enabled(true, () => run(false))]) {
      let message = ''
      try {
        y.backward()
      } catch (error) {
        expect(error).toBeInstanceOf(CheckpointError)
        message = (error as Error).message
      }
      const [, traces, , operators] = message.split('===')
      expect(traces).toContain('checkpoint.test.ts')
      expect(operators).toContain('$1: float32[2] = torch.ops.aten.sin.default($0)')
      expect(operators!.split('aten.cos.default').length).toBe(2)
    }
    expect(() => set_checkpoint_debug_enabled(false, () => run(true)).backward()).toThrow(/^(?!.*===)/s)
  })

  it('GraphExecGroup computes once for several backward passes', () => {
    const runs = (around: (fn: () => void) => void): number => {
      let count = 0
      const [x, y] = [leaf(1), leaf(2)]
      const f = (a: Tensor, b: Tensor) => {
        count++
        return [a.sin(), b.sin()]
      }
      const [p, q] = checkpoint(f, x, y, { use_reentrant: false })
      around(() => {
        p!.backward()
        q!.backward()
      })
      expect([x.grad!.item(), y.grad!.item()]).toEqual([x.detach().cos().item(), y.detach().cos().item()])
      return count
    }
    const group = new utils.checkpoint.GraphExecGroup()
    expect(runs(fn => fn())).toBe(3)
    expect(runs(fn => group.run(fn))).toBe(2)
    expect(() => group.run(() => group.run(() => 1))).toThrow('cannot be nested')
  })

  it('takes a gradient inside', () => {
    const f = (x: Tensor) => torch.autograd.grad(x.pow(3).sum(), x, { create_graph: true })[0]!.mul(2)
    for (const early_stop of [true, false]) {
      const [x, y] = [leaf(1, 2), leaf(1, 2)]
      checkpoint(f, x, { use_reentrant: false, early_stop }).sum().backward()
      f(y).sum().backward()
      expect(x.grad!.tolist()).toEqual(y.grad!.tolist())
    }
  })

  it('use_reentrant is refused where backward has inputs, and warns of gradients that are lost', () => {
    const x = leaf(1)
    const y = () => checkpoint((t: Tensor) => t.exp(), x, { use_reentrant: true })
    expect(() => torch.autograd.grad(y(), x)).toThrow('incompatible with .grad() or passing an `inputs`')
    expect(() => y().backward({ inputs: x })).toThrow('incompatible with .grad()')
    y().backward()
    expect(x.grad!.item()).toBe(x.detach().exp().item())
  })

  it('knows devices', () => {
    const { DefaultDeviceType, get_device_states, set_device_states, detach_variable } = utils.checkpoint
    expect(DefaultDeviceType.get_device_type()).toBe(torch.cuda.is_available() ? 'cuda' : 'cpu')
    expect(get_device_states(leaf(1), 3)).toEqual([[], []])
    set_device_states([], [], { device_type: 'meta' })
    const [a, b, c] = detach_variable([leaf(1).mul(2), torch.ones(1), 'x']) as [Tensor, Tensor, string]
    expect([a.requires_grad, a.is_leaf, b.requires_grad, c]).toEqual([true, true, false, 'x'])
    expect(() => detach_variable(leaf(1) as never)).toThrow('Only tuple of tensors is supported')
    expect(() => DefaultDeviceType.set_device_type('toaster' as never)).toThrow('toaster')
  })
})
