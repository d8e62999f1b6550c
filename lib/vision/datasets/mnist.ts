import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { TorchError, ValueError } from '../../_C/errors.js'
import { downloadFile } from '../../_download.js'
import { int64, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { tensorPixels } from '../_image/tensor.js'
import { Image } from '../image.js'
import { extractGzip } from './_download.js'
import { idxPath, readIdx } from './_idx.js'
import { pathOf, VisionDataset, type VisionDatasetOptions } from './vision.js'

/** Keywords of `MNIST` and its kin. */
export interface MNISTOptions<Sample, Label> extends VisionDatasetOptions<Image, number, Sample, Label> {
  /** The 60,000 images for training, or the 10,000 for testing. Default true. */
  train?: boolean
  /** Fetch the files when they are not there; only `create` can, because it can wait. */
  download?: boolean
}

/** A file to fetch, with its md5 sum. */
export type Resource = readonly [name: string, md5: string]

/** What differs between the datasets of MNIST's kind. */
export interface MNISTSource {
  /** URLs of folders, each ending in a slash, tried in turn. */
  mirrors: readonly string[]
  resources: readonly Resource[]
}

/**
 * Handwritten digits: 60,000 + 10,000 grey images of 28×28 with targets 0 to 9.
 *
 * `root` holds `MNIST/raw/train-images-idx3-ubyte` and the like, or these files themselves, plain or with `.gz`.
 *
 * ```ts
 * const dataset = new MNIST('data', { transform: new transforms.ToTensor() })
 * const fetched = await MNIST.create('data', { download: true })
 * ```
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.MNIST.html
 */
export class MNIST<Sample = Image, Label = number> extends VisionDataset<Image, number, Sample, Label> {
  static readonly source: MNISTSource = {
    mirrors: ['https://ossci-datasets.s3.amazonaws.com/mnist/', 'http://yann.lecun.com/exdb/mnist/'],
    resources: [
      ['train-images-idx3-ubyte.gz', 'f68b3c2dcbeaaa9fbdd348bbdeb94873'],
      ['train-labels-idx1-ubyte.gz', 'd53e105ee54ea40749a09fcbcd1e9432'],
      ['t10k-images-idx3-ubyte.gz', '9fb629c4189551a2d022fa330f9573f3'],
      ['t10k-labels-idx1-ubyte.gz', 'ec29112dd5afa0611ce80d1b7f02629c'],
    ],
  }

  static readonly classes: readonly string[] = [
    '0 - zero',
    '1 - one',
    '2 - two',
    '3 - three',
    '4 - four',
    '5 - five',
    '6 - six',
    '7 - seven',
    '8 - eight',
    '9 - nine',
  ]

  readonly train: boolean
  /** The images: uint8 (N, 28, 28). */
  readonly data: Tensor
  /** The classes: int64 (N). */
  readonly targets: Tensor

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} when they are damaged
   */
  constructor(root: string | URL, options: MNISTOptions<Sample, Label> = {}) {
    super(root, options)
    this.train = options.train ?? true
    const prefix = this.train ? 'train' : 't10k'
    this.data = this.read(`${prefix}-images-idx3-ubyte`, 3)
    this.targets = this.read(`${prefix}-labels-idx1-ubyte`, 1).to(int64)
    if (this.data.size(0) !== this.targets.size(0))
      throw new ValueError(`${this.root} has ${this.data.size(0)} images but ${this.targets.size(0)} labels`)
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number>(
    root: string | URL,
    options: MNISTOptions<Sample, Label> = {},
  ): Promise<MNIST<Sample, Label>> {
    if (options.download) await MNIST.fetch.call(this, root)
    // `this` is the class that `create` is called on: FashionMNIST.create gives a FashionMNIST.
    return new (this as unknown as typeof MNIST<Sample, Label>)(root, options)
  }

  /**
   * Fetches the dataset's files into `root` unless they are there: from the first mirror that has them, going on where an
   * earlier try broke off, checked by md5.
   *
   * @throws {TorchError} when no mirror gives a right file, telling what each said
   */
  static async fetch(root: string | URL, source: MNISTSource = this.source): Promise<void> {
    const folder = rawFolder(pathOf(root), this.name)
    const names = source.resources.map(([name]) => name.replace(/\.gz$/, ''))
    if (names.every(name => findFile(pathOf(root), this.name, name) !== null)) return
    await mkdir(folder, { recursive: true })
    for (const [name, md5] of source.resources) {
      const urls = source.mirrors.map(mirror => mirror + name)
      await downloadFile(urls, join(folder, name), { hash: { algorithm: 'md5', prefix: md5 }, desc: name })
      await extractGzip(join(folder, name), join(folder, name.replace(/\.gz$/, '')))
    }
  }

  private read(name: string, dims: number): Tensor {
    const folder = this.constructor.name
    const path = findFile(this.root!, folder, name)
    if (path === null)
      throw new TorchError(
        `Dataset not found: there is no ${name} in ${rawFolder(this.root!, folder)} or ${this.root}. ` +
          `await ${folder}.create(root, { download: true }) fetches it.`,
      )
    const tensor = readIdx(path)
    if (tensor.dtype !== uint8 || tensor.dim() !== dims)
      throw new ValueError(
        `${path} should hold uint8 of ${dims} dimensions, but holds ${tensor.dtype.name} of ${tensor.dim()}`,
      )
    return tensor
  }

  get length(): number {
    return this.data.size(0)
  }

  getItem(index: number): [Sample, Label] | Promise<[Sample, Label]> {
    const picture = this.data.select(0, index)
    const [height, width] = [picture.size(0), picture.size(1)]
    const image = Image.frombytes('L', [width, height], tensorPixels(picture))
    return this.transformed(image, this.targets.select(0, index).item() as number)
  }

  /** The names of the classes. */
  get classes(): readonly string[] {
    return (this.constructor as typeof MNIST).classes
  }

  get class_to_idx(): Record<string, number> {
    return Object.fromEntries(this.classes.map((name, i) => [name, i]))
  }

  override extra_repr(): string {
    return `Split: ${this.train ? 'Train' : 'Test'}`
  }
}

function rawFolder(root: string, name: string): string {
  return join(root, name, 'raw')
}

/** Where a file lies: in the folder of the dataset, or in the root itself. */
function findFile(root: string, dataset: string, name: string): string | null {
  return idxPath(join(rawFolder(root, dataset), name)) ?? idxPath(join(root, name))
}
