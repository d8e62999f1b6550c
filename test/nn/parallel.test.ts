import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { gather, parallel_apply, replicate, scatter } = nn.parallel

describe('nn.parallel on the CPU', () => {
  it('scatter cuts tensors, in whatever they are, and repeats the rest', () => {
    const x = torch.arange(6).view(3, 2)
    const [a, b] = scatter({ x, name: 'n', pair: [x, 1] }, ['cpu', 'cpu'])
    expect(a).toEqual({ x: expect.anything(), name: 'n', pair: [expect.anything(), 1] })
    expect(a!.x.shape).toEqual([2, 2])
    expect(b!.x.tolist()).toEqual([[4, 5]])
    expect((b!.pair[0] as torch.Tensor).tolist()).toEqual([[4, 5]])
    expect(scatter(torch.ones(1), ['cpu', 'cpu'])).toHaveLength(1)
    expect(scatter('text', ['cpu', 'cpu'])).toEqual(['text', 'text'])
    expect(scatter(x, ['cpu', 'cpu'], 1).map(t => t.shape)).toEqual([
      [3, 1],
      [3, 1],
    ])
  })

  it('gather undoes it, and gradients flow', () => {
    const x = torch.arange(6, { dtype: torch.float32 }).view(3, 2).requires_grad_()
    const pieces = scatter([x, { y: x.mul(2) }] as [torch.Tensor, { y: torch.Tensor }], ['cpu', 'cpu'])
    const [whole, { y }] = gather(pieces, 'cpu')
    expect(whole.equal(x)).toBe(true)
    whole.sum().add(y.sum()).backward()
    expect(x.grad!.tolist()).toEqual(new Array(3).fill([3, 3]))
    expect(gather([torch.tensor(1), torch.tensor(2)], -1).tolist()).toEqual([1, 2])
    expect(gather([null, null], 'cpu')).toBeNull()
    expect(() => gather([{ a: x }, {}] as object[], 'cpu')).toThrow('same number of keys')
  })

  it('replicas compute with the parameters of the original', () => {
    const net = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3)).double()
    const replicas = replicate(net, ['cpu', 'cpu'])
    expect(replicas.map(replica => replica.parameters())).toEqual([[], []])
    const inputs = [torch.randn(4, 2, { dtype: torch.float64 }), torch.randn(5, 2, { dtype: torch.float64 })]
    const outputs = parallel_apply(replicas, inputs) as torch.Tensor[]
    expect(outputs.map(t => t.shape)).toEqual([
      [4, 3],
      [5, 3],
    ])
    gather(outputs, 'cpu').square().sum().backward()
    expect(net.parameters().every(p => p.grad !== null)).toBe(true)
    expect(replicate(net, ['cpu'], true)[0]!(inputs[0]!).requires_grad).toBe(false)
    expect(() => parallel_apply(replicas, [1])).toThrow('not equal to the number of inputs')
  })

  it.skipIf(torch.cuda.is_available())('DataParallel without a GPU calls the module itself', () => {
    const inner = new nn.Linear(2, 3)
    const model = new nn.DataParallel(inner, { device_ids: [0, 1] })
    const x = torch.randn(4, 2)
    expect(model.device_ids).toEqual([])
    expect(model(x).equal(inner(x))).toBe(true)
    expect(Object.keys(model.state_dict())).toEqual(['module.weight', 'module.bias'])
    expect(() => nn.parallel.data_parallel(inner, x)).toThrow('device type could not be determined')
  })
})
