import * as torch from 'torch-node'
import { describe, expect, test } from 'vitest'
import { python, runPython } from './python.js'

const {
  BatchSampler,
  DataLoader,
  Dataset,
  default_collate,
  RandomSampler,
  random_split,
  SubsetRandomSampler,
  TensorDataset,
  WeightedRandomSampler,
} = torch.utils.data

const program = `
import json, torch
from torch.utils.data import *
from torch.utils.data import default_collate

class Numbers(Dataset):
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __getitem__(self, i): return i

class Noisy(Dataset):
    def __len__(self): return 7
    def __getitem__(self, i): return torch.rand(1), i

class Count(IterableDataset):
    def __iter__(self): return iter(range(5))

def g(seed): return torch.Generator().manual_seed(seed)
def out(x):
    if isinstance(x, torch.Tensor): return {'dtype': str(x.dtype), 'values': x.tolist()}
    if isinstance(x, dict): return {k: out(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)): return [out(v) for v in x]
    return x

r = {}
torch.manual_seed(5)
r['random'] = list(RandomSampler(Numbers(100)))
r['random_more'] = list(RandomSampler(Numbers(7), num_samples=20, generator=g(1)))
r['replacement'] = list(RandomSampler(Numbers(9), replacement=True, num_samples=70, generator=g(2)))
r['subset'] = list(SubsetRandomSampler([4, 8, 15, 16, 23, 42]))
r['weighted'] = list(WeightedRandomSampler([0.1, 0.9, 0.4, 0.7], 12))
r['weighted_once'] = list(WeightedRandomSampler([0.1, 0.9, 0.4, 0.7], 4, replacement=False, generator=g(3)))
r['after_samplers'] = torch.rand(3).tolist()

torch.manual_seed(6)
loader = DataLoader(Numbers(23), batch_size=4, shuffle=True)
r['epochs'] = [[b.tolist() for b in loader] for _ in range(3)]
r['between'] = torch.rand(2).tolist()
r['partial'] = [next(iter(loader)).tolist() for _ in range(2)]
r['own_generator'] = [b.tolist() for b in DataLoader(Numbers(10), batch_size=3, shuffle=True, drop_last=True, generator=g(9))]
r['noisy'] = out(list(DataLoader(Noisy(), batch_size=3, shuffle=True)))
r['stream'] = out(list(DataLoader(Count(), batch_size=2)))
r['after_loaders'] = torch.rand(2).tolist()
r['given_sampler'] = out(list(DataLoader(Numbers(10), batch_size=4, sampler=WeightedRandomSampler([1.0] * 10, 10))))
r['given_batches'] = out(list(DataLoader(Numbers(10), batch_sampler=BatchSampler(RandomSampler(Numbers(10)), 4, True))))
r['split'] = [list(s.indices) for s in random_split(Numbers(11), [0.5, 0.3, 0.2])]
r['split_own'] = [list(s.indices) for s in random_split(Numbers(10), [3, 7], generator=g(4))]
r['end'] = torch.rand(2).tolist()
r['tensors'] = out(list(DataLoader(TensorDataset(torch.arange(10.).view(5, 2), torch.arange(5)), batch_size=2, shuffle=True)))
r['collate'] = out([
    default_collate([1, 2]), default_collate([1.5, 2.5]), default_collate([True, False]),
    default_collate(['a', 'b']), default_collate([[1, 2.5], [3, 4.5]]),
    default_collate([{'x': torch.zeros(2), 'y': [1, 'a']}, {'x': torch.ones(2), 'y': [2, 'b']}]),
])
print(json.dumps(r))
`

class Numbers extends Dataset<number> {
  constructor(readonly length: number) {
    super()
  }
  getItem(index: number): number {
    return index
  }
}

class Noisy extends Dataset<[torch.Tensor, number]> {
  readonly length = 7
  getItem(index: number): [torch.Tensor, number] {
    return [torch.rand(1), index]
  }
}

class Count extends torch.utils.data.IterableDataset<number> {
  override *[Symbol.iterator]() {
    for (let i = 0; i < 5; i++) yield i
  }
}

