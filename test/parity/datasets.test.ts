import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readMat } from '#lib/vision/datasets/_mat.js'
import { readPickle } from '#lib/vision/datasets/_pickle.js'
import { runPythonFile } from './python.js'
import { pythonPackage } from './python_package.js'
import { torchvisionFolder, whyNoTorchvision } from './torchvision.js'

const { datasets, Image } = torch.vision
// torchvision reads MATLAB's files with it.
const scipy = pythonPackage('scipy', ['scipy'])
const whyNot = whyNoTorchvision || scipy.whyNot
if (whyNot) console.error(`no torchvision to compare datasets with: ${whyNot}`)

interface Answer {
  name: string
  folder: string
  keywords: Record<string, unknown>
  text: string
  items: unknown[]
  attributes: Record<string, unknown>
}

let folder = ''
let answers: Answer[] = []
let sums: Record<string, string> = {}
let fake: unknown[] = []
let fakeText = ''

beforeAll(() => {
  if (whyNot) return
  folder = mkdtempSync(join(tmpdir(), 'torch-node-datasets-'))
  const program = join(dirname(fileURLToPath(import.meta.url)), 'datasets.py')
  runPythonFile(program, [torchvisionFolder, folder, scipy.folder])
  const read = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8'))
  answers = read.answers
  sums = read.md5s
  fake = read.fake
  fakeText = read.fake_text
}, 120_000)
afterAll(() => folder && rmSync(folder, { recursive: true }))

/** A table of files with the sums that the files of this test have. */
function withSums(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [name, sum] = value.slice(-2)
    if (/^[0-9a-f]{32}$/.test(String(sum))) return [...value.slice(0, -1), sums[name] ?? sum]
    return value.map(withSums)
  }
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, item]) => [key, withSums(item)])
  const table = Object.fromEntries(entries)
  return 'filename' in table && 'md5' in table ? { ...table, md5: sums[table.filename] } : table
}

interface AnyDataset {
  length: number
  getItem(index: number): unknown
}
type DatasetClass = new (...args: unknown[]) => AnyDataset & Record<string, unknown>

/** The class by its name, for the files of this test. */
function classOf(name: string): DatasetClass {
  const Base = datasets[name as keyof typeof datasets] as unknown as DatasetClass
  const Local = { [name]: class extends Base {} }[name]!
  for (const table of ['source', 'split_list', 'files'])
    if (table in Base) Object.defineProperty(Local, table, { value: withSums(Base[table as keyof DatasetClass]) })
  return Local
}

/** As the Python side writes samples. */
function plain(value: unknown): unknown {
  if (value instanceof Image) return { mode: value.mode, size: value.size, pixels: [...value.tobytes()] }
  if (value instanceof torch.Tensor) return value.tolist()
  return Array.isArray(value) ? value.map(plain) : value
}

describe.skipIf(whyNot)('datasets', () => {
  test('are torchvision’s: lengths, pictures, targets, classes and printed forms', async () => {
    for (const { name, folder: own, keywords, text, items, attributes } of answers) {
      const what = `${name} ${JSON.stringify(keywords)}`
      const dataset = new (classOf(name))(join(folder, own), keywords)
      expect(`${what}: ${dataset}`).toBe(`${what}: ${text}`)
      const mine = []
      for (let i = 0; i < dataset.length; i++) mine.push(plain(await dataset.getItem(i)))
      expect([what, mine]).toEqual([what, items])
      for (const [attribute, value] of Object.entries(attributes))
        expect([what, attribute, plain(dataset[attribute])]).toEqual([what, attribute, value])
    }
    expect(new Set(answers.map(({ name }) => name)).size).toBe(22)
  })

  test('FakeData draws the same pictures', async () => {
    const mine = []
    for (const random_offset of [0, 9]) {
      const dataset = new datasets.FakeData(5, [3, 6, 4], 7, { random_offset })
      for (let i = 0; i < 5; i++) mine.push(plain(await dataset.getItem(i)))
    }
    expect(mine).toEqual(fake)
    expect(String(new datasets.FakeData(7))).toBe(fakeText)
  })

  test('damaged files end in errors of ours', () => {
    const paths = ['cars/stanford_cars/devkit/cars_train_annos.mat', 'svhn/train_32x32.mat', 'svhn/test_32x32.mat']
    const spoiled = join(folder, 'spoiled')
    const names = new Set<string>()
    const tryAll = (path: string, read: (path: string) => unknown) => {
      const file = readFileSync(join(folder, path))
      expect(() => read(join(folder, path))).not.toThrow()
      const places = Array.from({ length: 400 }, (_, i) => (i < 300 ? i : (i * 7919) % file.length))
      for (const at of places) {
        const own = Buffer.from(file)
        own[at] = own[at]! ^ 0xa5
        for (const bytes of [own, file.subarray(0, at)]) {
          writeFileSync(spoiled, bytes)
          try {
            read(spoiled)
          } catch (error) {
            names.add((error as Error).name)
          }
        }
      }
    }
    for (const path of paths) tryAll(path, readMat)
    tryAll('cifar/cifar-10-batches-py/data_batch_1', readPickle)
    expect([...names].sort()).toEqual(['UnpicklingError', 'ValueError'])
  })
})
