import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { Function: Custom, once_differentiable } = torch.autograd
type Ctx = torch.autograd.FunctionCtx
type Tensor = torch.Tensor

class Exp extends Custom {
  static forward(ctx: Ctx, x: Tensor): Tensor {
    const y = x.exp()
    ctx.save_for_backward(y)
    return y
  }

  static backward(ctx: Ctx, grad: Tensor): Tensor {
    return grad.mul(ctx.saved_tensors[0]!)
  }
}

class Scale extends Custom {
  static forward(ctx: Ctx, x: Tensor, factor: number): Tensor {
    ctx.factor = factor
    return x.mul(factor)
  }

  static backward(ctx: Ctx, grad: Tensor) {
    return [grad.mul(ctx.factor as number), null]
  }
}

class SumAndProduct extends Custom {
  static forward(x: Tensor, y: Tensor): [Tensor, Tensor] {
    return [x.add(y), x.mul(y)]
  }

  static setup_context(ctx: Ctx, [x, y]: [Tensor, Tensor], _output: [Tensor, Tensor]): void {
    ctx.save_for_backward(x, y)
  }

  static backward(ctx: Ctx, sum: Tensor, product: Tensor) {
    const [x, y] = ctx.saved_tensors
    return [sum.add(product.mul(y!)), sum.add(product.mul(x!))]
  }
}

const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true })

