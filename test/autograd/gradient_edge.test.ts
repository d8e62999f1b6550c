import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { graph, grad, backward } = torch.autograd

const leaf = (...values: number[]) => torch.tensor(values, { requires_grad: true })

describe('GradientEdge', () => {
  it('stands for a tensor as an input of grad', () => {
    const x = leaf(1, 2)
    const y = x.mul(3)
    const z = y.pow(2).sum()
    const edges = [graph.get_gradient_edge(y), graph.get_gradient_edge(x)]
    const byEdge = grad(z, edges, { retain_graph: true })
    expect(byEdge.map(g => g.tolist())).toEqual([
      [6, 12],
      [18, 36],
    ])
    expect(grad(z, [y, x]).map(g => g.tolist())).toEqual(byEdge.map(g => g.tolist()))
    const [node, output_nr, token] = edges[0]!
    expect(node).toBe(y.grad_fn)
    expect([output_nr, token]).toEqual([0, null])
    expect(`${edges[1]!.node}`).toBe('<AccumulateGrad>')
  })

  it('stands for a tensor as an output', () => {
    const x = leaf(2)
    const y = x.mul(3)
    const edge = graph.get_gradient_edge(y)
    expect(grad(edge, x, { retain_graph: true })[0]!.tolist()).toEqual([3])
    expect(grad([edge, y], x, [torch.ones(1), null], { retain_graph: true })[0]!.tolist()).toEqual([6])
    backward(edge, torch.full([1], 5), { retain_graph: true })
    expect(x.grad!.tolist()).toEqual([15])
    const wide = leaf(1, 2).mul(2)
    expect(() => grad(graph.get_gradient_edge(wide), x)).toThrow('only for scalar outputs')
    expect(() => backward(edge, torch.ones(3))).toThrow(
      'grad_output[0] has a shape of torch.Size([3]) and output[0] has a shape of torch.Size([1])',
    )
    backward(y, { inputs: [graph.get_gradient_edge(x)] })
    expect(x.grad!.tolist()).toEqual([18])
  })

  it('is told apart by its number', () => {
    const [a, b] = leaf(1, 2, 3, 4).chunk(2) as [torch.Tensor, torch.Tensor]
    expect([graph.get_gradient_edge(a).output_nr, graph.get_gradient_edge(b).output_nr]).toEqual([0, 1])
    const edge = new graph.GradientEdge(b.grad_fn!, 1)
    expect(grad(a.mul(2).add(b.mul(3)).sum(), edge)[0]!.tolist()).toEqual([3, 3])
  })

  it('refuses what is none', () => {
    expect(() => graph.get_gradient_edge(torch.ones(1))).toThrow('does not require gradients')
    expect(() => graph.get_gradient_edge(1 as never)).toThrow(TypeError)
    expect(() => new graph.GradientEdge({} as never, 0)).toThrow('node must be a Node')
    const y = leaf(1).mul(2)
    expect(() => new graph.GradientEdge(y.grad_fn!, -1)).toThrow('whole number')
    expect(() => grad(new graph.GradientEdge(y.grad_fn!, 7), y, torch.ones(1))).toThrow('takes no gradient number 7')
    expect(() => grad(y, [1 as never])).toThrow(TypeError)
  })
})

describe('Node', () => {
  it('is the same object as long as somebody holds it', () => {
    const x = leaf(1)
    const y = x.exp()
    const node = y.grad_fn!
    expect(y.grad_fn).toBe(node)
    const sum = y.add(y.sin())
    expect(sum.grad_fn!.next_functions[0]![0]).toBe(node)
    expect(sum.grad_fn!.next_functions[1]![0]!.next_functions[0]![0]).toBe(node)
  })

  it('has a dictionary of its own, also after its object is gone', () => {
    const y = leaf(1).exp()
    y.grad_fn!.metadata().note = { text: 'mine' }
    expect(y.grad_fn!.metadata()).toEqual({ note: { text: 'mine' } })
    expect(y.add(1).grad_fn!.next_functions[0]![0]!.metadata().note).toEqual({ text: 'mine' })
    expect(y.mul(2).grad_fn!.metadata()).toEqual({})
  })

  it('notes the stack, and the node that made it, in anomaly mode', () => {
    const x = leaf(2)
    const [outer, inner] = torch.autograd.detect_anomaly(() => {
      const y = x.pow(3)
      const [dx] = grad(y, x, { create_graph: true })
      return [y.grad_fn!, dx!.grad_fn!] as const
    })
    expect(outer.metadata().traceback_).toContain('gradient_edge.test.ts')
    expect(inner.metadata().parent_).toBe(outer)
  })

  it('knows the gradients that it takes, and its place in time', () => {
    const y = torch.ones([2, 3], { dtype: torch.float64, requires_grad: true }).exp()
    const z = y.sum()
    expect(y.grad_fn!._input_metadata.map(m => [m!.shape, `${m!.dtype}`, `${m!.device}`])).toEqual([
      [[2, 3], 'torch.float64', 'cpu'],
    ])
    expect(z.grad_fn!._sequence_nr()).toBeGreaterThan(y.grad_fn!._sequence_nr())
  })
})