/** Values with their dtypes, as the Python program writes them. */
function out(x: unknown): unknown {
  if (x instanceof torch.Tensor) return { dtype: String(x.dtype), values: x.tolist() }
  if (Array.isArray(x)) return x.map(out)
  if (typeof x === 'object' && x !== null) return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, out(v)]))
  return x
}

const g = (seed: number) => new torch.Generator().manual_seed(seed)
const lists = (loader: Iterable<torch.Tensor>) => [...loader].map(batch => batch.tolist())
const first = <T>(loader: Iterable<T>): T => {
  for (const batch of loader) return batch
  throw new Error('the loader is empty')
}

describe.skipIf(!python)('data', () => {
  test('comes in Python’s order, and draws Python’s random numbers', () => {
    const there = JSON.parse(runPython(program)) as Record<string, unknown>
    const here: Record<string, unknown> = {}

    torch.manual_seed(5)
    here.random = [...new RandomSampler(new Numbers(100))]
    here.random_more = [...new RandomSampler(new Numbers(7), { num_samples: 20, generator: g(1) })]
    here.replacement = [...new RandomSampler(new Numbers(9), { replacement: true, num_samples: 70, generator: g(2) })]
    here.subset = [...new SubsetRandomSampler([4, 8, 15, 16, 23, 42])]
    here.weighted = [...new WeightedRandomSampler([0.1, 0.9, 0.4, 0.7], 12)]
    here.weighted_once = [
      ...new WeightedRandomSampler([0.1, 0.9, 0.4, 0.7], 4, { replacement: false, generator: g(3) }),
    ]
    here.after_samplers = torch.rand(3).tolist()

    torch.manual_seed(6)
    const loader = new DataLoader(new Numbers(23), { batch_size: 4, shuffle: true })
    here.epochs = [lists(loader), lists(loader), lists(loader)]
    here.between = torch.rand(2).tolist()
    here.partial = [first(loader).tolist(), first(loader).tolist()]
    const own = { batch_size: 3, shuffle: true, drop_last: true, generator: g(9) }
    here.own_generator = lists(new DataLoader(new Numbers(10), own))
    here.noisy = out([...new DataLoader(new Noisy(), { batch_size: 3, shuffle: true })])
    here.stream = out([...new DataLoader(new Count(), { batch_size: 2 })])
    here.after_loaders = torch.rand(2).tolist()
    const weighted = new WeightedRandomSampler(Array(10).fill(1), 10)
    here.given_sampler = out([...new DataLoader(new Numbers(10), { batch_size: 4, sampler: weighted })])
    const batches = new BatchSampler(new RandomSampler(new Numbers(10)), 4, true)
    here.given_batches = out([...new DataLoader(new Numbers(10), { batch_sampler: batches })])
    here.split = random_split(new Numbers(11), [0.5, 0.3, 0.2]).map(part => part.indices)
    here.split_own = random_split(new Numbers(10), [3, 7], { generator: g(4) }).map(part => part.indices)
    here.end = torch.rand(2).tolist()
    const tensors = new TensorDataset(torch.arange(10).to(torch.float32).view(5, 2), torch.arange(5).to(torch.int64))
    here.tensors = out([...new DataLoader(tensors, { batch_size: 2, shuffle: true })])
    here.collate = out([
      default_collate([1, 2]),
      default_collate([1.5, 2.5]),
      default_collate([true, false]),
      default_collate(['a', 'b']),
      default_collate([
        [1, 2.5],
        [3, 4.5],
      ]),
      default_collate([
        { x: torch.zeros(2), y: [1, 'a'] },
        { x: torch.ones(2), y: [2, 'b'] },
      ]),
    ])
    for (const [name, value] of Object.entries(there)) expect([name, here[name]]).toEqual([name, value])
    expect(Object.keys(here).sort()).toEqual(Object.keys(there).sort())
  })

  test('comes in the same order to a loop that waits', async () => {
    torch.manual_seed(8)
    const here: unknown[] = []
    for await (const batch of new DataLoader(new Numbers(30), { batch_size: 4, shuffle: true }))
      here.push(batch.tolist())
    const there = runPython(`
import json, torch
from torch.utils.data import DataLoader
torch.manual_seed(8)
print(json.dumps([b.tolist() for b in DataLoader(list(range(30)), batch_size=4, shuffle=True)]))`)
    expect(here).toEqual(JSON.parse(there))
  })
})
