import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import { describe, expect, it } from 'vitest'

class Net extends nn.Module {
  fc = new nn.Linear(2, 3)
  bn = new nn.BatchNorm1d(3)
  scale = new nn.Parameter(torch.ones([3]))

  override forward(x: torch.Tensor) {
    return this.bn(this.fc(x)).mul(this.scale)
  }
}

describe('a module', () => {
  it('is called, and is an instance of its classes', () => {
    const net = new Net()
    const y: torch.Tensor = net(torch.ones([4, 2]))
    expect(y.shape).toEqual([4, 3])
    expect(net instanceof Net && net instanceof nn.Module).toBe(true)
  })

  it("names its state in Python's order: its own parameters before its children's", () => {
    const names = ['scale', 'fc.weight', 'fc.bias', 'bn.weight', 'bn.bias']
    const net = new Net()
    expect(net.named_parameters().map(([name]) => name)).toEqual(names)
    expect(Object.keys(net.state_dict())).toEqual([
      ...names,
      'bn.running_mean',
      'bn.running_var',
      'bn.num_batches_tracked',
    ])
  })

  it('keeps its Parameter objects when it changes dtype, gradients with them', () => {
    const net = new Net()
    const weight = net.fc.weight
    net(torch.randn([4, 2]))
      .sum()
      .backward()
    net.double()
    expect(net.fc.weight).toBe(weight)
    expect([weight.dtype, weight.grad!.dtype]).toEqual([torch.float64, torch.float64])
    expect(net.bn.num_batches_tracked!.dtype).toBe(torch.int64)
    expect(() => net.to(torch.int64)).toThrow('only accepts floating point or complex dtypes')
  })

  it("lists what a state dict lacks and has too much, in Python's words", () => {
    expect(() => new nn.Linear(2, 3).load_state_dict({ weight: torch.zeros(2, 2), extra: torch.zeros(1) })).toThrow(
      'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". \n\t' +
        'Unexpected key(s) in state_dict: "extra". \n\tsize mismatch for weight: copying a param with shape ' +
        'torch.Size([2, 2]) from checkpoint, the shape in current model is torch.Size([3, 2]).',
    )
    expect(new nn.Linear(2, 3).load_state_dict({ extra: torch.zeros(1) }, { strict: false }).unexpected_keys).toEqual([
      'extra',
    ])
  })

  it('runs forward hooks, which may change arguments and output, until they are removed', () => {
    const layer = new nn.Identity()
    const pre = layer.register_forward_pre_hook((_, [x]) => x!.add(1))
    const post = layer.register_forward_hook((_, __, y) => y.mul(10))
    expect(layer(torch.ones([1])).item()).toBe(20)
    pre.remove()
    expect(layer(torch.ones([1])).item()).toBe(10)
    post.remove()
    expect(layer(torch.ones([1])).item()).toBe(1)
  })

  it('runs full backward hooks, which may change the gradients', () => {
    const layer = new nn.Linear(2, 1)
    const seen: unknown[] = []
    layer.register_full_backward_hook((_, input, output) => {
      seen.push(input[0]!.shape, output[0]!.tolist())
      return [torch.full([1, 2], 7)]
    })
    const x = torch.ones([1, 2], { requires_grad: true })
    layer(x).sum().backward()
    expect(seen).toEqual([[1, 2], [[1]]])
    expect(x.grad!.tolist()).toEqual([[7, 7]])
  })

  it('is copied deeply, what it shares staying shared', () => {
    const shared = new nn.Linear(2, 2)
    const model = new nn.Sequential(shared, shared)
    const copy = nn.deepcopy(model)
    expect(copy[0]).toBe(copy[1])
    expect(copy[0]).not.toBe(shared)
    torch.no_grad(() => shared.weight.zero_())
    expect(copy.parameters()[0]!.abs().sum().item()).not.toBe(0)
    expect(copy(torch.ones([1, 2])).shape).toEqual([1, 2])
  })

  it('refuses names that are taken or have dots', () => {
    const net = new Net()
    expect(() => net.register_buffer('forward', torch.zeros(1))).toThrow("attribute 'forward' already exists")
    expect(() => net.add_module('a.b', new nn.ReLU())).toThrow('can\'t contain "."')
    expect(() => net.get_submodule('fc.nothing')).toThrow('Linear has no attribute `nothing`')
  })

  it('numbers the children of containers anew', () => {
    const model = new nn.Sequential(new nn.Linear(1, 2), new nn.ReLU())
    model.insert(1, new nn.Tanh()).append(new nn.Linear(2, 1))
    expect(model.named_children().map(([name, m]) => name + m._get_name())).toEqual([
      '0Linear',
      '1Tanh',
      '2ReLU',
      '3Linear',
    ])
    model.pop(1)
    expect(model.length).toBe(3)
    expect(() => model.at(3)).toThrow('out of range')
  })
})
