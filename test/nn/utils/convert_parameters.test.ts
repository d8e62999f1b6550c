import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { parameters_to_vector, vector_to_parameters } = nn.utils

describe('parameters as a vector', () => {
  it('go there and back', () => {
    const layer = new nn.Linear(2, 3)
    const vector = parameters_to_vector(layer.parameters())
    expect(vector.shape).toEqual([9])
    expect(vector.requires_grad).toBe(true)
    const { weight } = layer
    vector_to_parameters(torch.arange(9, { dtype: torch.float32 }), layer.parameters())
    expect(layer.weight).toBe(weight)
    expect(weight.tolist()).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
    ])
    expect(layer.bias!.tolist()).toEqual([6, 7, 8])
  })

  it('refuse a short vector and what is none', () => {
    const parameters = new nn.Linear(2, 3).parameters()
    expect(() => vector_to_parameters(torch.ones(8), parameters)).toThrow('9 elements')
    expect(() => vector_to_parameters([1] as never, parameters)).toThrow('expected torch.Tensor')
  })
})
