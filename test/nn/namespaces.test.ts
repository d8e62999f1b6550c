import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'

describe('namespaces of torch.nn', () => {
  it('nn.modules has the classes of nn', () => {
    expect(nn.modules.Linear).toBe(nn.Linear)
    expect(nn.modules.module.Module).toBe(nn.Module)
    expect('functional' in nn.modules).toBe(false)
  })

  it('nn.parameter knows what is uninitialized', () => {
    const { is_lazy, Parameter, UninitializedParameter, UninitializedTensorMixin } = nn.parameter
    const lazy = new UninitializedParameter()
    expect(lazy).toBeInstanceOf(UninitializedTensorMixin)
    expect(is_lazy(lazy)).toBe(true)
    lazy.materialize([2])
    expect(lazy).toBeInstanceOf(Parameter)
    expect(lazy).not.toBeInstanceOf(UninitializedTensorMixin)
  })

  it('factory_kwargs takes what factories take', () => {
    const { factory_kwargs } = nn
    expect(factory_kwargs(null)).toEqual({})
    expect(factory_kwargs({ device: 'cpu', factory_kwargs: { dtype: torch.float64 } })).toEqual({
      device: 'cpu',
      dtype: torch.float64,
    })
    expect(() => factory_kwargs({ device: 'cpu', factory_kwargs: { device: 'cpu' } })).toThrow('specified twice')
    expect(() => factory_kwargs({ bias: true } as never)).toThrow('unexpected kwargs bias')
  })

  it('skip_init leaves memory as it is, and insists on a device keyword', () => {
    torch.manual_seed(0)
    const drawn = torch.rand(1).item()
    torch.manual_seed(0)
    const layer = nn.utils.skip_init(nn.Linear, 3, 4, { bias: false, dtype: torch.float64 })
    expect(torch.rand(1).item()).toBe(drawn)
    expect(layer.weight.shape).toEqual([4, 3])
    expect(layer.weight.dtype).toBe(torch.float64)
    expect(layer.weight.is_meta).toBe(false)
    expect(layer.bias).toBeNull()
    class NoDevice extends nn.Module {
      inner = new nn.Linear(2, 2)

      forward(x: torch.Tensor): torch.Tensor {
        return this.inner(x)
      }
    }
    expect(() => nn.utils.skip_init(NoDevice as new () => NoDevice)).toThrow("must support a 'device' arg")
    expect(() => nn.utils.skip_init(Map as never)).toThrow('Expected a Module')
  })

  it('named_modules takes its arguments by position, too', () => {
    const net = new nn.Sequential(new nn.Linear(1, 1), new nn.ReLU())
    expect(net.named_modules(null, 'net').map(([name]) => name)).toEqual(['net', 'net.0', 'net.1'])
    expect(net.named_modules({ memo: new Set([net[1]!]) }).map(([name]) => name)).toEqual(['', '0'])
  })
})
