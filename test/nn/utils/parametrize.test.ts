import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { parametrize, parametrizations } = nn.utils
type Tensor = torch.Tensor

class Symmetric extends nn.Module {
  forward(x: Tensor) {
    return x.triu().add(x.triu(1).mT)
  }
  right_inverse(x: Tensor) {
    return x.triu()
  }
}

class Doubled extends nn.Module {
  forward(x: Tensor) {
    return x.mul(2)
  }
}

describe('register_parametrization', () => {
  it('computes the tensor at each reading and keeps the parameter object', () => {
    const layer = new nn.Linear(3, 3)
    const { weight } = layer
    parametrize.register_parametrization(layer, 'weight', new Symmetric())
    expect(parametrize.is_parametrized(layer)).toBe(true)
    expect(parametrize.is_parametrized(layer, 'bias')).toBe(false)
    expect(layer.weight.equal(layer.weight.mT)).toBe(true)
    expect(layer.named_parameters().map(([name]) => name)).toEqual(['bias', 'parametrizations.weight.original'])
    expect(layer.get_parameter('parametrizations.weight.original')).toBe(weight)
    layer(torch.ones(1, 3)).sum().backward()
    expect(weight.grad).not.toBe(null)
    expect(String(layer)).toBe(
      'ParametrizedLinear(\n  in_features=3, out_features=3, bias=True\n  (parametrizations): ModuleDict(\n    (weight): ParametrizationList(\n      (0): Symmetric()\n    )\n  )\n)',
    )
    expect(layer).toBeInstanceOf(nn.Linear)
    expect(parametrize.type_before_parametrizations(layer)).toBe(nn.Linear)
  })

  it('can be assigned to where there is a right_inverse', () => {
    const layer = parametrize.register_parametrization(new nn.Linear(2, 2), 'weight', new Symmetric())
    const value = torch.tensor([
      [1, 2],
      [2, 3],
    ])
    layer.weight = value as nn.Parameter
    expect(layer.weight.equal(value)).toBe(true)
    const other = parametrize.register_parametrization(new nn.Linear(2, 2), 'weight', new Doubled())
    expect(() => {
      other.weight = value as nn.Parameter
    }).toThrow('parametrization Doubled does not implement right_inverse.')
  })

  it('chains, and is taken off again', () => {
    const layer = new nn.Linear(2, 2)
    const before = layer.weight.detach().clone()
    parametrize.register_parametrization(layer, 'weight', new Doubled())
    parametrize.register_parametrization(layer, 'weight', new Doubled())
    expect(layer.weight.equal(before.mul(4))).toBe(true)
    parametrize.remove_parametrizations(layer, 'weight', { leave_parametrized: false })
    expect(layer.weight.equal(before)).toBe(true)
    expect(layer.weight).toBeInstanceOf(nn.Parameter)
    parametrize.register_parametrization(layer, 'weight', new Doubled())
    parametrize.remove_parametrizations(layer, 'weight')
    expect(layer.weight.equal(before.mul(2))).toBe(true)
    expect(layer._get_name()).toBe('Linear')
    expect(() => parametrize.remove_parametrizations(layer, 'weight')).toThrow('does not have a parametrization')
  })

  it('remembers inside cached, and only there', () => {
    const layer = parametrize.register_parametrization(new nn.Linear(2, 2), 'weight', new Doubled())
    expect(Object.is(layer.weight, layer.weight)).toBe(false)
    const first = parametrize.cached(() => {
      expect(Object.is(layer.weight, layer.weight)).toBe(true)
      return layer.weight
    })
    expect(layer.weight === first).toBe(false)
  })

  it('works on buffers, deep copies and state dicts', () => {
    const norm = new nn.BatchNorm1d(2)
    parametrize.register_parametrization(norm, 'running_mean', new Doubled())
    expect(Object.keys(norm.state_dict())).toContain('parametrizations.running_mean.original')
    const layer = parametrize.register_parametrization(new nn.Linear(2, 2), 'weight', new Symmetric())
    const copy = nn.deepcopy(layer)
    expect(copy.weight.equal(layer.weight)).toBe(true)
    torch.no_grad(() => copy.get_parameter('parametrizations.weight.original').zero_())
    expect(copy.weight.count_nonzero().item()).toBe(0)
    expect(layer.weight.count_nonzero().item()).toBe(4)
    copy.load_state_dict(layer.state_dict())
    expect(copy.weight.equal(layer.weight)).toBe(true)
  })

  it('refuses what changes shape or dtype, and unknown names', () => {
    class Row extends nn.Module {
      forward(x: Tensor) {
        return x.select(0, 0)
      }
    }
    expect(() => parametrize.register_parametrization(new nn.Linear(2, 3), 'weight', new Row())).toThrow(
      'may not change the shape of the tensor',
    )
    expect(
      parametrize.register_parametrization(new nn.Linear(2, 3), 'weight', new Row(), { unsafe: true }).weight.shape,
    ).toEqual([2])
    expect(() => parametrize.register_parametrization(new nn.Linear(2, 3), 'wait', new Row())).toThrow(
      "does not have a parameter, a buffer, or a parametrized element with name 'wait'",
    )
    expect(() => parametrize.register_parametrization(new nn.Linear(2, 3), 'weight', 1 as never)).toThrow(TypeError)
  })
})

describe('parametrizations', () => {
  it('orthogonal columns, and rows of a wide matrix', () => {
    for (const map of ['matrix_exp', 'cayley', 'householder'] as const) {
      const tall = parametrizations.orthogonal(new nn.Linear(3, 5), 'weight', map)
      expect(tall.weight.mT.matmul(tall.weight).allclose(torch.eye(3), { atol: 1e-5 })).toBe(true)
      const wide = parametrizations.orthogonal(new nn.Linear(5, 3), { orthogonal_map: map })
      expect(wide.weight.matmul(wide.weight.mT).allclose(torch.eye(3), { atol: 1e-5 })).toBe(true)
      wide(torch.ones(1, 5)).sum().backward()
    }
    const plain = parametrizations.orthogonal(new nn.Linear(3, 3), 'weight', 'householder', {
      use_trivialization: false,
    })
    const value = torch.linalg.qr(torch.randn(3, 3))[0]
    plain.weight = value as nn.Parameter
    expect(plain.weight.allclose(value, { atol: 1e-5 })).toBe(true)
    expect(() => parametrizations.orthogonal(new nn.Linear(3, 3), 'bias')).toThrow('Got a tensor of 1 dimensions.')
  })

  it('spectral_norm brings the largest singular value to 1', () => {
    const layer = parametrizations.spectral_norm(new nn.Linear(4, 6), { n_power_iterations: 50 })
    expect(torch.linalg.matrix_norm(layer.weight, 2).item()).toBeCloseTo(1, 4)
    expect(() => parametrizations.spectral_norm(new nn.Linear(2, 2), 'weight', 0)).toThrow('to be positive')
  })

  it('weight_norm leaves the weight as it was and reads older state dicts', () => {
    const layer = new nn.Linear(3, 2)
    const before = layer.weight.detach().clone()
    parametrizations.weight_norm(layer)
    expect(layer.weight.allclose(before)).toBe(true)
    expect(layer.named_parameters().map(([name]) => name)).toEqual([
      'bias',
      'parametrizations.weight.original0',
      'parametrizations.weight.original1',
    ])
    layer.load_state_dict({ bias: torch.zeros(2), weight_g: torch.ones(2, 1), weight_v: torch.ones(2, 3) })
    expect(layer.weight.allclose(torch.full([2, 3], 3 ** -0.5))).toBe(true)
  })
})
