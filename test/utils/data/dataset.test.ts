import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'

const { ChainDataset, ConcatDataset, Dataset, IterableDataset, random_split, StackDataset, Subset, TensorDataset } =
  torch.utils.data

class Squares extends Dataset<[number, number]> {
  constructor(readonly length: number) {
    super()
  }
  getItem(index: number): [number, number] {
    return [index, index ** 2]
  }
}

class Counting extends IterableDataset<number> {
  constructor(
    readonly from: number,
    readonly to: number,
    override readonly length = to - from,
  ) {
    super()
  }
  override *[Symbol.iterator]() {
    for (let i = this.from; i < this.to; i++) yield i
  }
}

describe('TensorDataset', () => {
  const dataset = new TensorDataset(torch.arange(6).view(3, 2), torch.tensor([10, 20, 30]))

  test('gives the rows of its tensors', () => {
    expect(dataset.length).toBe(3)
    expect(dataset.getItem(1).map(t => t.tolist())).toEqual([[2, 3], 20])
  })

  test('gives whole batches that equal stacked rows', () => {
    expect(dataset.getBatch([2, 0])?.map(t => t.tolist())).toEqual([
      [
        [4, 5],
        [0, 1],
      ],
      [30, 10],
    ])
  })

  test('refuses tensors of different lengths', () => {
    expect(() => new TensorDataset(torch.zeros(3), torch.zeros(4))).toThrow('Size mismatch between tensors')
    expect(() => new TensorDataset()).toThrow('at least one tensor')
  })

  test('a subclass is asked for its own samples', () => {
    class Doubled extends TensorDataset<[torch.Tensor]> {
      override getItem(index: number): [torch.Tensor] {
        return [super.getItem(index)[0].mul(2)]
      }
    }
    expect(new Doubled(torch.ones(2)).getBatch([0, 1])).toBeNull()
  })
})

describe('ConcatDataset', () => {
  const both = new Squares(2).concat(new Squares(3))

  test('counts on from one dataset to the next', () => {
    expect(both).toBeInstanceOf(ConcatDataset)
    expect(both.length).toBe(5)
    expect([0, 1, 2, 3, 4].map(i => both.getItem(i))).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
      [1, 1],
      [2, 4],
    ])
    expect(both.getItem(-1)).toEqual([2, 4])
  })

  test('refuses an index outside, and streams', () => {
    expect(() => both.getItem(5)).toThrow('out of range')
    expect(() => both.getItem(-6)).toThrow('should not exceed dataset length')
    expect(() => new ConcatDataset([])).toThrow('empty iterable')
    expect(() => new ConcatDataset([new Counting(0, 1) as never])).toThrow('does not support IterableDataset')
  })
})

describe('StackDataset', () => {
  test('puts samples side by side, in an array or an object', () => {
    expect(new StackDataset([new Squares(2), new Squares(2)]).getItem(1)).toEqual([
      [1, 1],
      [1, 1],
    ])
    expect(new StackDataset({ a: new Squares(2) }).getItem(1)).toEqual({ a: [1, 1] })
  })

  test('refuses none, and different lengths', () => {
    expect(() => new StackDataset([])).toThrow('At least one dataset')
    expect(() => new StackDataset([new Squares(2), new Squares(3)])).toThrow('Size mismatch')
  })
})

describe('streams', () => {
  test('follow one another', () => {
    const chain = new Counting(0, 2).concat(new Counting(5, 7))
    expect(chain).toBeInstanceOf(ChainDataset)
    expect([...(chain as Iterable<number>)]).toEqual([0, 1, 5, 6])
    expect(chain.length).toBe(4)
  })

  test('give asynchronous samples only to those who wait', async () => {
    class Slow extends IterableDataset<number> {
      override async *[Symbol.asyncIterator]() {
        yield 1
        yield 2
      }
    }
    const chain = new ChainDataset([new Slow(), new Counting(3, 4)])
    const got: number[] = []
    for await (const x of chain as AsyncIterable<number>) got.push(x)
    expect(got).toEqual([1, 2, 3])
    expect(() => [...(chain as Iterable<number>)]).toThrow("use 'for await'")
  })
})

describe('Subset and random_split', () => {
  test('a subset of a subset', () => {
    const outer = new Subset(new Subset(new Squares(10), [9, 8, 7, 6]), [3, 1])
    expect([outer.getItem(0), outer.getItem(1), outer.length]).toEqual([[6, 36], [8, 64], 2])
    expect(() => outer.getItem(2)).toThrow('out of range')
  })

  test('splits by lengths and by fractions, without overlap', () => {
    const generator = new torch.Generator().manual_seed(42)
    const parts = random_split(new Squares(10), [3, 7], { generator })
    expect(parts.map(part => part.length)).toEqual([3, 7])
    expect(parts.flatMap(part => part.indices).sort((a, b) => a - b)).toEqual([...Array(10).keys()])
    expect(random_split(new Squares(10), [0.5, 0.25, 0.25]).map(part => part.length)).toEqual([6, 2, 2])
  })

  test('refuses lengths that do not fit', () => {
    expect(() => random_split(new Squares(10), [3, 8])).toThrow('Sum of input lengths')
    expect(() => random_split(new Squares(10), [1.5, -0.5])).toThrow('not between 0 and 1')
  })
})
