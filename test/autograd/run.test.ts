import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { grad, backward, backwardAsync } = torch.autograd
const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true })

describe('backward', () => {
  it('adds to grad, for scalars and with a given gradient', () => {
    const x = leaf(1, 2)
    x.mul(x).sum().backward()
    x.mul(3).backward(torch.tensor([1, 10]))
    x.mul(3).backward({ gradient: torch.tensor([1, 1]) })
    expect(x.grad!.tolist()).toEqual([2 + 3 + 3, 4 + 30 + 3])
    x.grad = null
    expect(x.grad).toBe(null)
  })

  it('of several tensors, into chosen inputs', () => {
    const [x, y] = [leaf(1), leaf(2)]
    backward([x.mul(y), x.add(y)])
    expect([x.grad!.item(), y.grad!.item()]).toEqual([3, 2])
    x.grad = null
    y.grad = null
    backward(x.mul(y), { inputs: [y] })
    expect([x.grad, y.grad!.item()]).toEqual([null, 1])
    x.mul(y).backward({ inputs: { weight: x } })
    expect(x.grad!.item()).toBe(2)
  })

  it('keeps the graph when asked', () => {
    const x = leaf(2)
    const y = x.mul(x)
    y.backward({ retain_graph: true })
    y.backward()
    expect(x.grad!.item()).toBe(8)
    expect(() => y.backward()).toThrow('second time')
  })

  it('refuses as Python does', () => {
    const x = leaf(1, 2)
    expect(() => x.mul(2).backward()).toThrow('grad can be implicitly created only for scalar outputs')
    expect(() => torch.ones(1).backward()).toThrow('does not require grad and does not have a grad_fn')
    expect(() => x.mul(2).backward(torch.ones(3))).toThrow(
      'Mismatch in shape: grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([2]).',
    )
    expect(() => x.sum().backward({ inputs: [] })).toThrow('cannot be empty')
    expect(() => backward(3 as unknown as torch.Tensor)).toThrow(TypeError)
    expect(() => x.sum().backward('a' as unknown as torch.Tensor)).toThrow(TypeError)
  })

  it('runs beside the event loop', async () => {
    const w = torch.randn([300, 300], { requires_grad: true })
    let y = w
    for (let i = 0; i < 30; i++) y = y.matmul(w).mul(0.01)
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    const loss = y.sum()
    const copy = torch.autograd.grad(loss, w, { retain_graph: true })[0]!
    await backwardAsync(loss)
    clearInterval(timer)
    expect(w.grad!.equal(copy)).toBe(true)
    await expect(torch.ones(1).backwardAsync()).rejects.toThrow('does not require grad')
  })
})

describe('grad', () => {
  it('gives gradients and leaves grad alone', () => {
    const [x, y] = [leaf(2), leaf(3)]
    const [dx, dy] = grad(x.mul(y), [x, y])
    expect([dx!.item(), dy!.item(), x.grad]).toEqual([3, 2, null])
  })

  it('unused inputs: an error, null, or zeros', () => {
    const [x, unused] = [leaf(2), leaf(1, 1)]
    expect(() => grad(x.mul(2), [x, unused])).toThrow('allow_unused=True')
    expect(grad(x.mul(2), [x, unused], { allow_unused: true })[1]).toBe(null)
    expect(grad(x.mul(2), [x, unused], { materialize_grads: true })[1]!.tolist()).toEqual([0, 0])
    expect(() => grad(x.mul(2), x, { materialize_grads: true, allow_unused: false })).toThrow(torch.ValueError)
    expect(() => grad(x.mul(2), [])).toThrow('cannot be empty')
  })

  it('batched gradients make a Jacobian', () => {
    const x = leaf(1, 2, 3)
    const [jacobian] = grad(x.mul(x), x, { grad_outputs: torch.eye(3), is_grads_batched: true })
    expect(jacobian!.tolist()).toEqual([
      [2, 0, 0],
      [0, 4, 0],
      [0, 0, 6],
    ])
  })

  it('of gradients', () => {
    const x = leaf(2)
    const [first] = grad(x.pow(3), x, { create_graph: true })
    const [second] = grad(first!, x)
    expect([first!.item(), second!.item()]).toEqual([12, 12])
  })
})

