import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { graph } = torch.autograd
type Tensor = torch.Tensor

const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true })

describe('saved_tensors_hooks', () => {
  it('packs what is saved and unpacks it for backward', () => {
    const packed: number[][] = []
    const x = leaf(1, 2)
    const y = graph.saved_tensors_hooks(
      t => {
        packed.push(t.tolist() as number[])
        return { numbers: t.tolist() as number[] }
      },
      ({ numbers }) => torch.tensor(numbers),
      () => x.mul(x.exp()),
    )
    expect(packed.length).toBe(3)
    x.mul(1)
    expect(packed.length).toBe(3)
    y.sum().backward()
    expect(x.grad!.allclose(x.detach().exp().mul(x.detach().add(1)))).toBe(true)
  })

  it('runs the hooks without recording, the innermost only, by asynchronous context', async () => {
    const seen: string[] = []
    const tag = (name: string) => (t: Tensor) => {
      seen.push(`${name} ${torch.is_grad_enabled()}`)
      return t
    }
    const x = leaf(2)
    await graph.saved_tensors_hooks(
      tag('outer'),
      t => t,
      async () => {
        graph.saved_tensors_hooks(
          tag('inner'),
          t => t,
          () => x.pow(2),
        )
        expect(torch.is_grad_enabled()).toBe(true)
        await Promise.resolve()
        x.pow(2)
      },
    )
    x.pow(2)
    expect(seen).toEqual(['inner false', 'outer false'])
  })

  it('hands on what a hook throws, and refuses an unpacked value that is no tensor', () => {
    const x = leaf(2)
    const pack = () => {
      throw new RangeError('own words')
    }
    expect(() =>
      graph.saved_tensors_hooks(
        pack,
        (t: Tensor) => t,
        () => x.pow(2),
      ),
    ).toThrow(new RangeError('own words'))
    const y = graph.saved_tensors_hooks(
      () => 1,
      p => p as unknown as Tensor,
      () => x.pow(2),
    )
    expect(() => y.backward()).toThrow(TypeError)
    expect(() => graph.saved_tensors_hooks(1 as never, 2 as never)).toThrow('a hook must be a function')
  })

  it('keeps what is packed beyond a tensor scope', () => {
    const x = leaf(3)
    const y = torch.scope(() =>
      graph.saved_tensors_hooks(
        t => t.mul(1),
        t => t,
        () => x.mul(2).pow(2),
      ),
    )
    y.backward()
    expect(x.grad!.item()).toBe(24)
  })

  it('save_on_cpu keeps values', () => {
    const x = leaf(1, 3)
    const y = graph.save_on_cpu(false, () => x.pow(3))
    y.sum().backward()
    expect(x.grad!.tolist()).toEqual([3, 27])
    {
      using _ = graph.save_on_cpu()
      expect(torch.autograd.grad(x.pow(2).sum(), x)[0]!.tolist()).toEqual([2, 6])
    }
  })
})

describe('hooks of a node', () => {
  it('see and replace gradients', () => {
    const x = leaf(1, 2)
    const y = x.mul(3)
    const seen: unknown[] = []
    y.grad_fn!.register_hook((inputs, outputs) => {
      seen.push(inputs[0]!.tolist(), outputs[0]!.tolist())
      return [inputs[0]!.mul(10), ...inputs.slice(1)]
    })
    const handle = y.grad_fn!.register_prehook(([grad]) => [grad!.mul(2)])
    y.sum().backward({ retain_graph: true })
    expect(seen).toEqual([
      [6, 6],
      [2, 2],
    ])
    expect(x.grad!.tolist()).toEqual([60, 60])
    handle.remove()
    x.grad = null
    y.sum().backward()
    expect(x.grad!.tolist()).toEqual([30, 30])
  })
})
