import * as torch from 'torch-node'
import * as F from 'torch-node/nn/functional'
import { describe, expect, it } from 'vitest'

const table = torch.tensor([
  [1, 2],
  [3, 4],
  [5, 6],
])
const places = (...values: number[]) => torch.tensor(values, { dtype: torch.int64 })

describe('embedding', () => {
  it('looks rows up', () => {
    expect(F.embedding(places(2, 0), table).tolist()).toEqual([
      [5, 6],
      [1, 2],
    ])
  })

  it('gives padding no gradient', () => {
    const weight = table.clone().requires_grad_()
    F.embedding(places(0, 2), weight, { padding_idx: -1 }).sum().backward()
    expect(weight.grad!.tolist()).toEqual([
      [1, 1],
      [0, 0],
      [0, 0],
    ])
    expect(() => F.embedding(places(0), weight, 3)).toThrow('Padding_idx must be within num_embeddings')
  })

  it('shrinks long rows in place, outside the graph', () => {
    const weight = torch.tensor([[3, 4]], { requires_grad: true })
    F.embedding(places(0), weight, { max_norm: 1 })
    expect(weight.detach().norm().item()).toBeCloseTo(1, 5)
  })
})

describe('embedding_bag', () => {
  it('reduces bags', () => {
    const rows = places(0, 1, 1, 2).view(2, 2)
    expect(F.embedding_bag(rows, table, { mode: 'sum' }).tolist()).toEqual([
      [4, 6],
      [8, 10],
    ])
    expect(F.embedding_bag(places(0, 1, 2), table, places(0, 1)).tolist()).toEqual([
      [1, 2],
      [4, 5],
    ])
    expect(F.embedding_bag(rows, table, { mode: 'max' }).tolist()).toEqual([
      [3, 4],
      [5, 6],
    ])
  })

  it('refuses what Python refuses', () => {
    expect(() => F.embedding_bag(places(0), table)).toThrow('offsets has to be a 1D Tensor but got None')
    expect(() => F.embedding_bag(places(0).view(1, 1), table, places(0))).toThrow(
      'if input is 2D, then offsets has to be None',
    )
    expect(() => F.embedding_bag(places(0), table, places(0), { per_sample_weights: torch.ones([1]) })).toThrow(
      torch.NotImplementedError,
    )
    // @ts-expect-error: no such mode
    expect(() => F.embedding_bag(places(0), table, places(0), { mode: 'min' })).toThrow(
      'mode has to be one of sum, mean or max',
    )
  })
})

describe('one_hot', () => {
  it('counts the classes by itself or is told', () => {
    expect(F.one_hot(places(0, 2)).tolist()).toEqual([
      [1, 0, 0],
      [0, 0, 1],
    ])
    expect(F.one_hot(places(0), 2).dtype).toBe(torch.int64)
    expect(() => F.one_hot(places(5), 2)).toThrow('Class values must be smaller than num_classes.')
  })
})