describe('register_multi_grad_hook', () => {
  it('waits for all gradients that a pass computes', () => {
    const [a, b] = [leaf(1, 2), leaf(3, 4)]
    const [c, d] = [a.mul(b), a.mul(b)]
    const seen: boolean[][] = []
    const handle = graph.register_multi_grad_hook([a, b, c, d], grads => {
      seen.push(grads.map(g => g !== null))
    })
    c.sum().backward(null, true)
    c.sum().backward(null, true, false, [a])
    expect(seen).toEqual([
      [true, true, true, false],
      [true, false, true, false],
    ])
    handle.remove()
    c.sum().backward()
    expect(seen.length).toBe(2)
  })

  it("takes the first of a pass with mode 'any'", () => {
    const a = leaf(1, 2)
    const [c, d] = [a.mul(2), a.mul(3)]
    const seen: unknown[] = []
    graph.register_multi_grad_hook([a, c, d, torch.ones(1)], g => seen.push(g.tolist()), { mode: 'any' })
    const loss = c.add(d).sum()
    loss.backward(null, true)
    loss.backward()
    expect(seen).toEqual([
      [1, 1],
      [1, 1],
    ])
  })

  it('works when the pass runs on another thread', async () => {
    const [a, b] = [leaf(1, 2), leaf(3, 4)]
    const seen: number[][][] = []
    graph.register_multi_grad_hook([a, b], grads => {
      seen.push(grads.map(g => g!.tolist() as number[]))
    })
    await a.mul(b).sum().backwardAsync()
    expect(seen).toEqual([
      [
        [3, 4],
        [1, 2],
      ],
    ])
  })

  it('refuses other modes, and what is no tensor', () => {
    expect(() => graph.register_multi_grad_hook([], () => {}, { mode: 'some' as 'any' })).toThrow('Expects mode to be')
    expect(() => graph.register_multi_grad_hook([1 as never], () => {})).toThrow(TypeError)
    expect(() => graph.register_multi_grad_hook([leaf(1)], 1 as never)).toThrow('a hook must be a function')
  })
})

describe('settings', () => {
  it('disable_saved_tensors_hooks makes hooks an error', () => {
    const hooks = () =>
      graph.saved_tensors_hooks(
        t => t,
        t => t,
        () => 1,
      )
    graph.disable_saved_tensors_hooks('not here', () => {
      expect(hooks).toThrow('not here')
      graph.disable_saved_tensors_hooks('nor here', () => expect(hooks).toThrow('nor here'))
      expect(() => graph.save_on_cpu(false, () => 1)).toThrow('not here')
    })
    expect(hooks()).toBe(1)
    const within = () => graph.disable_saved_tensors_hooks('too late', () => 1)
    expect(() =>
      graph.saved_tensors_hooks(
        t => t,
        t => t,
        within,
      ),
    ).toThrow('too late')
    expect(() => graph.disable_saved_tensors_hooks(1 as never)).toThrow(TypeError)
  })

  it('increment_version makes autograd see a change', () => {
    const x = leaf(1, 2)
    const y = x.mul(1)
    const z = y.pow(2)
    const before = y._version
    graph.increment_version(y)
    expect(y._version).toBe(before + 1)
    expect(() => z.sum().backward()).toThrow('modified by an inplace operation')
    graph.increment_version([y, y])
    expect(y._version).toBe(before + 3)
    expect(() => graph.increment_version([1 as never])).toThrow(TypeError)
  })

  it('set_multithreading_enabled and enforce_grad_layout_policy are modes', () => {
    const { set_multithreading_enabled, is_multithreading_enabled, enforce_grad_layout_policy } = torch.autograd
    expect(set_multithreading_enabled(false, is_multithreading_enabled)).toBe(false)
    expect(is_multithreading_enabled()).toBe(true)
    const strides = () => {
      const p = torch.empty([2, 3, 4]).permute([2, 0, 1]).requires_grad_()
      p.mul(torch.ones(4, 2, 3))
        .sum()
        .backward()
      return p.grad!.stride()
    }
    expect(strides()).toEqual([1, 12, 4])
    expect(enforce_grad_layout_policy(false, strides)).toEqual([6, 3, 1])
  })

  it('the stream settings take a boolean', () => {
    graph.set_warn_on_accumulate_grad_stream_mismatch(true)
    graph.set_override_stale_capture_stream(false)
    expect(() => graph.set_override_stale_capture_stream(1 as never)).toThrow(TypeError)
  })
})
