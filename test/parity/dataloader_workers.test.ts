import * as torch from 'torch-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { Info, Noisy, Numbers, Range, Whole } from '../utils/data/workers/datasets.mjs'
import { python, runPython } from './python.js'

const { DataLoader } = torch.utils.data

const program = `
import json, math, torch
from torch.utils.data import *

class Numbers(Dataset):
    def __init__(self, n): self.n = n
    def __len__(self): return self.n
    def __getitem__(self, i): return i

class Noisy(Numbers):
    def __getitem__(self, i): return torch.rand(2), torch.randint(0, 1000, (1,)), i

class Range(IterableDataset):
    def __init__(self, start, end): self.start, self.end = start, end
    def __iter__(self):
        info = get_worker_info()
        share = math.ceil((self.end - self.start) / info.num_workers) if info else self.end - self.start
        first = self.start + (info.id if info else 0) * share
        return iter(range(first, min(first + share, self.end)))

class Whole(IterableDataset):
    def __init__(self, n): self.n = n
    def __iter__(self): return iter(range(self.n))

class Seeds(Dataset):
    def __len__(self): return 4
    def __getitem__(self, i):
        info = get_worker_info()
        return [i, info.id, info.num_workers, info.seed == torch.initial_seed(), info.dataset is self, 0, torch.get_num_threads()]

def out(x):
    if isinstance(x, torch.Tensor): return {'dtype': str(x.dtype), 'values': x.tolist()}
    if isinstance(x, (list, tuple)): return [out(v) for v in x]
    return x

r = {}
for workers in (0, 1, 4):
    torch.manual_seed(11)
    loader = DataLoader(Numbers(37), batch_size=4, shuffle=True, num_workers=workers)
    r[f'epochs {workers}'] = [[b.tolist() for b in loader] for _ in range(3)]
    r[f'after {workers}'] = torch.rand(2).tolist()
for workers in (0, 1, 2, 3):
    torch.manual_seed(12)
    loader = DataLoader(Noisy(13), batch_size=3, shuffle=True, num_workers=workers)
    r[f'noisy {workers}'] = [out(list(loader)) for _ in range(3)]
    torch.manual_seed(13)
    g = torch.Generator().manual_seed(5)
    loader = DataLoader(Noisy(9), batch_size=2, shuffle=True, num_workers=workers, generator=g, drop_last=True)
    r[f'generator {workers}'] = [out(list(loader)), torch.rand(1).tolist()]
torch.manual_seed(14)
loader = DataLoader(Noisy(9), batch_size=2, shuffle=True, num_workers=2, persistent_workers=True, prefetch_factor=3)
r['persistent'] = [out(list(loader)) for _ in range(3)]
for workers in (0, 2, 3):
    r[f'range {workers}'] = out(list(DataLoader(Range(3, 20), batch_size=4, num_workers=workers)))
    r[f'range drop_last {workers}'] = out(list(DataLoader(Range(3, 20), batch_size=4, num_workers=workers, drop_last=True)))
    r[f'whole {workers}'] = out(list(DataLoader(Whole(5), batch_size=2, num_workers=workers)))
    r[f'single {workers}'] = out(list(DataLoader(Whole(5), batch_size=None, num_workers=workers)))
    r[f'map single {workers}'] = out(list(DataLoader(Numbers(5), batch_size=None, num_workers=workers)))
r['info'] = out(list(DataLoader(Seeds(), batch_size=1, num_workers=2)))
r['in batches'] = out(list(DataLoader(Numbers(9), batch_sampler=[[1, 2], [8], [3, 4, 5]], num_workers=2)))
print(json.dumps(r))
`

function out(x: unknown): unknown {
  if (x instanceof torch.Tensor) return { dtype: String(x.dtype), values: x.tolist() }
  return Array.isArray(x) ? x.map(out) : x
}

async function all(loader: AsyncIterable<unknown>): Promise<unknown[]> {
  const batches: unknown[] = []
  for await (const batch of loader) batches.push(out(batch))
  return batches
}

async function epochs(loader: AsyncIterable<unknown>): Promise<unknown[]> {
  return [await all(loader), await all(loader), await all(loader)]
}

describe.skipIf(!python)('a DataLoader with workers', () => {
  let there: Record<string, unknown>
  beforeAll(() => {
    there = JSON.parse(runPython(program)) as Record<string, unknown>
  })

  test.each([0, 1, 4])('%i workers: Python’s batches in three shuffled epochs', async num_workers => {
    torch.manual_seed(11)
    const loader = new DataLoader(new Numbers(37), { batch_size: 4, shuffle: true, num_workers })
    const values = async () => (await all(loader)).map(batch => (batch as { values: unknown }).values)
    expect([await values(), await values(), await values()]).toEqual(there[`epochs ${num_workers}`])
    expect(torch.rand(2).tolist()).toEqual(there[`after ${num_workers}`])
  })

  test.each([0, 1, 2, 3])('%i workers: a dataset draws Python’s random numbers', async num_workers => {
    torch.manual_seed(12)
    const loader = new DataLoader(new Noisy(13), { batch_size: 3, shuffle: true, num_workers })
    expect(await epochs(loader)).toEqual(there[`noisy ${num_workers}`])
    torch.manual_seed(13)
    const generator = new torch.Generator().manual_seed(5)
    const options = { batch_size: 2, shuffle: true, num_workers, generator, drop_last: true }
    const own = await all(new DataLoader(new Noisy(9), options))
    expect([own, torch.rand(1).tolist()]).toEqual(there[`generator ${num_workers}`])
  })

  test('persistent workers go on with their random numbers', async () => {
    torch.manual_seed(14)
    const options = { batch_size: 2, shuffle: true, num_workers: 2, persistent_workers: true, prefetch_factor: 3 }
    const loader = new DataLoader(new Noisy(9), options)
    expect(await epochs(loader)).toEqual(there.persistent)
    await loader.closeWorkers()
  })

  test.each([0, 2, 3])('%i workers: streams and single samples', async num_workers => {
    const same = async (name: string, loader: AsyncIterable<unknown>) =>
      expect(await all(loader)).toEqual(there[`${name} ${num_workers}`])
    await same('range', new DataLoader(new Range(3, 20), { batch_size: 4, num_workers }))
    await same('range drop_last', new DataLoader(new Range(3, 20), { batch_size: 4, num_workers, drop_last: true }))
    await same('whole', new DataLoader(new Whole(5), { batch_size: 2, num_workers }))
    await same('single', new DataLoader(new Whole(5), { batch_size: null, num_workers }))
    await same('map single', new DataLoader(new Numbers(5), { batch_size: null, num_workers }))
  })

  test('workers know themselves; batches of a batch sampler', async () => {
    expect(await all(new DataLoader(new Info(), { num_workers: 2 }))).toEqual(there.info)
    const batch_sampler = [[1, 2], [8], [3, 4, 5]]
    expect(await all(new DataLoader(new Numbers(9), { batch_sampler, num_workers: 2 }))).toEqual(there['in batches'])
  })
})
