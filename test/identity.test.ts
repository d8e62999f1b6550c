/** A tensor is one JavaScript object, as it is one Python object. */
import { Worker } from 'node:worker_threads'
import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'

type Tensor = torch.Tensor

const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true })

describe('a tensor that comes back', () => {
  it('is the same object: gradients', () => {
    const x = leaf(1, 2)
    x.sin().sum().backward()
    const { grad } = x
    expect(x.grad === grad).toBe(true)
    const g = torch.ones(2)
    x.grad = g
    expect(x.grad === g).toBe(true)
    const layer = new nn.Linear(2, 1)
    layer(x).sum().backward()
    const { grad: ofWeight } = layer.weight
    expect(layer.weight.grad === ofWeight).toBe(true)
    expect(x.isSame(x)).toBe(true)
  })

  it('is the same object: results that are an argument', () => {
    const x = torch.ones(2, 3)
    expect(x.contiguous() === x).toBe(true)
    expect(x.to(torch.float32) === x).toBe(true)
    expect(x.to(torch.float64) === x).toBe(false)
    const flat = x.view(6)
    expect(x.view(6) === flat).toBe(false)
    expect(x.detach() === x).toBe(false)
    const out = torch.empty(2, 3)
    expect(torch.add(x, 1, { out }) === out).toBe(true)
    expect(torch.atleast_2d(x) === x).toBe(true)
  })

  it('is the same object, of its class, in hooks and custom functions', () => {
    const p = new nn.Parameter(torch.ones(2))
    const seen: unknown[] = []
    const handle = p.register_post_accumulate_grad_hook(t => seen.push(t))
    p.register_post_accumulate_grad_hook(t => seen.push(t.grad))
    class Square extends torch.autograd.Function {
      static forward(ctx: torch.autograd.FunctionCtx, x: Tensor) {
        ctx.save_for_backward(x)
        return x.mul(x)
      }
      static backward(ctx: torch.autograd.FunctionCtx, grad: Tensor) {
        const [x] = ctx.saved_tensors
        seen.push(x)
        return grad.mul(x!).mul(2)
      }
    }
    Square.apply(p).sum().backward()
    expect(seen.length).toBe(3)
    expect(seen[0] === p).toBe(true)
    expect(seen[1] === p).toBe(true)
    expect(seen[2] === p.grad).toBe(true)
    handle.remove()
    Square.apply(p).sum().backward()
    expect(seen.length).toBe(5)
    torch.autograd.graph.saved_tensors_hooks(
      t => {
        seen.push(t)
        return t
      },
      (t: Tensor) => t,
      () => p.sin(),
    )
    expect(seen.at(-1) === p).toBe(true)
  })

  it('has its properties still', () => {
    const x = leaf(1) as Tensor & { note?: string }
    x.mul(2).backward()
    const g = x.grad as Tensor & { note?: string }
    g.note = 'mine'
    expect((x.grad as typeof g).note).toBe('mine')
  })

  it('is a new object after the first was disposed', () => {
    const x = leaf(1, 2)
    x.sum().backward()
    const first = x.grad!
    first.dispose()
    expect(x.grad === first).toBe(false)
    expect(x.grad!.tolist()).toEqual([1, 1])
    torch.scope(() => x.grad!.mul(2))
    expect(x.grad!.tolist()).toEqual([1, 1])
    const [inScope] = torch.scope(() => [x.mul(1).contiguous()])
    expect(inScope!.tolist()).toEqual([1, 2])
  })

  it('keeps a leaf that a finished scope has saved', () => {
    const packed: Tensor[] = []
    const y = torch.autograd.graph.saved_tensors_hooks(
      t => {
        packed.push(t)
        return t
      },
      (t: Tensor) => t,
      () => torch.scope(() => leaf(1, 2).sin().sum()),
    )
    expect(packed.map(t => t.isDisposed)).toEqual([false])
    y.backward()
  })
})

describe('objects of tensors', () => {
  it('are collected, and made anew, in a loop', () => {
    const x = leaf(1, 2)
    x.sum().backward()
    const before = torch.liveTensors()
    for (let i = 0; i < 60_000; i++) {
      const t = x.detach()
      t.contiguous()
      if (i % 3 === 0) x.grad!.at(0)
      if (i % 100 === 0) expect(x.exp().grad_fn!.next_functions.length).toBe(1)
    }
    expect(torch.liveTensors() - before).toBeLessThan(20_000)
    expect(x.grad!.tolist()).toEqual([1, 1])
  })

  it('belong to one thread each', async () => {
    const x = torch.ones(3)
    const program = `
      const { parentPort, workerData } = require('node:worker_threads')
      import('torch-node').then(torch => {
        const x = torch.multiprocessing.adopt(workerData)
        const y = x.contiguous()
        x.add_(1)
        parentPort.postMessage(x === y)
      })`
    const worker = new Worker(program, { eval: true, workerData: torch.multiprocessing.share(x) })
    const same = await new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    expect(same).toBe(true)
    expect(x.tolist()).toEqual([2, 2, 2])
    await worker.terminate()
    const own = torch.multiprocessing.adopt(torch.multiprocessing.share(x) as never)
    expect(own === x).toBe(true)
  })
})
