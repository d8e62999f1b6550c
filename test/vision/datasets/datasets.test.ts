import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { create } from 'tar'
import * as torch from 'torch-node'
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest'

const { Image, transforms } = torch.vision
const D = torch.vision.datasets
const md5 = (data: Uint8Array) => createHash('md5').update(data).digest('hex')

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'torch-node-datasets-'))
  return () => rmSync(root, { recursive: true })
})

describe('datasets that are not there', () => {
  test.each(['CIFAR10', 'CIFAR100', 'SVHN', 'STL10', 'Flowers102', 'Caltech101', 'Caltech256', 'SEMEION'] as const)(
    '%s',
    name => {
      expect(() => new (D[name] as new (root: string) => unknown)(root)).toThrow(
        'Dataset not found or corrupted. You can use download=True to download it',
      )
    },
  )

  test.each(['OxfordIIITPet', 'Food101', 'DTD', 'FGVCAircraft', 'EuroSAT', 'GTSRB'] as const)('%s', name => {
    expect(() => new (D[name] as new (root: string) => unknown)(root)).toThrow(
      'Dataset not found. You can use download=True to download it',
    )
  })

  test('say what they take', () => {
    const wrong = 'nothing' as 'train'
    expect(() => new D.SVHN(root, wrong)).toThrow(
      "Unknown value 'nothing' for argument split. Valid values are {'train', 'test', 'extra'}.",
    )
    expect(() => new D.STL10(root, 'train', 10)).toThrow('should be in the range [0, 10), but got 10.')
    expect(() => new D.DTD(root, 'train', 0)).toThrow("Parameter 'partition' should be an integer with `1 <= partition")
    expect(() => new D.StanfordCars(root, { download: true })).toThrow('cannot be downloaded anymore')
    expect(() => new D.EMNIST(root, wrong as never)).toThrow("{'byclass', 'bymerge', 'balanced', 'letters', 'digits'")
    expect(() => new D.CIFAR10(root, { trian: true } as object)).toThrow("unexpected keyword argument 'trian'")
  })
})

test('FakeData leaves the generator as it was, and takes transforms', async () => {
  const dataset = new D.FakeData(3, [3, 8, 8], 4, { transform: new transforms.ToTensor() })
  torch.manual_seed(1)
  const before = torch.rand(2)
  torch.manual_seed(1)
  const [x, target] = await dataset.getItem(2)
  expectTypeOf(x).toEqualTypeOf<torch.Tensor>()
  expect([x.shape, typeof target, torch.rand(2).equal(before)]).toEqual([[3, 8, 8], 'number', true])
  expect(() => dataset.getItem(3)).toThrow('FakeData index out of range')
})

