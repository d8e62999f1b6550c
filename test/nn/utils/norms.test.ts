import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { weight_norm, remove_weight_norm, spectral_norm, remove_spectral_norm } = nn.utils

describe('the older weight_norm', () => {
  it('computes the weight before each call, and is taken off again', () => {
    const layer = new nn.Linear(3, 2)
    const before = layer.weight.detach().clone()
    weight_norm(layer)
    expect(layer.named_parameters().map(([name]) => name)).toEqual(['bias', 'weight_g', 'weight_v'])
    torch.no_grad(() => layer.get_parameter('weight_g').mul_(2))
    layer(torch.ones(1, 3)).sum().backward()
    expect(layer.weight.allclose(before.mul(2))).toBe(true)
    expect(layer.get_parameter('weight_g').grad).not.toBe(null)
    expect(() => weight_norm(layer)).toThrow('Cannot register two weight_norm hooks')
    remove_weight_norm(layer)
    expect(layer.weight).toBeInstanceOf(nn.Parameter)
    expect(layer.weight.allclose(before.mul(2))).toBe(true)
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight'])
    expect(() => remove_weight_norm(layer)).toThrow("weight_norm of 'weight' not found")
  })
})

describe('the older spectral_norm', () => {
  it('divides by the largest singular value, and is taken off again', () => {
    const layer = spectral_norm(new nn.Linear(3, 4), { n_power_iterations: 60 })
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight_orig', 'weight_u', 'weight_v'])
    layer(torch.ones(1, 3)).sum().backward()
    expect(torch.linalg.matrix_norm(layer.weight, 2).item()).toBeCloseTo(1, 4)
    expect(layer.get_parameter('weight_orig').grad).not.toBe(null)
    const weight = layer.weight.detach().clone()
    remove_spectral_norm(layer)
    expect(Object.keys(layer.state_dict())).toEqual(['bias', 'weight'])
    expect(layer.weight.allclose(weight)).toBe(true)
    expect(layer(torch.ones(1, 3)).shape).toEqual([1, 4])
    expect(() => spectral_norm(new nn.Linear(2, 2), { n_power_iterations: 0 })).toThrow('to be positive')
  })
})
