import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as torch from 'torch-node'
import { beforeAll, describe, expect, test } from 'vitest'
import * as sets from './workers/datasets.mjs'

const { DataLoader, CachedDataset } = torch.utils.data

async function all<T>(loader: AsyncIterable<T>): Promise<T[]> {
  const batches: T[] = []
  for await (const batch of loader) batches.push(batch)
  return batches
}

const lists = async (loader: AsyncIterable<torch.Tensor>) => (await all(loader)).map(batch => batch.tolist())

/** How many threads this process has; LibTorch's own are there once a loader has run. */
const threads = () => readdirSync('/proc/self/task').length
let before = 0
beforeAll(async () => {
  torch.ones(300, 300).mm(torch.ones(300, 300))
  await all(new DataLoader(new sets.Numbers(2), { num_workers: 2 }))
  before = threads()
})

async function failure(loader: AsyncIterable<unknown>): Promise<Error> {
  try {
    await all(loader)
  } catch (error) {
    return error as Error
  }
  throw new Error('the loop did not fail')
}

describe('what crosses to a worker', () => {
  test('a dataset with tensors, transforms and modules', async () => {
    const { transforms } = torch.vision
    const images = torch
      .arange(6 * 3 * 4 * 4)
      .view(6, 3, 4, 4)
      .to(torch.uint8)
    const steps = [new transforms.RandomHorizontalFlip(1), new transforms.ConvertImageDtype(torch.float32)]
    const compose = new transforms.Compose([...steps, torch.relu, new torch.nn.Flatten(0)])
    const dataset = new sets.Pictures(images, compose)
    const there = await all(new DataLoader(dataset, { batch_size: 4, num_workers: 2 }))
    const here = [...new DataLoader(dataset, { batch_size: 4 })]
    const plain = (batches: typeof there) => batches.map(b => [b.image.tolist(), b.label.tolist(), b.name])
    expect(plain(there)).toEqual(plain(here))
    expect(there.map(b => b.image.shape)).toEqual(
      [
        [4, 48],
        [2, 48],
      ].map(shape => torch.zeros(shape).shape),
    )
  })

  test('fields of every kind', async () => {
    const { nn } = torch
    const model = new nn.Sequential(new nn.Linear(3, 4), new nn.BatchNorm1d(4), new nn.Dropout(0.5)).eval()
    model.register_buffer('extra', torch.zeros(1), false)
    const one = new sets.Linked(1)
    const fields = {
      model,
      parameter: new nn.Parameter(torch.ones(2)),
      dtype: torch.float16,
      device: new torch.device('cpu'),
      shape: torch.ones(2, 3).shape,
      linked: one,
      bytes: Buffer.from('hello'),
      map: new Map([['a', new Set([3])]]),
      date: new Date(0),
      pattern: /ab+/,
      url: new URL('file:///x'),
      typed: new Uint8Array([1, 2]),
      large: 12n,
      generator: new torch.Generator().manual_seed(9),
      picture: torch.vision.Image.new('RGB', [3, 4]),
      made: sets.square,
      class: sets.Linked,
      twice: [one, one],
    }
    const dataset = new sets.Fields(fields)
    const there = await all(new DataLoader(dataset, { batch_size: null, num_workers: 1 }))
    const here = [...new DataLoader(dataset, { batch_size: null })]
    expect(there).toEqual(here)
    // Only `model.training`.
    expect(here[0]!.filter(value => value === false)).toEqual([false])
  })

  test('tensors are the same memory, both ways', async () => {
    const memory = torch.zeros(4)
    await all(new DataLoader(new sets.Writing(memory), { num_workers: 2 }))
    expect(memory.tolist()).toEqual([100, 101, 102, 103])
    for await (const row of new DataLoader(new sets.Shared(memory), { batch_size: null, num_workers: 1 })) row.add_(1)
    expect(memory.tolist()).toEqual([101, 102, 103, 104])
  })

  test('the library’s own datasets, samplers around them, and functions that are exported', async () => {
    const { ConcatDataset, Subset, StackDataset, TensorDataset } = torch.utils.data
    const tensors = new TensorDataset(torch.arange(6), torch.arange(6).neg())
    const joined = new ConcatDataset([new Subset(tensors, [5, 0]), tensors])
    const stacked = new StackDataset({ a: joined, b: new sets.Numbers(8) })
    const [batch] = await all(new DataLoader(stacked, { batch_size: 8, num_workers: 1 }))
    const [same] = [...new DataLoader(stacked, { batch_size: 8 })]
    expect(String(batch)).toEqual(String(same))
    const summed = await all(
      new DataLoader(new sets.Numbers(6), { batch_size: 3, num_workers: 2, collate_fn: sets.sumUp }),
    )
    expect(summed).toEqual([3, 12])
  })

  test('worker_init_fn sees the worker’s copy', async () => {
    const batches = await all(new DataLoader(new sets.Info(), { num_workers: 2, worker_init_fn: sets.addExtra }))
    const extra = batches.map(columns => (columns as unknown as torch.Tensor[])[5]!.item())
    expect(extra).toEqual([10, 11, 10, 11])
    expect(torch.utils.data.get_worker_info()).toBeNull()
    const late = await failure(new DataLoader(new sets.Numbers(4), { num_workers: 2, worker_init_fn: sets.failInit }))
    expect(late).toBeInstanceOf(RangeError)
    expect(late.message).toContain('worker 0 will not start')
  })

  test('private members need workerArguments', async () => {
    expect(await lists(new DataLoader(new sets.Rebuilt(5), { num_workers: 1 }))).toEqual([[5], [5]])
    const refused = await failure(new DataLoader(new sets.Private(), { num_workers: 1 }))
    expect(refused.message).toContain('DataLoader.dataset is an instance of Private with #private members')
  })

  test('what can’t cross says what to do', async () => {
    const numbers = new sets.Numbers(2)
    const reason = async (dataset: torch.utils.data.Dataset<number>, collate_fn?: (samples: number[]) => number) =>
      (await failure(new DataLoader(dataset, { num_workers: 1, ...(collate_fn && { collate_fn }) }))).message
    expect(await reason(sets.makeHidden())).toContain("'Hidden' (file:")
    expect(await reason(sets.makeHidden())).toContain("write 'export' before it")
    expect(await reason(numbers, sets.makeClosure(2))).toContain('is not exported by its module')
    const broken = Object.assign(new sets.Numbers(2), { later: Promise.resolve(1) })
    expect(await reason(broken)).toContain('DataLoader.dataset.later is an instance of Promise')
    const graph = Object.assign(new sets.Numbers(2), { t: torch.ones(1, { requires_grad: true }).mul(2) })
    expect(await reason(graph)).toContain('call detach() first')
    const made = Object.assign(new sets.Numbers(2), { f: new Function('return 1') as () => number })
    expect(await reason(made)).toContain('which no file defines')
  })

  test('a caching dataset keeps the last samples', async () => {
    const cached = new CachedDataset(new sets.Noisy(5), { capacity: 2 })
    const [first] = (await cached.getItem(0)) as unknown as torch.Tensor[]
    expect((await cached.getItem(0))[0]).toBe(first)
    await cached.getItem(1)
    await cached.getItem(0)
    await cached.getItem(2)
    expect(cached.size).toBe(2)
    expect((await cached.getItem(0))[0]).toBe(first)
    const options = { num_workers: 1, persistent_workers: true }
    const loader = new DataLoader(cached, options)
    const once = (await all(loader)).map(String)
    expect((await all(loader)).map(String)).not.toEqual(once)
    const large = new DataLoader(new CachedDataset(new sets.Noisy(5)), options)
    expect((await all(large)).map(String)).toEqual((await all(large)).map(String))
    await Promise.all([loader.closeWorkers(), large.closeWorkers()])
    expect(() => new CachedDataset([1], { capacity: 0 })).toThrow('positive number')
  })
})

