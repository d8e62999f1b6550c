import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'

const { BatchSampler, RandomSampler, SequentialSampler, SubsetRandomSampler, WeightedRandomSampler } = torch.utils.data
const ten = { length: 10 }
const sorted = (numbers: Iterable<number>) => [...numbers].sort((a, b) => a - b)

test('SequentialSampler counts', () => {
  expect([...new SequentialSampler({ length: 3 })]).toEqual([0, 1, 2])
})

describe('RandomSampler', () => {
  test('gives every number once, in another order each time', () => {
    torch.manual_seed(1)
    const sampler = new RandomSampler(ten)
    const [a, b] = [[...sampler], [...sampler]]
    expect(sorted(a)).toEqual([...Array(10).keys()])
    expect(a).not.toEqual(b)
    expect(sampler.length).toBe(10)
  })

  test('repeats with the same seed', () => {
    const order = () => [...new RandomSampler(ten, { generator: new torch.Generator().manual_seed(3) })]
    expect(order()).toEqual(order())
  })

  test('draws more numbers than there are, with and without replacement', () => {
    expect([...new RandomSampler(ten, false, 25)]).toHaveLength(25)
    const drawn = [...new RandomSampler(ten, { replacement: true, num_samples: 70 })]
    expect(drawn).toHaveLength(70)
    expect(drawn.every(i => i >= 0 && i < 10)).toBe(true)
  })

  test('refuses an impossible count', () => {
    expect(() => new RandomSampler(ten, false, 0)).toThrow('num_samples should be a positive integer')
    expect(() => new RandomSampler({ length: 0 })).toThrow('num_samples=0')
    expect(() => new RandomSampler(ten, { replacement: 1 as never })).toThrow(TypeError)
  })
})

test('SubsetRandomSampler gives its own numbers', () => {
  expect(sorted(new SubsetRandomSampler([7, 3, 5]))).toEqual([3, 5, 7])
})

describe('WeightedRandomSampler', () => {
  test('leaves out what has no weight', () => {
    const drawn = [...new WeightedRandomSampler([0, 1, 0, 3], 200)]
    expect(new Set(drawn)).toEqual(new Set([1, 3]))
    expect(sorted(new WeightedRandomSampler([1, 1, 1], 3, false))).toEqual([0, 1, 2])
  })

  test('refuses what are no weights', () => {
    expect(() => new WeightedRandomSampler([[1]] as never, 1)).toThrow('1d sequence')
    expect(() => new WeightedRandomSampler([1], 0)).toThrow('num_samples')
  })
})

describe('BatchSampler', () => {
  test('keeps or drops the last, short batch', () => {
    const numbers = new SequentialSampler({ length: 5 })
    expect([...new BatchSampler(numbers, 2, false)]).toEqual([[0, 1], [2, 3], [4]])
    expect([...new BatchSampler(numbers, 2, true)]).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect([new BatchSampler(numbers, 2, false).length, new BatchSampler(numbers, 2, true).length]).toEqual([3, 2])
  })

  test('refuses an impossible size', () => {
    expect(() => new BatchSampler([1], 0, false)).toThrow('batch_size should be a positive integer')
    expect(() => new BatchSampler([1], 1, 'yes' as never)).toThrow('drop_last should be a boolean')
  })
})
