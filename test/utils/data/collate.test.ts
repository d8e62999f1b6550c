import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'

const { default_collate, default_convert } = torch.utils.data

describe('default_collate', () => {
  test('stacks tensors', () => {
    const batch = default_collate([torch.zeros(2, 3), torch.ones(2, 3)])
    expect(batch.shape).toEqual([2, 2, 3])
  })

  test('makes tensors of numbers, by kind', () => {
    expect(default_collate([1, 2]).dtype).toBe(torch.int64)
    expect(default_collate([1, 2.5]).dtype).toBe(torch.float64)
    expect(default_collate([1n, 2n]).dtype).toBe(torch.int64)
    expect(default_collate([true, false]).dtype).toBe(torch.bool)
  })

  test('stacks typed arrays in their own dtype', () => {
    const batch = default_collate([new Float32Array([1, 2]), new Float32Array([3, 4])])
    expect(batch.dtype).toBe(torch.float32)
    expect(batch.tolist()).toEqual([
      [1, 2],
      [3, 4],
    ])
  })

  test('goes into arrays, objects and Maps, and leaves strings', () => {
    const batch = default_collate([
      { image: torch.zeros(2), labels: [1, 'a'] as [number, string] },
      { image: torch.ones(2), labels: [2, 'b'] as [number, string] },
    ])
    expect(batch.image.tolist()).toEqual([
      [0, 0],
      [1, 1],
    ])
    expect(batch.labels[0].tolist()).toEqual([1, 2])
    expect(batch.labels[1]).toEqual(['a', 'b'])
    const map = default_collate([new Map([['x', 1]]), new Map([['x', 2]])])
    expect(map.get('x')?.tolist()).toEqual([1, 2])
  })

  test('names what it cannot put together', () => {
    expect(() => default_collate([null])).toThrow('found None')
    expect(() => default_collate([new Date()])).toThrow('found Date')
    expect(() => default_collate([[1], [1, 2]])).toThrow('should be of equal size')
    expect(() => default_collate([1, 'a'])).toThrow('also contains str')
    expect(() => default_collate([{ a: 1 }, { b: 1 }])).toThrow('no entry a')
    expect(() => default_collate([])).toThrow(TypeError)
  })
})

test('default_convert makes tensors of typed arrays only', () => {
  const converted = default_convert({ a: new Int32Array([1]), b: [new Float64Array([2]), 3], c: 'x' }) as {
    a: torch.Tensor
    b: [torch.Tensor, number]
    c: string
  }
  expect(converted.a.dtype).toBe(torch.int32)
  expect(converted.b[0].dtype).toBe(torch.float64)
  expect([converted.b[1], converted.c]).toEqual([3, 'x'])
})