describe('when something goes wrong', () => {
  test('a worker’s error comes with its own stack, in its place', async () => {
    const seen: unknown[] = []
    const run = async () => {
      for await (const batch of new DataLoader(new sets.Broken('error', 3), { num_workers: 2 })) seen.push(batch.item())
    }
    const error = (await run().catch((e: unknown) => e)) as Error
    expect(seen).toEqual([0, 1, 2])
    expect(error.message).toMatch(
      /^Caught Error in DataLoader worker process 1\.\nOriginal Error: no such picture: 3\n +at /,
    )
    expect(error.message).toContain('datasets.mjs:')
    expect((error.cause as Error).message).toBe('no such picture: 3')
    const value = await failure(new DataLoader(new sets.Broken('value'), { num_workers: 1 }))
    expect(value).toBeInstanceOf(torch.ValueError)
    await expect.poll(threads, { timeout: 10_000 }).toBeLessThanOrEqual(before)
  })

  test.each([
    ['exit', 'exited unexpectedly with exit code 7'],
    ['throw later', 'exited unexpectedly: Error: from a timer'],
  ])('a dead worker is reported: %s', async (how, message) => {
    const error = await failure(new DataLoader(new sets.Broken(how), { num_workers: 2 }))
    expect(error.message).toContain('DataLoader worker (thread 1)')
    expect(error.message).toContain(message)
    await expect.poll(threads, { timeout: 10_000 }).toBeLessThanOrEqual(before)
  })

  test.each(['spin', 'wait'])('timeout: %s', async how => {
    const loader = new DataLoader(new sets.Broken(how), { num_workers: 2, timeout: 0.3 })
    expect((await failure(loader)).message).toBe('DataLoader timed out after 0.3 seconds')
    await expect.poll(threads, { timeout: 10_000 }).toBeLessThanOrEqual(before)
  })

  test('after a death a persistent loader starts anew', async () => {
    const loader = new DataLoader(new sets.Broken('exit'), { num_workers: 1, persistent_workers: true })
    expect((await failure(loader)).message).toContain('exited unexpectedly')
    expect((await failure(loader)).message).toContain('exited unexpectedly')
    await loader.closeWorkers()
    await expect.poll(threads, { timeout: 10_000 }).toBeLessThanOrEqual(before)
  })
})