describe('a function with a backward of its own', () => {
  it('saves an output and is differentiated twice', () => {
    const x = leaf(0, 1)
    const y = Exp.apply(x)
    expect(String(y)).toBe('tensor([1.0000, 2.7183], grad_fn=<ExpBackward>)')
    const [first] = torch.autograd.grad(y.sum(), x, { create_graph: true })
    expect(first!.detach().allclose(x.detach().exp())).toBe(true)
    const [second] = torch.autograd.grad(first!.sum(), x)
    expect(second!.allclose(x.detach().exp())).toBe(true)
  })

  it('takes values that are no tensors', () => {
    const x = leaf(1, 2)
    Scale.apply(x, 3).sum().backward()
    expect(x.grad!.tolist()).toEqual([3, 3])
  })

  it('with several outputs and setup_context', () => {
    const [x, y] = [leaf(1, 2), leaf(3, 4)]
    const [sum, product] = SumAndProduct.apply(x, y)
    const grads = torch.autograd.grad([sum.sum(), product.sum()], [x, y])
    expect(grads.map(grad => grad.tolist())).toEqual([
      [4, 5],
      [2, 3],
    ])
    // An output that nothing depends on arrives as zeros.
    const [only] = torch.autograd.grad(SumAndProduct.apply(x, y)[0].sum(), x)
    expect(only!.tolist()).toEqual([1, 1])
  })

  it('tells which inputs need gradients', () => {
    let needs: readonly boolean[] = []
    class Look extends Custom {
      static forward(ctx: Ctx, x: Tensor, _k: number, y: Tensor) {
        needs = ctx.needs_input_grad
        return x.add(y)
      }
      static backward(_ctx: Ctx, grad: Tensor) {
        return [grad, null, null]
      }
    }
    Look.apply(leaf(1), 2, torch.ones(1)).backward()
    expect(needs).toEqual([true, false, false])
  })

  it('without materialize_grads a missing gradient is null', () => {
    const seen: unknown[] = []
    class Loose extends Custom {
      static forward(ctx: Ctx, x: Tensor) {
        ctx.set_materialize_grads(false)
        return [x.mul(1), x.mul(2)] as [Tensor, Tensor]
      }
      static backward(_ctx: Ctx, first: Tensor | null, second: Tensor | null) {
        seen.push(first, second === null)
        return first
      }
    }
    Loose.apply(leaf(1))[0].backward()
    expect(seen[1]).toBe(true)
  })

  it('changes an input in place when it says so', () => {
    class Double extends Custom {
      static forward(ctx: Ctx, x: Tensor) {
        ctx.mark_dirty(x)
        return x.mul_(2)
      }
      static backward(_ctx: Ctx, grad: Tensor) {
        return grad.mul(2)
      }
    }
    const x = leaf(1, 2)
    const y = x.mul(1)
    const z = Double.apply(y)
    expect(z.tolist()).toEqual([2, 4])
    z.sum().backward()
    expect(x.grad!.tolist()).toEqual([2, 2])
  })

  it('has outputs without gradient', () => {
    class Top extends Custom {
      static forward(ctx: Ctx, x: Tensor) {
        const place = x.argmax()
        ctx.mark_non_differentiable(place)
        return [x.max(), place] as [Tensor, Tensor]
      }
      static backward(_ctx: Ctx, grad: Tensor) {
        return grad.mul(torch.ones(2))
      }
    }
    const [top, place] = Top.apply(leaf(1, 2))
    expect([top.requires_grad, place.requires_grad]).toEqual([true, false])
  })

  it('does not record under no_grad, nor in forward', () => {
    expect(torch.no_grad(() => Exp.apply(leaf(1))).requires_grad).toBe(false)
    let inside = true
    class Look extends Custom {
      static forward(_ctx: Ctx, x: Tensor) {
        inside = torch.is_grad_enabled()
        return x.mul(2)
      }
    }
    Look.apply(leaf(1))
    expect(inside).toBe(false)
  })

  it('runs backward in the grad mode of the pass', () => {
    const modes: boolean[] = []
    class Look extends Custom {
      static forward(_ctx: Ctx, x: Tensor) {
        return x.mul(2)
      }
      static backward(_ctx: Ctx, grad: Tensor) {
        modes.push(torch.is_grad_enabled())
        return grad.mul(2)
      }
    }
    const x = leaf(1)
    torch.autograd.grad(Look.apply(x), x)
    torch.autograd.grad(Look.apply(x), x, { create_graph: true })
    expect(modes).toEqual([false, true])
    expect(torch.is_grad_enabled()).toBe(true)
  })

  it('once_differentiable refuses a second derivative', () => {
    class Square extends Custom {
      static forward(ctx: Ctx, x: Tensor) {
        ctx.save_for_backward(x)
        return x.mul(x)
      }
      static backward = once_differentiable((ctx: Ctx, grad: Tensor) => grad.mul(ctx.saved_tensors[0]!).mul(2))
    }
    const x = leaf(3)
    const [first] = torch.autograd.grad(Square.apply(x).pow(2), x, { create_graph: true })
    expect(first!.item()).toBe(108)
    expect(() => torch.autograd.grad(first!, x)).toThrow('trying to differentiate twice')
  })

  it('refuses wrong gradients, missing methods and a second pass', () => {
    class TooMany extends Exp {
      static override backward(_ctx: Ctx, grad: Tensor) {
        return [grad, grad] as unknown as Tensor
      }
    }
    expect(() => TooMany.apply(leaf(1)).backward()).toThrow(
      'function TooManyBackward returned an incorrect number of gradients (expected 1, got 2)',
    )
    class NoBackward extends Custom {
      static forward(_ctx: Ctx, x: Tensor) {
        return x.mul(2)
      }
    }
    expect(() => NoBackward.apply(leaf(1)).backward()).toThrow(/static backward/)
    class Throws extends NoBackward {
      static backward(): Tensor {
        throw new RangeError('own words')
      }
    }
    expect(() => Throws.apply(leaf(1)).backward()).toThrow(new RangeError('own words'))
    const y = Exp.apply(leaf(1))
    y.backward()
    expect(() => y.backward()).toThrow('Trying to backward through the graph a second time')
    expect(() => new Exp()).toThrow('call Exp.apply')
  })

  it('works in backwardAsync', async () => {
    const x = leaf(2)
    await Exp.apply(x).backwardAsync()
    expect(x.grad!.item()).toBeCloseTo(Math.exp(2), 4)
  })

  it('holds no cycle with its outputs', async () => {
    setFlagsFromString('--expose-gc')
    const gc = runInNewContext('gc') as () => void
    const collected = async () => {
      for (let i = 0; i < 4; i++) {
        gc()
        await new Promise(resolve => setTimeout(resolve, 5))
      }
      return torch.liveTensors()
    }
    const before = await collected()
    for (let i = 0; i < 100; i++) {
      Exp.apply(leaf(1, 2)).sum().backward()
      Exp.apply(leaf(1, 2))
      torch.autograd.graph.saved_tensors_hooks(
        t => t,
        t => t,
        () => leaf(1).exp(),
      )
      torch.utils.checkpoint.checkpoint((x: Tensor) => x.exp(), leaf(1), { use_reentrant: false }).backward()
    }
    expect((await collected()) - before).toBeLessThan(50)
  })

  it('frees what it holds', async () => {
    const before = torch.liveTensors()
    torch.scope(() => {
      for (let i = 0; i < 50; i++) Exp.apply(leaf(1, 2)).sum().backward()
    })
    expect(torch.liveTensors() - before).toBeLessThanOrEqual(100)
  })
})
