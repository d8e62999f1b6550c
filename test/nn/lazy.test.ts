/** Lazy modules: what they are before and after the first call, loading, copying; and moving modules off meta. */
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { describe, expect, it } from 'vitest'

describe('a lazy module', () => {
  it('becomes an ordinary one with the first call', () => {
    const lazy = new nn.LazyLinear(3)
    expect(lazy.has_uninitialized_params()).toBe(true)
    expect(String(lazy)).toBe('LazyLinear(in_features=0, out_features=3, bias=True)')
    expect(() => lazy.weight.shape).toThrow(/uninitialized parameter/)
    const weight = lazy.weight
    torch.manual_seed(3)
    expect(lazy(torch.ones(2, 5)).shape).toEqual([2, 3])
    torch.manual_seed(3)
    const plain = new nn.Linear(5, 3)
    expect(String(lazy)).toBe(String(plain))
    expect(lazy).toBeInstanceOf(nn.Linear)
    expect(lazy).not.toBeInstanceOf(nn.LazyLinear)
    expect(lazy.weight === weight && weight.equal(plain.weight)).toBe(true)
    expect(lazy(torch.ones(2, 5)).equal(plain(torch.ones(2, 5)))).toBe(true)
  })

  it('has one optimizer before and after', () => {
    const lazy = new nn.Sequential(new nn.LazyConv2d(4, 3), new nn.LazyBatchNorm2d(), new nn.ReLU())
    const optimizer = new torch.optim.SGD(lazy.parameters(), { lr: 0.1 })
    ;(lazy(torch.randn(2, 3, 8, 8)) as torch.Tensor).sum().backward()
    const before = lazy.parameters().map(p => p.detach().clone())
    optimizer.step()
    expect(lazy.parameters().map(p => p.shape)).toEqual([[4, 3, 3, 3], [4], [4], [4]])
    expect(lazy.parameters().some((p, i) => !p.equal(before[i]!))).toBe(true)
    expect(String(lazy)).toContain('(0): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1))')
  })

  it('takes its sizes from a state dict', () => {
    const from = new nn.Linear(5, 3)
    const lazy = new nn.LazyLinear(3)
    lazy.load_state_dict(from.state_dict())
    expect(lazy.has_uninitialized_params()).toBe(false)
    expect(lazy(torch.ones(1, 5)).equal(from(torch.ones(1, 5)))).toBe(true)
    expect(lazy.in_features).toBe(5)
    expect(() => new nn.Linear(5, 3).load_state_dict(new nn.LazyLinear(3).state_dict())).toThrow(/uninitialized/)
  })

  it('can be copied before it knows its sizes', () => {
    const lazy = new nn.LazyConvTranspose1d(2, 3)
    const copy = nn.deepcopy(lazy)
    expect(copy(torch.randn(1, 4, 6)).shape).toEqual([1, 2, 8])
    expect(lazy.has_uninitialized_params()).toBe(true)
    expect(() => lazy(torch.randn(1, 2, 3, 4))).toThrow(/Expected 2D \(unbatched\) or 3D \(batched\) input/)
  })

  it('keeps running statistics', () => {
    const lazy = new nn.LazyInstanceNorm1d()
    lazy(torch.randn(2, 3, 5))
    expect(Object.keys(lazy.state_dict())).toEqual([
      'weight',
      'bias',
      'running_mean',
      'running_var',
      'num_batches_tracked',
    ])
    expect(lazy.running_mean!.shape).toEqual([3])
  })
})

describe('a module on meta', () => {
  it('gets memory from to_empty', () => {
    const net = new nn.Sequential(new nn.Linear(2, 3, { device: 'meta' }), new nn.BatchNorm1d(3, { device: 'meta' }))
    expect(net.parameters().every(p => p.is_meta)).toBe(true)
    net.to_empty({ device: 'cpu' })
    expect([...net.parameters(), ...net.buffers()].some(t => t.is_meta)).toBe(false)
    expect(net.parameters().every(p => p.requires_grad)).toBe(true)
    const from = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm1d(3))
    net.load_state_dict(from.state_dict())
    net.eval()
    from.eval()
    const x = torch.ones(1, 2)
    expect((net(x) as torch.Tensor).equal(from(x) as torch.Tensor)).toBe(true)
  })
})

describe('hooks of all modules', () => {
  it('run for every module until they are removed', () => {
    const seen: string[] = []
    const net = new nn.Sequential(new nn.Linear(2, 2), new nn.ReLU())
    const handles = [
      nn.register_module_forward_pre_hook(module => void seen.push(`before ${module._get_name()}`)),
      nn.register_module_forward_hook(module => void seen.push(`after ${module._get_name()}`)),
      nn.register_module_full_backward_hook(module => void seen.push(`backward ${module._get_name()}`)),
    ]
    const x = torch.ones([1, 2], { requires_grad: true })
    const y = net(x) as torch.Tensor
    y.sum().backward()
    for (const handle of handles) handle.remove()
    net(x)
    expect(seen).toEqual([
      'before Sequential',
      'before Linear',
      'after Linear',
      'before ReLU',
      'after ReLU',
      'after Sequential',
      'backward ReLU',
      'backward Linear',
      'backward Sequential',
    ])
  })

  it('of registration may put something else in place', () => {
    const handle = nn.register_module_parameter_registration_hook((_, name) =>
      name === 'scale' ? new nn.Parameter(torch.ones(3)) : null,
    )
    const net = new nn.Identity()
    net.register_parameter('scale', new nn.Parameter(torch.zeros(3)))
    net.register_parameter('shift', new nn.Parameter(torch.zeros(3)))
    handle.remove()
    expect(net.get_parameter('scale').tolist()).toEqual([1, 1, 1])
    expect(net.get_parameter('shift').tolist()).toEqual([0, 0, 0])
  })
})
