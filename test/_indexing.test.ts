import * as torch from 'torch-node'
import { slice } from 'torch-node'
import { describe, expect, it } from 'vitest'

const grid = () => torch.arange(24).reshape(2, 3, 4)

describe('at', () => {
  const x = grid()

  it('numbers select views', () => {
    expect(x.at(1, -1, 0).item()).toBe(20)
    expect(x.at(1).tolist()).toEqual(x.select(0, 1).tolist())
    expect(x.at(1n).tolist()).toEqual(x.at(1).tolist())
    const row = x.at(0, 0)
    expect(row.data_ptr()).toBe(x.data_ptr())
  })

  it('slices, ellipsis and new dimensions', () => {
    expect(x.at(slice(1)).shape.slice()).toEqual([1, 3, 4])
    expect(x.at('...', slice(null, null, 2)).tolist()).toEqual([
      [
        [0, 2],
        [4, 6],
        [8, 10],
      ],
      [
        [12, 14],
        [16, 18],
        [20, 22],
      ],
    ])
    expect([...x.at(null, 0, null, slice(1, null)).shape]).toEqual([1, 1, 2, 4])
    expect(String(slice(1, null, 2))).toBe('slice(1, null, 2)')
  })

  it('tensors, lists and typed arrays pick; masks choose', () => {
    expect(x.at(0, [0, 2], [1, 3]).tolist()).toEqual([1, 11])
    expect(x.at(0, new Int32Array([0, 2]), 0).tolist()).toEqual([0, 8])
    expect(x.at(x.gt(21)).tolist()).toEqual([22, 23])
    expect(x.at(0, [true, false, true], 0).tolist()).toEqual([0, 8])
    expect([...x.at([]).shape]).toEqual([0, 3, 4])
    expect([...x.at([0, 1], slice(), [1, 2]).shape]).toEqual([2, 3])
    expect(x.at(torch.tensor(1n), torch.tensor(2n), 3).item()).toBe(23)
    expect([...x.at(true).shape]).toEqual([1, 2, 3, 4])
    expect([...x.at(false).shape]).toEqual([0, 2, 3, 4])
  })

  it('refuses in Python’s words', () => {
    expect(() => x.at(2)).toThrow('index 2 is out of bounds for dimension 0 with size 2')
    expect(() => x.at(0, 0, 0, 0)).toThrow('too many indices for tensor of dimension 3')
    expect(() => x.at(slice(null, null, -1))).toThrow('step must be greater than zero')
    expect(() => x.at(0.5)).toThrow(torch.IndexError)
    expect(() => x.at([0.5])).toThrow('tensors used as indices must be long, int, byte or bool tensors')
    expect(() => x.at('a' as '...')).toThrow(torch.IndexError)
    expect(() => x.at({} as '...')).toThrow(torch.IndexError)
    expect(() => x.at(undefined as unknown as null)).toThrow(torch.IndexError)
    expect(() => torch.tensor(1).at(0)).toThrow('invalid index of a 0-dim tensor')
    expect(() => slice(0.5)).toThrow(TypeError)
  })

  it('gradients flow through views and picks', () => {
    const y = torch.ones(3, 2, { requires_grad: true })
    y.at([0, 0], 1)
      .sum()
      .add(y.at(slice(1, null)).sum())
      .backward()
    expect(y.grad!.tolist()).toEqual([
      [0, 2],
      [1, 1],
      [1, 1],
    ])
  })
})

describe('setAt', () => {
  it('writes numbers and tensors, broadcast', () => {
    const x = grid()
    expect(x.setAt([0], -1)).toBe(x)
    x.setAt([1, slice(null, null, 2)], torch.tensor([5, 6, 7, 8], { dtype: torch.int64 }))
    x.setAt([1, 1, [0, 3]], 9)
    expect(x.tolist()).toEqual([
      [
        [-1, -1, -1, -1],
        [-1, -1, -1, -1],
        [-1, -1, -1, -1],
      ],
      [
        [5, 6, 7, 8],
        [9, 17, 18, 9],
        [5, 6, 7, 8],
      ],
    ])
    expect(
      x
        .setAt([x.gt(8)], 0)
        .max()
        .item(),
    ).toBe(8)
    expect(x.setAt([false], 3).max().item()).toBe(8)
    expect(x.setAt(['...'], 3).min().item()).toBe(3)
  })

  it('gradients reach what was written', () => {
    const value = torch.ones(2, { requires_grad: true })
    const y = torch.zeros(3, 2)
    y.setAt([1], value.mul(3))
    y.sum().backward()
    expect(value.grad!.tolist()).toEqual([3, 3])
  })

  it('refuses other values, shapes and dtypes', () => {
    const x = grid()
    expect(() => x.setAt([0], 'a' as unknown as number)).toThrow("can't assign a str")
    expect(() => x.setAt([0], [1, 2] as unknown as number)).toThrow("can't assign a list")
    expect(() => x.setAt([0], null as unknown as number)).toThrow(TypeError)
    expect(() => x.setAt([0], torch.ones(5))).toThrow('must match the existing size (5)')
    expect(() => x.setAt([[0]], torch.ones(3, 4))).toThrow('source and destination dtypes match')
    expect(() => x.setAt(0 as unknown as number[], 1)).toThrow(TypeError)
  })
})
