import * as torch from 'torch-node'
import * as F from 'torch-node/nn/functional'
import { describe, expect, it } from 'vitest'

const image = torch.arange(16, { dtype: torch.float32 }).view(1, 1, 4, 4)

describe('max pooling', () => {
  it('takes the maximum of each window', () => {
    const pooled = F.max_pool2d(image, 2)
    expect(pooled.flatten().tolist()).toEqual([5, 7, 13, 15])
    expect(F.max_pool2d(image, [2, 4], { stride: 1 }).shape).toEqual([1, 1, 3, 1])
    expect(F.max_pool1d(image.at(0, 0), 3, 1, 1).shape).toEqual([4, 4])
  })

  it('gives the places too, by keyword or by position', () => {
    const [values, places] = F.max_pool2d(image, 2, { return_indices: true })
    expect(values.flatten().tolist()).toEqual([5, 7, 13, 15])
    expect(places.flatten().tolist()).toEqual([5, 7, 13, 15])
    expect(F.max_pool2d(image, 2, null, 0, 1, false, true)).toHaveLength(2)
    expect(F.max_pool2d_with_indices(image, 2)).toHaveLength(2)
    expect(F.adaptive_max_pool2d(image, 1, { return_indices: true })[1].item()).toBe(15)
  })

  it('is undone by max_unpool', () => {
    const [values, places] = F.max_pool2d(image, 2, { return_indices: true })
    const back = F.max_unpool2d(values, places, 2)
    expect(back.shape).toEqual([1, 1, 4, 4])
    expect(back.sum().item()).toBe(40)
    expect(F.max_unpool2d(values, places, 2, { output_size: [1, 1, 5, 5] }).shape).toEqual([1, 1, 5, 5])
    expect(() => F.max_unpool2d(values, places, 2, { output_size: [9, 9] })).toThrow(
      'invalid output_size "[9, 9]" (dim 0 must be between 2 and 6)',
    )
    expect(() => F.max_unpool2d(values, places, 2, { output_size: [4] })).toThrow(torch.ValueError)
  })
})

describe('average pooling', () => {
  it('takes the mean of each window', () => {
    expect(F.avg_pool2d(image, 2).flatten().tolist()).toEqual([2.5, 4.5, 10.5, 12.5])
    expect(F.avg_pool2d(image, 2, { divisor_override: 1 }).flatten().tolist()).toEqual([10, 18, 42, 50])
    expect(F.lp_pool2d(torch.ones([1, 1, 2, 2]), 2, 2).item()).toBe(2)
    expect(F.lp_pool2d(image, Infinity, 4).item()).toBe(15)
  })

  it('adapts to a size, null keeping a dimension', () => {
    expect(F.adaptive_avg_pool2d(image, 1).item()).toBe(7.5)
    expect(F.adaptive_avg_pool2d(image, [null, 2]).shape).toEqual([1, 1, 4, 2])
    expect(() => F.adaptive_avg_pool2d(torch.ones([2, 2]), [null, 2])).toThrow('Input dimension should be at least 3')
  })
})

describe('fractional pooling', () => {
  it('needs a size or a ratio', () => {
    expect(F.fractional_max_pool2d(image, 2, { output_ratio: 0.5 }).shape).toEqual([1, 1, 2, 2])
    expect(F.fractional_max_pool2d(image, 2, { output_size: 3, return_indices: true })).toHaveLength(2)
    expect(() => F.fractional_max_pool2d(image, 2)).toThrow(
      'fractional_max_pool2d requires specifying either an output_size or an output_ratio',
    )
  })
})