describe('a tensor in the graph', () => {
  it('grad_fn tells its history', () => {
    const x = leaf(1)
    const y = x.exp().sum()
    expect(y.grad_fn!.name()).toBe('SumBackward0')
    const [exp] = y.grad_fn!.next_functions[0]!
    expect(String(exp)).toBe('<ExpBackward0>')
    expect(exp!.next_functions[0]![0]!.name()).toBe('torch::autograd::AccumulateGrad')
    expect([x.grad_fn, x.is_leaf, y.is_leaf]).toEqual([null, true, false])
  })

  it('hooks see and replace gradients until removed', () => {
    const x = leaf(1, 2)
    const y = x.mul(2)
    const seen: unknown[] = []
    const handle = y.register_hook(g => {
      seen.push(g.tolist())
      return g.mul(10)
    })
    expect(grad(y.sum(), x, { retain_graph: true })[0]!.tolist()).toEqual([20, 20])
    handle.remove()
    handle.remove()
    expect(grad(y.sum(), x)[0]!.tolist()).toEqual([2, 2])
    expect(seen).toEqual([[1, 1]])
    expect(() => torch.ones(1).register_hook(() => {})).toThrow("doesn't require gradient")
    expect(() => y.register_hook(3 as unknown as () => void)).toThrow(TypeError)
  })

  it('a hook that throws stops the pass with its own error', () => {
    const x = leaf(1)
    const y = x.mul(2)
    y.register_hook(() => {
      throw new RangeError('mine')
    })
    expect(() => y.backward()).toThrow(new RangeError('mine'))
  })

  it('hooks after accumulation, several in order', () => {
    const x = leaf(1)
    const log: string[] = []
    const first = x.register_post_accumulate_grad_hook(param => log.push(`a${param.grad!.item()}`))
    x.register_post_accumulate_grad_hook(() => log.push('b'))
    x.mul(2).backward()
    first.remove()
    x.mul(2).backward()
    expect(log).toEqual(['a2', 'b', 'b'])
  })

  it('retain_grad keeps the gradient of what is no leaf', () => {
    const y = leaf(1).mul(2)
    y.retain_grad()
    expect(y.retains_grad).toBe(true)
    y.mul(3).backward()
    expect(y.grad!.item()).toBe(3)
    expect(() => torch.ones(1).retain_grad()).toThrow("can't retain_grad")
  })

  it('requires_grad of leaves, as Python refuses it elsewhere', () => {
    const x = torch.ones(2)
    x.requires_grad = true
    expect(x.requires_grad_(false).requires_grad).toBe(false)
    expect(x.requires_grad_({ requires_grad: true }).requires_grad).toBe(true)
    const y = x.mul(2)
    expect(() => y.requires_grad_(false)).toThrow('use var_no_grad = var.detach()')
    expect(() => {
      y.requires_grad = false
    }).toThrow('leaf variables')
    expect(() => torch.tensor([1n]).requires_grad_()).toThrow('floating point')
  })

  it('grad can be set, if it fits', () => {
    const x = leaf(1, 2)
    x.grad = torch.ones(2)
    expect(x.grad!.tolist()).toEqual([1, 1])
    expect(() => {
      x.grad = torch.ones(3)
    }).toThrow('different size')
    expect(() => {
      x.grad = 3 as unknown as torch.Tensor
    }).toThrow(TypeError)
  })

  it('data stands outside the graph and can be exchanged', () => {
    const x = leaf(1, 2)
    x.data.mul_(2)
    expect([x.tolist(), x.data.requires_grad, x._version]).toEqual([[2, 4], false, 0])
    x.data = torch.zeros(3)
    expect([[...x.shape], x.requires_grad]).toEqual([[3], true])
    expect(x.detach().requires_grad).toBe(false)
  })
})
