import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import type { Image } from '../image.js'
import { type Change, type FileKeywords, indexOfEach, type Loader, notFound, oneOf, type Root } from './_arguments.js'
import { downloadAndExtract } from './_download.js'
import { LabelledFiles } from './_files.js'
import { isFolder, linesOf } from './_path.js'
import { default_loader } from './folder.js'
import { pathOf } from './vision.js'

const splits = ['train', 'val', 'test'] as const
/** A part of DTD. */
export type DTDSplit = (typeof splits)[number]

/** Keywords of `DTD`. */
export interface DTDKeywords<Sample, Label, Input> extends FileKeywords<Sample, Label, Input> {
  split: DTDSplit
  /** Which of ten ways to divide the pictures, 1 to 10. Default 1. */
  partition: number
}

/** Arguments of `DTD`. */
export type DTDArgs<Sample, Label, Input> = Args<
  [root: Root],
  [
    split: DTDSplit,
    partition: number,
    transform: Change<Input, Sample>,
    target_transform: Change<number, Label>,
    download: boolean,
    loader: Loader<Input>,
  ],
  DTDKeywords<Sample, Label, Input>
>

const parameters = signature<DTDKeywords<unknown, unknown, unknown>>(
  'DTD',
  'root',
  ['split', 'train'],
  ['partition', 1],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
  ['loader', default_loader],
)

/**
 * Textures of 47 kinds, 120 pictures of each.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.DTD.html
 */
export class DTD<Sample = Image, Label = number, Input = Image> extends LabelledFiles<Sample, Label, Input> {
  static readonly source = {
    url: 'https://www.robots.ox.ac.uk/~vgg/data/dtd/download/dtd-r1.0.1.tar.gz',
    md5: 'fff73e5086ae6bdbea199a49dfb8a4c1',
  }

  readonly split: DTDSplit
  readonly partition: number
  readonly classes: string[]
  readonly class_to_idx: Record<string, number>
  protected readonly labelled

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} for another split or partition
   */
  constructor(...args: DTDArgs<Sample, Label, Input>) {
    const bound = parameters(args) as DTDKeywords<Sample, Label, Input>
    const split = oneOf(bound.split, 'split', splits)
    const { partition } = bound
    if (!Number.isInteger(partition) || partition < 1 || partition > 10)
      throw new ValueError(
        `Parameter 'partition' should be an integer with \`1 <= partition <= 10\`, but got ${partition} instead`,
      )
    super(bound.root, bound.loader, bound)
    this.split = split
    this.partition = partition
    // A subclass has a folder of its own, as in torchvision.
    const folder = join(this.root!, this.constructor.name.toLowerCase(), 'dtd')
    if (!isFolder(folder)) throw notFound(this.constructor.name, false)
    const names = linesOf(join(folder, 'labels', `${split}${partition}.txt`)).map(line => line.split('/'))
    const labels = names.map(([name]) => name!)
    this.classes = [...new Set(labels)].sort()
    this.class_to_idx = indexOfEach(this.classes)
    this.labelled = {
      files: names.map(parts => join(folder, 'images', ...parts)),
      labels: labels.map(name => this.class_to_idx[name]!),
    }
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number, Input = Image>(
    ...args: DTDArgs<Sample, Label, Input>
  ): Promise<DTD<Sample, Label, Input>> {
    const { root, download } = parameters(args)
    if (download) await DTD.fetch.call(this, root)
    return new (this as unknown as typeof DTD<Sample, Label, Input>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root): Promise<void> {
    const folder = join(pathOf(root), this.name.toLowerCase())
    if (isFolder(join(folder, 'dtd'))) return
    const { url, md5 } = this.source
    await downloadAndExtract(url, folder, { md5 })
  }

  override extra_repr(): string {
    return `split=${this.split}, partition=${this.partition}`
  }
}
