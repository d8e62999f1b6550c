import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import { TorchError, ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { cat } from '../../_generated/torch.js'
import { uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import {
  type Change,
  type CommonKeywords,
  indexOfEach,
  itemAt,
  notFound,
  type Resource,
  type Root,
} from './_arguments.js'
import { downloadAndExtract, hasFile } from './_download.js'
import { readPickle } from './_pickle.js'
import { colourImage } from './_picture.js'
import { pathOf, VisionDataset } from './vision.js'

/** Keywords of `CIFAR10` and `CIFAR100`. */
export interface CIFARKeywords<Sample, Label> extends CommonKeywords<Image, number, Sample, Label> {
  /** The 50,000 images for training, or the 10,000 for testing. Default true. */
  train: boolean
}

/** Arguments of `CIFAR10` and `CIFAR100`. */
export type CIFARArgs<Sample, Label> = Args<
  [root: Root],
  [train: boolean, transform: Change<Image, Sample>, target_transform: Change<number, Label>, download: boolean],
  CIFARKeywords<Sample, Label>
>

/** What differs between the two. */
export interface CIFARSource {
  url: string
  filename: string
  tgz_md5: string
  base_folder: string
  train_list: readonly Resource[]
  test_list: readonly Resource[]
  /** The file of the classes' names, and how they are called in it. */
  meta: { filename: string; key: string; md5: string }
}

const parameters = signature<CIFARKeywords<unknown, unknown>>(
  'CIFAR10',
  'root',
  ['train', true],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
)

/**
 * Small photographs of ten kinds of things: 50,000 + 10,000 images of 32×32.
 *
 * ```ts
 * const dataset = await CIFAR10.create('data', { train: true, download: true })
 * ```
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.CIFAR10.html
 */
export class CIFAR10<Sample = Image, Label = number> extends VisionDataset<Image, number, Sample, Label> {
  static readonly source: CIFARSource = {
    url: 'https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz',
    filename: 'cifar-10-python.tar.gz',
    tgz_md5: 'c58f30108f718f92721af3b95e74349a',
    base_folder: 'cifar-10-batches-py',
    train_list: [
      ['data_batch_1', 'c99cafc152244af753f735de768cd75f'],
      ['data_batch_2', 'd4bba439e000b95fd0a9bffe97cbabec'],
      ['data_batch_3', '54ebc095f3ab1f0389bbae665268c751'],
      ['data_batch_4', '634d18415352ddfa80567beed471001a'],
      ['data_batch_5', '482c414d41f54cd18b22e5b47cb7c3cb'],
    ],
    test_list: [['test_batch', '40351d587109b95175f43aff81a1287e']],
    meta: { filename: 'batches.meta', key: 'label_names', md5: '5ff9c542aee3614f3951f8cda6e48888' },
  }

  readonly train: boolean
  /** The images: uint8 (N, 32, 32, 3). */
  readonly data: Tensor
  readonly targets: number[]
  readonly classes: string[]
  readonly class_to_idx: Record<string, number>

  /**
   * @throws {TorchError} when the files are not there, or their md5 sums are wrong
   * @throws {ValueError} when they hold something else
   */
  constructor(...args: CIFARArgs<Sample, Label>) {
    const bound = parameters(args) as CIFARKeywords<Sample, Label>
    super(bound.root, bound)
    const { source, name } = this.constructor as typeof CIFAR10
    if (!isComplete(this.root!, source)) throw notFound(name)
    this.train = bound.train
    const batches = (this.train ? source.train_list : source.test_list).map(([file]) =>
      batchOf(join(this.root!, source.base_folder, file)),
    )
    this.targets = batches.flatMap(({ labels }) => labels)
    this.data = cat(batches.map(({ data }) => data))
      .view(-1, 3, 32, 32)
      .permute(0, 2, 3, 1)
    if (this.data.size(0) !== this.targets.length)
      throw new ValueError(`${this.root} has ${this.data.size(0)} images but ${this.targets.length} labels`)
    this.classes = namesOf(join(this.root!, source.base_folder, source.meta.filename), source.meta)
    this.class_to_idx = indexOfEach(this.classes)
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number>(
    ...args: CIFARArgs<Sample, Label>
  ): Promise<CIFAR10<Sample, Label>> {
    const { root, download } = parameters(args)
    if (download) await CIFAR10.fetch.call(this, root)
    return new (this as unknown as typeof CIFAR10<Sample, Label>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root, source: CIFARSource = this.source): Promise<void> {
    const folder = pathOf(root)
    if (isComplete(folder, source)) return
    await downloadAndExtract(source.url, folder, { filename: source.filename, md5: source.tgz_md5 })
  }

  get length(): number {
    return this.targets.length
  }

  getItem(index: number): [Sample, Label] | Promise<[Sample, Label]> {
    const target = itemAt(this.targets, index)
    return this.transformed(colourImage(this.data.select(0, index)), target)
  }

  override extra_repr(): string {
    return `Split: ${this.train ? 'Train' : 'Test'}`
  }
}

function isComplete(root: string, { base_folder, train_list, test_list }: CIFARSource): boolean {
  return [...train_list, ...test_list].every(([name, md5]) => hasFile(join(root, base_folder, name), md5))
}

function batchOf(path: string): { data: Tensor; labels: number[] } {
  const entry = readPickle(path) as { data?: unknown; labels?: unknown; fine_labels?: unknown } | null
  const data = entry?.data
  const labels = entry?.labels ?? entry?.fine_labels
  if (!native.isTensor(data) || !Array.isArray(labels) || !labels.every(label => Number.isInteger(label)))
    throw new ValueError(`${path} is no batch of images`)
  const pixels = data as Tensor
  if (pixels.dtype !== uint8 || pixels.dim() !== 2 || pixels.size(1) !== 3072)
    throw new ValueError(`${path} should hold uint8 (N, 3072), but holds ${pixels.dtype.name} ${pixels.shape}`)
  return { data: pixels, labels: labels as number[] }
}

function namesOf(path: string, { key, md5 }: CIFARSource['meta']): string[] {
  if (!hasFile(path, md5))
    throw new TorchError('Dataset metadata file not found or corrupted. You can use download=True to download it')
  const names = (readPickle(path) as Record<string, unknown> | null)?.[key]
  if (!Array.isArray(names) || !names.every(name => typeof name === 'string'))
    throw new ValueError(`${path} has no names under ${key}`)
  return names
}
