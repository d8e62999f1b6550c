import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'
import { python, runPython } from './python.js'

const { ChainDataset, ConcatDataset, DataLoader, Dataset, DistributedSampler, IterableDataset, StackDataset, Subset } =
  torch.utils.data

const program = `
import json, torch
from torch.utils.data import *

class Noisy(Dataset):
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __getitem__(self, i): return torch.rand(1), i

class Count(IterableDataset):
    def __init__(self, n): self.n = n
    def __iter__(self): return iter(range(self.n))
    def __len__(self): return self.n

def out(x):
    if isinstance(x, torch.Tensor): return x.tolist()
    if isinstance(x, dict): return {k: out(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)): return [out(v) for v in x]
    return x

r = {}
for n, replicas in ((10, 3), (11, 4), (3, 5), (12, 4)):
    for drop_last in (False, True):
        for shuffle in (False, True):
            shares = []
            for rank in range(replicas):
                s = DistributedSampler(list(range(n)), replicas, rank, shuffle=shuffle, seed=7, drop_last=drop_last)
                first = list(s); s.set_epoch(3)
                shares.append([len(s), s.num_samples, s.total_size, first, list(s)])
            r[f'distributed {n} {replicas} {drop_last} {shuffle}'] = shares
torch.manual_seed(1)
r['stack'] = out(list(DataLoader(StackDataset(a=Noisy(5), b=Subset(Noisy(9), [8, 1, 2, 3, 4])), batch_size=2)))
r['stack tuple'] = out(list(DataLoader(StackDataset(Noisy(4), Noisy(4)), batch_size=3, shuffle=True)))
r['concat'] = out(list(DataLoader(ConcatDataset([Noisy(3), Noisy(4)]), batch_size=3, shuffle=True)))
r['concat end'] = out(ConcatDataset([list(range(3)), [7, 8]])[-1])
r['chain'] = out(list(DataLoader(ChainDataset([Count(3), Count(2)]), batch_size=2)))
r['lengths'] = [len(ChainDataset([Count(3), Count(2)])), len(DataLoader(Count(5), batch_size=2)), len(DataLoader(Count(5), batch_size=2, drop_last=True))]
r['end'] = torch.rand(1).tolist()
print(json.dumps(r))
`

class Noisy extends Dataset<[torch.Tensor, number]> {
  constructor(readonly length: number) {
    super()
  }
  getItem(index: number): [torch.Tensor, number] {
    return [torch.rand(1), index]
  }
}

class Count extends IterableDataset<number> {
  constructor(override readonly length: number) {
    super()
  }
  override *[Symbol.iterator]() {
    for (let i = 0; i < this.length; i++) yield i
  }
}

function out(x: unknown): unknown {
  if (x instanceof torch.Tensor) return x.tolist()
  if (Array.isArray(x)) return x.map(out)
  if (typeof x === 'object' && x !== null) return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, out(v)]))
  return x
}

test.skipIf(!python)('datasets and samplers give what Python’s give', () => {
  const there = JSON.parse(runPython(program)) as Record<string, unknown>
  const here: Record<string, unknown> = {}
  const python = (value: boolean) => (value ? 'True' : 'False')
  for (const [n, replicas] of [
    [10, 3],
    [11, 4],
    [3, 5],
    [12, 4],
  ] as const)
    for (const drop_last of [false, true])
      for (const shuffle of [false, true]) {
        const shares = Array.from({ length: replicas }, (_, rank) => {
          const samples = Array(n).fill(0)
          const s = new DistributedSampler(samples, replicas, rank, { shuffle, seed: 7, drop_last })
          const first = [...s]
          s.set_epoch(3)
          return [s.length, s.num_samples, s.total_size, first, [...s]]
        })
        here[`distributed ${n} ${replicas} ${python(drop_last)} ${python(shuffle)}`] = shares
      }
  torch.manual_seed(1)
  const stack = new StackDataset({ a: new Noisy(5), b: new Subset(new Noisy(9), [8, 1, 2, 3, 4]) })
  here.stack = out([...new DataLoader(stack, { batch_size: 2 })])
  const pair = new StackDataset([new Noisy(4), new Noisy(4)])
  here['stack tuple'] = out([...new DataLoader(pair, { batch_size: 3, shuffle: true })])
  const joined = new ConcatDataset([new Noisy(3), new Noisy(4)])
  here.concat = out([...new DataLoader(joined, { batch_size: 3, shuffle: true })])
  here['concat end'] = new ConcatDataset([
    [0, 1, 2],
    [7, 8],
  ]).getItem(-1)
  const chain = new ChainDataset([new Count(3), new Count(2)])
  here.chain = out([...new DataLoader(chain, { batch_size: 2 })])
  const length = (drop_last: boolean) => new DataLoader(new Count(5), { batch_size: 2, drop_last }).length
  here.lengths = [chain.length, length(false), length(true)]
  here.end = torch.rand(1).tolist()
  for (const [name, value] of Object.entries(there)) expect([name, here[name]]).toEqual([name, value])
  expect(Object.keys(here).sort()).toEqual(Object.keys(there).sort())
})

describe('DistributedSampler', () => {
  test('wants to know its place', () => {
    expect(() => new DistributedSampler([1, 2])).toThrow('give num_replicas and rank')
    expect(() => new DistributedSampler([1, 2], 2, 2)).toThrow('Invalid rank 2, rank should be in the interval [0, 1]')
  })
})
