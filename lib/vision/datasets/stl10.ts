import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Args, signature, typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { tensor } from '../../_creation.js'
import { full } from '../../_factories.js'
import { cat } from '../../_generated/torch.js'
import { int64, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type Change, type CommonKeywords, notFound, oneOf, type Resource, type Root } from './_arguments.js'
import { downloadAndExtract, hasFile } from './_download.js'
import { colourImage } from './_picture.js'
import { pathOf, VisionDataset } from './vision.js'

const splits = ['train', 'train+unlabeled', 'unlabeled', 'test'] as const
/** A part of STL10. */
export type STL10Split = (typeof splits)[number]

/** Keywords of `STL10`. */
export interface STL10Keywords<Sample, Label> extends CommonKeywords<Image, number, Sample, Label> {
  split: STL10Split
  /** One of the ten subsets (0 to 9) of 1,000 images for training. Default: all 5,000. */
  folds: number | null
}

/** Arguments of `STL10`. */
export type STL10Args<Sample, Label> = Args<
  [root: Root],
  [
    split: STL10Split,
    folds: number | null,
    transform: Change<Image, Sample>,
    target_transform: Change<number, Label>,
    download: boolean,
  ],
  STL10Keywords<Sample, Label>
>

const parameters = signature<STL10Keywords<unknown, unknown>>(
  'STL10',
  'root',
  ['split', 'train'],
  ['folds', null],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
)

/** What STL10 consists of. */
export interface STL10Source {
  url: string
  filename: string
  tgz_md5: string
  base_folder: string
  train_list: readonly [images: Resource, labels: Resource, unlabeled: Resource]
  test_list: readonly [images: Resource, labels: Resource]
}

/**
 * Photographs of ten kinds of things: 5,000 + 8,000 images of 96×96, and 100,000 without a class, whose target is -1.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.STL10.html
 */
export class STL10<Sample = Image, Label = number> extends VisionDataset<Image, number, Sample, Label> {
  static readonly source: STL10Source = {
    url: 'http://ai.stanford.edu/~acoates/stl10/stl10_binary.tar.gz',
    filename: 'stl10_binary.tar.gz',
    tgz_md5: '91f7769df0f17e558f3565bffb0c7dfb',
    base_folder: 'stl10_binary',
    train_list: [
      ['train_X.bin', '918c2871b30a85fa023e0c44e0bee87f'],
      ['train_y.bin', '5a34089d4802c674881badbb80307741'],
      ['unlabeled_X.bin', '5242ba1fed5e4be9e1e742405eb56ca4'],
    ],
    test_list: [
      ['test_X.bin', '7f263ba9f9e0b06b93213547f721ac82'],
      ['test_y.bin', '36f9794fa4beb8a2c72628de14fa638e'],
    ],
  }

  readonly split: STL10Split
  readonly folds: number | null
  /** The images: uint8 (N, 3, 96, 96). */
  readonly data: Tensor
  /** The classes: uint8 (N), or int64 (N) where some are -1. */
  readonly labels: Tensor
  /** The classes' names, where their file is there. */
  readonly classes: string[] | undefined

  /**
   * @throws {TorchError} when the files are not there, or their md5 sums are wrong
   * @throws {ValueError} for another split or fold, or damaged files
   */
  constructor(...args: STL10Args<Sample, Label>) {
    const bound = parameters(args) as STL10Keywords<Sample, Label>
    super(bound.root, bound)
    this.split = oneOf(bound.split, 'split', splits)
    this.folds = foldOf(bound.folds)
    const { source, name } = this.constructor as typeof STL10
    if (!isComplete(this.root!, source)) throw notFound(name)
    const folder = join(this.root!, source.base_folder)
    const [images, labels, unlabeled] = source.train_list
    const parts: [data: Tensor, labels: Tensor][] = []
    if (this.split.startsWith('train')) parts.push(foldPart(folder, labelledPart(folder, images, labels), this.folds))
    if (this.split.endsWith('unlabeled')) {
      const data = picturesOf(join(folder, unlabeled[0]))
      parts.push([data, full([data.size(0)], -1, { dtype: int64 })])
    }
    if (this.split === 'test') parts.push(labelledPart(folder, ...source.test_list))
    this.data = parts.length === 1 ? parts[0]![0] : cat(parts.map(([data]) => data))
    this.labels = parts.length === 1 ? parts[0]![1] : cat(parts.map(([, own]) => own.to(int64)))
    const names = join(folder, 'class_names.txt')
    this.classes = existsSync(names) ? linesOf(names) : undefined
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number>(
    ...args: STL10Args<Sample, Label>
  ): Promise<STL10<Sample, Label>> {
    const { root, download } = parameters(args)
    if (download) await STL10.fetch.call(this, root)
    return new (this as unknown as typeof STL10<Sample, Label>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root, source: STL10Source = this.source): Promise<void> {
    if (isComplete(pathOf(root), source)) return
    await downloadAndExtract(source.url, pathOf(root), { filename: source.filename, md5: source.tgz_md5 })
  }

  get length(): number {
    return this.data.size(0)
  }

  getItem(index: number): [Sample, Label] | Promise<[Sample, Label]> {
    const label = this.labels.select(0, index).item() as number
    return this.transformed(colourImage(this.data.select(0, index).permute(1, 2, 0)), label)
  }

  override extra_repr(): string {
    return `Split: ${this.split}`
  }
}

function isComplete(root: string, { base_folder, train_list, test_list }: STL10Source): boolean {
  return [...train_list, ...test_list].every(([name, md5]) => hasFile(join(root, base_folder, name), md5))
}

function foldOf(folds: unknown): number | null {
  if (folds === null) return null
  if (!Number.isInteger(folds))
    throw new ValueError(`Expected type None or int for argument folds, but got type ${typeName(folds)}.`)
  if ((folds as number) >= 0 && (folds as number) < 10) return folds as number
  throw new ValueError(`Value for argument folds should be in the range [0, 10), but got ${folds}.`)
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8').replace(/\n$/, '').split('\n')
}

/** The images lie column by column in the file. */
function picturesOf(path: string): Tensor {
  const bytes = readFileSync(path)
  const size = 3 * 96 * 96
  if (bytes.length % size !== 0) throw new ValueError(`${path} does not hold whole images`)
  return native.fromBytes(bytes, uint8.scalarType, [bytes.length / size, 3, 96, 96], false).transpose(2, 3)
}

function labelledPart(folder: string, images: Resource, labels: Resource): [data: Tensor, labels: Tensor] {
  const data = picturesOf(join(folder, images[0]))
  const bytes = readFileSync(join(folder, labels[0]))
  if (bytes.length !== data.size(0))
    throw new ValueError(`${folder} has ${data.size(0)} images but ${bytes.length} labels`)
  // The file counts from 1.
  return [data, native.fromBytes(bytes, uint8.scalarType, [bytes.length], false).sub(1)]
}

function foldPart(
  folder: string,
  [data, labels]: [Tensor, Tensor],
  fold: number | null,
): [data: Tensor, labels: Tensor] {
  if (fold === null) return [data, labels]
  const numbers = (linesOf(join(folder, 'fold_indices.txt'))[fold] ?? '').split(' ').filter(Boolean).map(Number)
  const index = tensor(numbers, { dtype: int64 })
  return [data.index_select(0, index), labels.index_select(0, index)]
}
