import type { Tensor } from 'torch-node'
import * as torch from 'torch-node'
import { describe, expect, expectTypeOf, test } from 'vitest'

const { DataLoader, Dataset, IterableDataset, TensorDataset } = torch.utils.data

class Numbers extends Dataset<number> {
  constructor(readonly length: number) {
    super()
  }
  getItem(index: number): number {
    return index
  }
}

/** Gives its samples later, and notes how many are under way at once. */
class Slow extends Dataset<number> {
  readonly length = 12
  running = 0
  most = 0
  readonly asked: number[] = []
  async getItem(index: number): Promise<number> {
    this.asked.push(index)
    this.most = Math.max(this.most, ++this.running)
    await new Promise(resolve => setTimeout(resolve, index % 3))
    this.running--
    return index
  }
}

const lists = (loader: Iterable<Tensor>) => [...loader].map(batch => batch.tolist())

async function listsAsync(loader: AsyncIterable<Tensor>): Promise<unknown[]> {
  const batches: unknown[] = []
  for await (const batch of loader) batches.push(batch.tolist())
  return batches
}

describe('DataLoader', () => {
  test('gives batches, the last one shorter', () => {
    const loader = new DataLoader(new Numbers(5), { batch_size: 2 })
    expect(lists(loader)).toEqual([[0, 1], [2, 3], [4]])
    expect(loader.length).toBe(3)
    expect(lists(loader)).toHaveLength(3)
  })

  test('takes options by position too', () => {
    expect(lists(new DataLoader(new Numbers(3), 2))).toEqual([[0, 1], [2]])
    expect(new DataLoader(new Numbers(3), 2, true).sampler).toBeInstanceOf(torch.utils.data.RandomSampler)
  })

  test('drop_last', () => {
    const loader = new DataLoader(new Numbers(5), { batch_size: 2, drop_last: true })
    expect(lists(loader)).toEqual([
      [0, 1],
      [2, 3],
    ])
    expect(loader.length).toBe(2)
  })

  test('types follow the dataset', () => {
    const images = new TensorDataset(torch.zeros(4, 3), torch.zeros(4))
    for (const batch of new DataLoader(images, { batch_size: 2 })) expectTypeOf(batch).toEqualTypeOf<[Tensor, Tensor]>()
    const own = new DataLoader(new Numbers(4), { batch_size: 2, collate_fn: samples => samples.join() })
    for (const batch of own) expectTypeOf(batch).toEqualTypeOf<string>()
    expect([...own]).toEqual(['0,1', '2,3'])
  })

  test('the same seed gives the same order, another epoch another', () => {
    const loader = new DataLoader(new Numbers(20), { batch_size: 5, shuffle: true })
    torch.manual_seed(7)
    const [first, second] = [lists(loader), lists(loader)]
    torch.manual_seed(7)
    expect(lists(loader)).toEqual(first)
    expect(second).not.toEqual(first)
  })

  test('works over a plain array, with a sampler, and with a batch sampler', () => {
    expect(lists(new DataLoader([5, 6, 7], { batch_size: 2, sampler: [2, 0] }))).toEqual([[7, 5]])
    expect(lists(new DataLoader([5, 6, 7], { batch_sampler: [[1], [0, 2]] }))).toEqual([[6], [5, 7]])
  })

  test('without batches gives converted samples', () => {
    const loader = new DataLoader([new Float32Array([1]), 'x'], { batch_size: null })
    expect([...loader].map(sample => (sample as Tensor | string).toString())).toEqual(['tensor([1.])', 'x'])
  })

  test('a dataset may fetch in bulk', () => {
    class Bulk extends Numbers {
      asked: number[][] = []
      override getItems(indices: readonly number[]): number[] {
        this.asked.push([...indices])
        return indices.map(i => i + 10)
      }
    }
    const dataset = new Bulk(4)
    expect(lists(new DataLoader(dataset, { batch_size: 2 }))).toEqual([
      [10, 11],
      [12, 13],
    ])
    expect(dataset.asked).toEqual([
      [0, 1],
      [2, 3],
    ])
  })
})

describe('asynchronous datasets', () => {
  test('load one sample after the other, in order', async () => {
    const dataset = new Slow()
    expect(await listsAsync(new DataLoader(dataset, { batch_size: 5 }))).toEqual([
      [0, 1, 2, 3, 4],
      [5, 6, 7, 8, 9],
      [10, 11],
    ])
    expect(dataset.most).toBe(1)
    expect(dataset.asked).toEqual([...Array(12).keys()])
  })

  test('a failing sample fails the loop', async () => {
    class Broken extends Dataset<number> {
      readonly length = 4
      async getItem(index: number): Promise<number> {
        if (index === 2) throw new Error('no such picture')
        return index
      }
    }
    await expect(listsAsync(new DataLoader(new Broken()))).rejects.toThrow('no such picture')
  })

  test('say so in a synchronous loop', () => {
    expect(() => [...new DataLoader(new Slow())]).toThrow('for await')
  })
})

describe('streams', () => {
  class Stream extends IterableDataset<number> {
    override *[Symbol.iterator]() {
      for (let i = 0; i < 5; i++) yield i
    }
  }

  test('come in batches', async () => {
    expect(lists(new DataLoader(new Stream(), { batch_size: 2 }))).toEqual([[0, 1], [2, 3], [4]])
    expect(lists(new DataLoader(new Stream(), { batch_size: 2, drop_last: true }))).toHaveLength(2)
    const loader = new DataLoader(new Stream(), { batch_size: 2 })
    expect(await listsAsync(loader)).toEqual([[0, 1], [2, 3], [4]])
    expect([...new DataLoader(new Stream(), { batch_size: null })]).toEqual([0, 1, 2, 3, 4])
  })

  test('have no length unless they say so, and take no order', () => {
    expect(() => new DataLoader(new Stream()).length).toThrow('has no length')
    expect(() => new DataLoader(new Stream(), { shuffle: true })).toThrow('expected unspecified shuffle option')
    expect(() => new DataLoader(new Stream(), { sampler: [1] })).toThrow('expected unspecified sampler option')
  })
})

test('options that exclude each other are refused', () => {
  const data = new Numbers(4)
  expect(() => new DataLoader(data, { shuffle: true, sampler: [1] })).toThrow('mutually exclusive with shuffle')
  expect(() => new DataLoader(data, { batch_sampler: [[1]], batch_size: 2 })).toThrow('mutually exclusive')
  expect(() => new DataLoader(data, { batch_size: null, drop_last: true })).toThrow('disables auto-batching')
  expect(() => new DataLoader(data, { num_workers: -1 })).toThrow('non-negative')
  expect(() => new DataLoader(data, { prefetch_factor: 2 })).toThrow('prefetch_factor')
  expect(() => new DataLoader(data, { persistent_workers: true })).toThrow('persistent_workers')
  expect(() => new DataLoader(data, { bach_size: 2 } as never)).toThrow("unexpected keyword argument 'bach_size'")
})