describe('leaving', () => {
  test('a loop leaves no thread and no tensor behind', async () => {
    for (let i = 0; i < 8; i++) {
      const loader = new DataLoader(new sets.Noisy(50), { batch_size: 2, num_workers: 2 })
      for await (const _ of loader) if (i % 2 === 0) break
      await expect.poll(threads, { timeout: 10_000 }).toBeLessThanOrEqual(before)
    }
  })

  test('hundreds of breaks with persistent workers', async () => {
    const options = { batch_size: 2, num_workers: 2, persistent_workers: true }
    const loader = new DataLoader(new sets.Numbers(30), options)
    await all(loader)
    const alive = torch.liveTensors()
    const listeners = process.listenerCount('exit')
    for (let i = 0; i < 300; i++)
      for await (const batch of loader) {
        expect(batch.tolist()).toEqual([0, 1])
        batch.dispose()
        break
      }
    expect(torch.liveTensors()).toBeLessThanOrEqual(alive + 1)
    expect(process.listenerCount('exit')).toBe(listeners)
    expect((await lists(loader)).flat()).toEqual([...Array(30).keys()])
    await loader.closeWorkers()
    await expect.poll(threads, { timeout: 10_000 }).toBeLessThanOrEqual(before)
  })

  test('two loops at once over persistent workers: the older one ends with an error', async () => {
    const loader = new DataLoader(new sets.Numbers(6), { num_workers: 1, persistent_workers: true })
    const first = loader[Symbol.asyncIterator]()
    await first.next()
    expect((await lists(loader)).flat()).toEqual([0, 1, 2, 3, 4, 5])
    await expect(
      (async () => {
        while (!(await first.next()).done);
      })(),
    ).rejects.toThrow('Another loop over this DataLoader has begun')
    await loader.closeWorkers()
  })

  test('calls of next take turns, and return ends one that waits', async () => {
    const iterator = new DataLoader(new sets.Numbers(4), { num_workers: 2 })[Symbol.asyncIterator]()
    const results = await Promise.all([
      iterator.next(),
      iterator.next(),
      iterator.next(),
      iterator.next(),
      iterator.next(),
    ])
    expect(results.map(({ value }) => (value as torch.Tensor | undefined)?.item())).toEqual([0, 1, 2, 3, undefined])
    const waiting = new DataLoader(new sets.Broken('wait', 0), { num_workers: 1 })[Symbol.asyncIterator]()
    const next = waiting.next()
    await new Promise(resolve => setTimeout(resolve, 20))
    expect(await waiting.return!()).toEqual({ done: true, value: undefined })
    expect(await next).toEqual({ done: true, value: undefined })
  })

  test('a program with forgotten loops ends by itself, and collects them before', () => {
    const program = fileURLToPath(new URL('./workers/forgotten.mjs', import.meta.url))
    const said = execFileSync(process.execPath, ['--expose-gc', program], { encoding: 'utf8', timeout: 50_000 })
    expect(said.trim()).toBe('started 2 left 0')
  })

  test('the program and its dataset in one file, with a guard and without', () => {
    const program = fileURLToPath(new URL('./workers/one_file.mjs', import.meta.url))
    const run = (...args: string[]) =>
      execFileSync(process.execPath, [program, ...args], { encoding: 'utf8', timeout: 50_000 }).trim()
    expect(run('guarded')).toBe('0,1,4,9')
    expect(run('bare')).toContain("import { isMainThread } from 'node:worker_threads'")
  })
})

