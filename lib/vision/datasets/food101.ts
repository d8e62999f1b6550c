import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import type { Image } from '../image.js'
import { type FileKeywords, indexOfEach, notFound, oneOf, type Root, type SplitFileArgs } from './_arguments.js'
import { downloadAndExtract } from './_download.js'
import { LabelledFiles } from './_files.js'
import { isFolder } from './_path.js'
import { default_loader } from './folder.js'
import { pathOf } from './vision.js'

const splits = ['train', 'test'] as const
/** A part of Food101. */
export type Food101Split = (typeof splits)[number]

type Keywords<Sample, Label, Input> = FileKeywords<Sample, Label, Input> & { split: Food101Split }

const parameters = signature<Keywords<unknown, unknown, unknown>>(
  'Food101',
  'root',
  ['split', 'train'],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
  ['loader', default_loader],
)

/**
 * Dishes of 101 kinds: 75,750 + 25,250 pictures of at most 512 pixels a side.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.Food101.html
 */
export class Food101<Sample = Image, Label = number, Input = Image> extends LabelledFiles<Sample, Label, Input> {
  static readonly source = {
    url: 'http://data.vision.ee.ethz.ch/cvl/food-101.tar.gz',
    md5: '85eeb15f3717b99a5da872d97d918f87',
  }

  readonly split: Food101Split
  readonly classes: string[]
  readonly class_to_idx: Record<string, number>
  protected readonly labelled

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} for another split, or damaged files
   */
  constructor(...args: SplitFileArgs<Food101Split, Sample, Label, Input>) {
    const bound = parameters(args) as Keywords<Sample, Label, Input>
    super(bound.root, bound.loader, bound)
    this.split = oneOf(bound.split, 'split', splits)
    const folder = join(this.root!, 'food-101')
    if (!isComplete(folder)) throw notFound(this.constructor.name, false)
    const meta = metaOf(join(folder, 'meta', `${this.split}.json`))
    this.classes = Object.keys(meta).sort()
    this.class_to_idx = indexOfEach(this.classes)
    const all = Object.entries(meta).flatMap(([name, paths]) => paths.map(path => [path, name] as const))
    this.labelled = {
      files: all.map(([path]) => join(folder, 'images', `${path}.jpg`)),
      labels: all.map(([, name]) => this.class_to_idx[name]!),
    }
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number, Input = Image>(
    ...args: SplitFileArgs<Food101Split, Sample, Label, Input>
  ): Promise<Food101<Sample, Label, Input>> {
    const { root, download } = parameters(args)
    if (download) await Food101.fetch.call(this, root)
    return new (this as unknown as typeof Food101<Sample, Label, Input>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root): Promise<void> {
    if (isComplete(join(pathOf(root), 'food-101'))) return
    const { url, md5 } = this.source
    await downloadAndExtract(url, pathOf(root), { md5 })
  }

  override extra_repr(): string {
    return `split=${this.split}`
  }
}

function isComplete(folder: string): boolean {
  return isFolder(join(folder, 'meta')) && isFolder(join(folder, 'images'))
}

function metaOf(path: string): Record<string, string[]> {
  const meta: unknown = JSON.parse(readFileSync(path, 'utf8'))
  const isList = (value: unknown) => Array.isArray(value) && value.every(item => typeof item === 'string')
  if (typeof meta !== 'object' || meta === null || !Object.values(meta).every(isList))
    throw new ValueError(`${path} should have a list of pictures for each class`)
  return meta as Record<string, string[]>
}
