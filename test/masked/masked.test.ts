import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { masked } = torch
const x = torch.tensor([
  [1, 2, 3],
  [4, 5, 6],
])
const mask = torch.tensor([
  [true, false, true],
  [false, false, false],
])

describe('masked reductions', () => {
  it('count only what the mask lets through', () => {
    expect(masked.sum(x, 1, { mask }).tolist()).toEqual([4, 0])
    expect(masked.prod(x, 1, { mask }).tolist()).toEqual([3, 1])
    expect(masked.amax(x, 1, { mask }).tolist()).toEqual([3, -Infinity])
    expect(masked.amin(x, 0, { mask, keepdim: true }).tolist()).toEqual([[1, Infinity, 3]])
    expect(masked.mean(x, { mask }).item()).toBe(2)
    expect(masked.mean(x, 1, { mask }).tolist()).toEqual([2, Number.NaN])
    expect(masked.median(x, 1, { mask }).tolist()).toEqual([1, Number.NaN])
    expect(masked.norm(x, 1, 1, { mask }).tolist()).toEqual([4, 0])
    expect(masked.var(x, 1, { mask }).at(0).item()).toBe(2)
    expect(masked.std(x, 1, false, { mask }).at(0).item()).toBe(1)
    expect(masked.argmax(x, 1, { mask, dtype: torch.int64 }).tolist()).toEqual([2, 0])
    expect(masked.logsumexp(x, 1, { mask: mask.logical_not() }).at(0).item()).toBeCloseTo(2, 6)
  })

  it('are the plain ones without a mask', () => {
    expect(masked.sum(x).item()).toBe(21)
    expect(masked.mean(x, [0, 1]).item()).toBe(3.5)
    expect(masked.var(x, 1).tolist()).toEqual([1, 1])
  })

  it('keep integers, in int64 for sums', () => {
    const ints = x.to(torch.int32)
    expect(masked.sum(ints, { mask }).dtype).toBe(torch.int64)
    expect(masked.amin(ints, 1, { mask }).tolist()).toEqual([1, 2 ** 31 - 1])
    expect(masked.amax(x.to(torch.int64), 1, { mask }).at(1).item()).toBe(-(2n ** 63n))
  })

  it('broadcast the mask, and its gradient is that of the elements', () => {
    expect(masked.sum(x, 1, { mask: torch.tensor([true, false, false]) }).tolist()).toEqual([1, 4])
    const leaf = x.clone().requires_grad_()
    masked.sum(leaf, { mask }).backward()
    expect(leaf.grad!.tolist()).toEqual([
      [1, 0, 1],
      [0, 0, 0],
    ])
  })

  it('refuse what Python refuses', () => {
    expect(() => masked.sum(x, 5)).toThrow('Dimension out of range (expected to be in range of [-2, 1], but got 5)')
    expect(() => masked.sum(x, 5)).toThrow(torch.IndexError)
    expect(() => masked.sum(x, [0, 0])).toThrow('dim=0 appears multiple times in the list of dims')
    expect(() => masked.sum(x, { mask: torch.ones([1, 2, 3]) })).toThrow('expected broadcastable mask')
    expect(() => masked.mean(x.to(torch.int64))).toThrow('mean(): Could not infer output dtype.')
    expect(() => masked.sum(x.to_sparse())).toThrow('masked sum expects strided tensor')
    expect(() => masked.var(x, 0, true, { correction: 1 })).toThrow('Only one of unbiased and correction may be given')
  })
})

describe('masked normalisations', () => {
  it('leave what the mask hides at nothing', () => {
    expect(masked.softmax(torch.zeros([3]), 0, { mask: torch.tensor([true, true, false]) }).tolist()).toEqual([
      0.5, 0.5, 0,
    ])
    expect(masked.cumsum(x, 1, { mask }).tolist()).toEqual([
      [1, 1, 4],
      [0, 0, 0],
    ])
    expect(masked.cumprod(x, 1, { mask }).at(0).tolist()).toEqual([1, 1, 3])
    expect(
      masked
        .normalize(torch.tensor([3, 4]), 2, 0)
        .at(1)
        .item(),
    ).toBeCloseTo(0.8, 6)
    const both = masked.logaddexp(x, x, { input_mask: mask, other_mask: mask.logical_not() })
    expect(both.tolist()).toEqual(x.tolist())
  })
})