test.each(['', 'unbundled'])('a generator of its own, which the library sees from the start %s', condition => {
  const program = fileURLToPath(new URL('./workers/seeds.mjs', import.meta.url))
  const options = condition ? [`--conditions=${condition}`] : []
  const said = execFileSync(process.execPath, [...options, program], { encoding: 'utf8', timeout: 50_000 })
  expect(said.trim()).toBe('1 true true')
})

test('a program in TypeScript, by a loader that the process was started with', () => {
  const [hooks, program] = ['typescript.mjs', 'typed.ts'].map(name =>
    fileURLToPath(new URL(`./workers/${name}`, import.meta.url)),
  )
  const said = execFileSync(process.execPath, ['--import', hooks!, program!], { encoding: 'utf8', timeout: 50_000 })
  expect(said.trim()).toBe('1,2,9,28')
})

test('batches come as they are ready when the order does not matter', async () => {
  const loader = new DataLoader(new sets.Numbers(20), { num_workers: 2, in_order: false })
  const seen = (await lists(loader)).flat() as number[]
  expect(seen.sort((a, b) => a - b)).toEqual([...Array(20).keys()])
})

test('a loop that can’t wait is refused', () => {
  expect(() => [...new DataLoader(new sets.Numbers(2), { num_workers: 1 })]).toThrow('for await')
})

test('Python’s words for options of workers', () => {
  const data = new sets.Numbers(2)
  expect(() => new DataLoader(data, { timeout: -1 })).toThrow('timeout option should be non-negative')
  expect(() => new DataLoader(data, { prefetch_factor: 2 })).toThrow(
    'prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable multiprocessing, ' +
      'otherwise set prefetch_factor to None.',
  )
  expect(() => new DataLoader(data, { num_workers: 1, prefetch_factor: -1 })).toThrow(
    'prefetch_factor option should be non-negative',
  )
  expect(() => new DataLoader(data, { num_workers: 1, multiprocessing_context: 'fork' as never })).toThrow('threads')
  expect(() => new DataLoader(data, { multiprocessing_context: 'fork' as never })).toThrow('num_workers=0')
  expect(new DataLoader(data, { num_workers: 1 }).prefetch_factor).toBe(2)
})