describe('datasets from a server', () => {
  const files = new Map<string, Buffer>()
  let asked: string[] = []
  let server: Server
  let base = ''
  beforeAll(async () => {
    server = createServer((request, response) => {
      asked.push(request.url ?? '')
      const file = files.get(request.url ?? '')
      response.writeHead(file ? 200 : 404).end(file)
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  beforeEach(() => {
    asked = []
    files.clear()
  })

  test('an archive is fetched once, checked and unpacked', async () => {
    const source = join(root, 'source')
    mkdirSync(join(source, 'dtd', 'labels'), { recursive: true })
    mkdirSync(join(source, 'dtd', 'images', 'woven'), { recursive: true })
    writeFileSync(join(source, 'dtd', 'labels', 'train1.txt'), 'woven/1.png\n')
    await Image.new('RGB', [5, 4], 9).save(join(source, 'dtd', 'images', 'woven', '1.png'))
    const packed = Buffer.from(await create({ cwd: source, gzip: true }, ['dtd']).concat())
    files.set('/dtd.tar.gz', packed)
    class DTD<S, L, I> extends D.DTD<S, L, I> {
      static override readonly source = { url: `${base}/dtd.tar.gz`, md5: md5(packed) }
    }
    const dataset = await DTD.create(root, { download: true })
    expect(dataset).toBeInstanceOf(DTD)
    expect([dataset.length, dataset.classes, asked]).toEqual([1, ['woven'], ['/dtd.tar.gz']])
    expect((await dataset.getItem(0))[0].size).toEqual([5, 4])
    await DTD.create(root, { download: true })
    expect(asked).toHaveLength(1)
  })

  test('a file with another sum is not kept', async () => {
    files.set('/semeion.data', Buffer.from('wrong'))
    class Digits<S, L> extends D.SEMEION<S, L> {
      static override readonly source = {
        url: `${base}/semeion.data`,
        filename: 'semeion.data',
        md5: md5(Buffer.from('right')),
      }
    }
    await expect(Digits.create(root)).rejects.toThrow('the file is damaged: its md5 sum is')
    expect(existsSync(join(root, 'semeion.data'))).toBe(false)
  })

  test('SEMEION in one go', async () => {
    const row = [...Array(256).keys()].map(i => `${i % 2}.0000`)
    const file = Buffer.from(`${[...row, ...'0010000000'].join(' ')} \n`)
    files.set('/semeion.data', file)
    class SEMEION<S, L> extends D.SEMEION<S, L> {
      static override readonly source = { url: `${base}/semeion.data`, filename: 'semeion.data', md5: md5(file) }
    }
    const dataset = await SEMEION.create(root)
    expect([dataset.data.shape, dataset.labels.tolist()]).toEqual([[1, 16, 16], [2]])
    const [image, label] = await dataset.getItem(0)
    expect([image.getpixel([1, 0]), label]).toEqual([[255], 2])
  })

  /** An IDX file of bytes (8) or of 32-bit numbers (12). */
  const idx = (code: 8 | 12, shape: number[], values: number[]) => {
    const width = code === 8 ? 1 : 4
    const file = Buffer.alloc(4 + 4 * shape.length + width * values.length)
    file.writeUInt8(code, 2)
    file.writeUInt8(shape.length, 3)
    for (const [i, side] of shape.entries()) file.writeUInt32BE(side, 4 + 4 * i)
    for (const [i, value] of values.entries()) file.writeUIntBE(value, 4 + 4 * shape.length + width * i, width)
    return file
  }

  test('QMNIST fetches the part that is asked for', async () => {
    const images = gzipSync(idx(8, [1, 2, 2], [1, 2, 3, 4]))
    const labels = gzipSync(idx(12, [1, 8], [7, 0, 1, 2, 3, 4, 5, 70_000]))
    files.set('/images.gz', images).set('/labels.gz', labels)
    class QMNIST<S, L> extends D.QMNIST<S, L> {
      static override readonly base: string = `${base}/`
      static override readonly resources = {
        test: [
          ['images.gz', md5(images)],
          ['labels.gz', md5(labels)],
        ],
      } as const
    }
    const dataset = await QMNIST.create(root, { train: false, compat: false, download: true })
    expect([dataset.what, asked]).toEqual(['test', ['/images.gz', '/labels.gz']])
    const [image, label] = await dataset.getItem(0)
    expect([[...image.data], (label as torch.Tensor).tolist()]).toEqual([
      [1, 2, 3, 4],
      [7, 0, 1, 2, 3, 4, 5, 70_000],
    ])
    expect((await new QMNIST(root, { what: 'test' }).getItem(0))[1]).toBe(7)
  })

  // Python packs the zip file.
  const hasPython = spawnSync('python3', ['--version']).status === 0
  test.skipIf(!hasPython)('EMNIST unpacks an archive of archives', async () => {
    const names = ['images-idx3', 'labels-idx1'].map(name => `emnist-digits-test-${name}-ubyte`)
    const inner = [idx(8, [1, 2, 2], [4, 3, 2, 1]), idx(8, [1], [9])]
    const program = `import io, sys, json, base64, zipfile
z = zipfile.ZipFile(sys.stdout.buffer, 'w')
for name, data in json.load(sys.stdin): z.writestr('gzip/' + name + '.gz', base64.b64decode(data))
z.close()`
    const input = JSON.stringify(names.map((name, i) => [name, gzipSync(inner[i]!).toString('base64')]))
    const { status, stdout } = spawnSync('python3', ['-c', program], { input })
    expect(status).toBe(0)
    files.set('/gzip.zip', stdout)
    class EMNIST<S, L> extends D.EMNIST<S, L> {
      static override readonly url: string = `${base}/gzip.zip`
      static override readonly md5: string = md5(stdout)
    }
    const dataset = await EMNIST.create(root, { split: 'digits', train: false, download: true })
    expect([dataset.length, dataset.targets.tolist(), dataset.classes[9]]).toEqual([1, [9], '9'])
    expect(existsSync(join(root, 'EMNIST', 'raw', 'gzip'))).toBe(false)
    await EMNIST.create(root, { split: 'digits', train: false, download: true })
    expect(asked).toEqual(['/gzip.zip'])
  })
})
