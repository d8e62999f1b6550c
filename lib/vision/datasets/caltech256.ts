import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import { Image } from '../image.js'
import { type Change, type CommonKeywords, itemAt, notFound, type Root } from './_arguments.js'
import { downloadAndExtract } from './_download.js'
import { isFolder } from './_path.js'
import { pathOf, VisionDataset } from './vision.js'

type Keywords<Sample, Label> = CommonKeywords<Image, number, Sample, Label>

/** Arguments of `Caltech256`. */
export type Caltech256Args<Sample, Label> = Args<
  [root: Root],
  [transform: Change<Image, Sample>, target_transform: Change<number, Label>, download: boolean],
  Keywords<Sample, Label>
>

const parameters = signature<Keywords<unknown, unknown>>(
  'Caltech256',
  'root',
  ['transform', null],
  ['target_transform', null],
  ['download', false],
)

/**
 * Things of 256 kinds and clutter, at least 80 pictures of each, in the mode that each file has.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.Caltech256.html
 */
export class Caltech256<Sample = Image, Label = number> extends VisionDataset<Image, number, Sample, Label> {
  static readonly source = {
    url: 'https://data.caltech.edu/records/nyy15-4j048/files/256_ObjectCategories.tar',
    filename: '256_ObjectCategories.tar',
    md5: '67b4f42ca05d46448c6bb8ecd2220f6d',
  }

  /** The classes' names. */
  readonly categories: string[]
  /** The number of each picture in its class, from 1. */
  readonly index: number[] = []
  /** The class of each picture. */
  readonly y: number[] = []

  /** @throws {TorchError} when the files are not there */
  constructor(...args: Caltech256Args<Sample, Label>) {
    const bound = parameters(args) as Keywords<Sample, Label>
    super(join(pathOf(bound.root), 'caltech256'), bound)
    mkdirSync(this.root!, { recursive: true })
    const folder = join(this.root!, '256_ObjectCategories')
    if (!isFolder(folder)) throw notFound(this.constructor.name)
    this.categories = readdirSync(folder).sort()
    for (const [label, name] of this.categories.entries()) {
      const count = readdirSync(join(folder, name)).filter(file => file.endsWith('.jpg')).length
      for (let i = 1; i <= count; i++) {
        this.index.push(i)
        this.y.push(label)
      }
    }
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number>(
    ...args: Caltech256Args<Sample, Label>
  ): Promise<Caltech256<Sample, Label>> {
    const { root, download } = parameters(args)
    if (download) await Caltech256.fetch.call(this, root)
    return new (this as unknown as typeof Caltech256<Sample, Label>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root): Promise<void> {
    const folder = join(pathOf(root), 'caltech256')
    if (isFolder(join(folder, '256_ObjectCategories'))) return
    const { url, filename, md5 } = this.source
    await downloadAndExtract(url, folder, { filename, md5 })
  }

  get length(): number {
    return this.index.length
  }

  async getItem(index: number): Promise<[Sample, Label]> {
    const label = itemAt(this.y, index)
    const digits = (number: number, width: number) => String(number).padStart(width, '0')
    const name = `${digits(label + 1, 3)}_${digits(itemAt(this.index, index), 4)}.jpg`
    const image = await Image.open(join(this.root!, '256_ObjectCategories', this.categories[label]!, name))
    return this.transformed(image, label)
  }
}
