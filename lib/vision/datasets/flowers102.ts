import { join } from 'node:path'
import { signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import {
  type FileKeywords,
  indexOfEach,
  notFound,
  oneOf,
  type Resource,
  type Root,
  type SplitFileArgs,
} from './_arguments.js'
import { downloadAndExtract, downloadUrl, hasFile } from './_download.js'
import { LabelledFiles } from './_files.js'
import { flowerNames } from './_flower_names.js'
import { readMat } from './_mat.js'
import { isFolder } from './_path.js'
import { default_loader } from './folder.js'
import { pathOf } from './vision.js'

const splits = ['train', 'val', 'test'] as const
/** A part of Flowers102. */
export type Flowers102Split = (typeof splits)[number]

const nameOfSplit: Record<Flowers102Split, string> = { train: 'trnid', val: 'valid', test: 'tstid' }

type Keywords<Sample, Label, Input> = FileKeywords<Sample, Label, Input> & { split: Flowers102Split }

const parameters = signature<Keywords<unknown, unknown, unknown>>(
  'Flowers102',
  'root',
  ['split', 'train'],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
  ['loader', default_loader],
)

/**
 * Flowers of 102 kinds, between 40 and 258 pictures of each.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.Flowers102.html
 */
export class Flowers102<Sample = Image, Label = number, Input = Image> extends LabelledFiles<Sample, Label, Input> {
  static readonly base: string = 'https://www.robots.ox.ac.uk/~vgg/data/flowers/102/'
  static readonly files: Readonly<Record<'image' | 'label' | 'setid', Resource>> = {
    image: ['102flowers.tgz', '52808999861908f626f3c1f4e79d11fa'],
    label: ['imagelabels.mat', 'e0620be6f572b9609742df49c70aed4d'],
    setid: ['setid.mat', 'a5357ecc9cb78c4bef273ce3793fc85c'],
  }
  static readonly classes: readonly string[] = flowerNames

  readonly split: Flowers102Split
  readonly classes = flowerNames
  readonly class_to_idx = indexOfEach(flowerNames)
  protected readonly labelled

  /**
   * @throws {TorchError} when the files are not there, or their md5 sums are wrong
   * @throws {ValueError} for another split, or damaged files
   */
  constructor(...args: SplitFileArgs<Flowers102Split, Sample, Label, Input>) {
    const bound = parameters(args) as Keywords<Sample, Label, Input>
    super(bound.root, bound.loader, bound)
    this.split = oneOf(bound.split, 'split', splits)
    const { files, name } = this.constructor as typeof Flowers102
    const folder = join(this.root!, 'flowers-102')
    if (!isComplete(folder, files)) throw notFound(name)
    const ids = numbersOf(join(folder, files.setid[0]), nameOfSplit[this.split])
    const labels = numbersOf(join(folder, files.label[0]), 'labels')
    this.labelled = {
      files: ids.map(id => join(folder, 'jpg', `image_${String(id).padStart(5, '0')}.jpg`)),
      labels: ids.map(id => {
        const label = labels[id - 1]
        if (label === undefined) throw new ValueError(`${folder} has no label for image ${id}`)
        return label - 1
      }),
    }
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number, Input = Image>(
    ...args: SplitFileArgs<Flowers102Split, Sample, Label, Input>
  ): Promise<Flowers102<Sample, Label, Input>> {
    const { root, download } = parameters(args)
    if (download) await Flowers102.fetch.call(this, root)
    return new (this as unknown as typeof Flowers102<Sample, Label, Input>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root): Promise<void> {
    const folder = join(pathOf(root), 'flowers-102')
    if (isComplete(folder, this.files)) return
    const { image, label, setid } = this.files
    await downloadAndExtract(this.base + image[0], folder, { md5: image[1] })
    for (const [name, md5] of [label, setid]) await downloadUrl(this.base + name, folder, { md5 })
  }

  override extra_repr(): string {
    return `split=${this.split}`
  }
}

function isComplete(folder: string, files: (typeof Flowers102)['files']): boolean {
  return (
    isFolder(join(folder, 'jpg')) && [files.label, files.setid].every(([name, md5]) => hasFile(join(folder, name), md5))
  )
}

function numbersOf(path: string, name: string): number[] {
  const value = readMat(path)[name]
  if (!native.isTensor(value)) throw new ValueError(`${path} has no numbers ${name}`)
  return (value as Tensor).flatten().tolist() as number[]
}
