import { join } from 'node:path'
import { signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import type { Image } from '../image.js'
import { type CommonKeywords, itemAt, notFound, oneOf, type Resource, type Root, type SplitArgs } from './_arguments.js'
import { downloadAndExtract } from './_download.js'
import { isFolder, linesOf } from './_path.js'
import { default_loader, type FileSample, make_dataset } from './folder.js'
import { pathOf, VisionDataset } from './vision.js'

const splits = ['train', 'test'] as const
/** A part of GTSRB. */
export type GTSRBSplit = (typeof splits)[number]

type Keywords<Sample, Label> = CommonKeywords<Image, number, Sample, Label> & { split: GTSRBSplit }

const parameters = signature<Keywords<unknown, unknown>>(
  'GTSRB',
  'root',
  ['split', 'train'],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
)

/**
 * German traffic signs of 43 kinds: 26,640 + 12,630 pictures of several sizes.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.GTSRB.html
 */
export class GTSRB<Sample = Image, Label = number> extends VisionDataset<Image, number, Sample, Label> {
  static readonly base: string = 'https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/'
  static readonly resources: Readonly<Record<GTSRBSplit, readonly Resource[]>> = {
    train: [['GTSRB-Training_fixed.zip', '513f3c79a4c5141765e10e952eaa2478']],
    test: [
      ['GTSRB_Final_Test_Images.zip', 'c7e4e6327067d32654124b0fe9e82185'],
      ['GTSRB_Final_Test_GT.zip', 'fe31e9c9270bbcd7b84b7f21a9d9d9e5'],
    ],
  }

  readonly split: GTSRBSplit
  private readonly _samples: readonly FileSample[]

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} for another split, or damaged files
   */
  constructor(...args: SplitArgs<GTSRBSplit, Sample, Label>) {
    const bound = parameters(args) as Keywords<Sample, Label>
    super(bound.root, bound)
    this.split = oneOf(bound.split, 'split', splits)
    const folder = folderOf(this.root!, this.split)
    if (!isFolder(folder)) throw notFound(this.constructor.name, false)
    this._samples =
      this.split === 'train'
        ? make_dataset(folder, { extensions: ['.ppm'] })
        : tableOf(join(this.root!, 'gtsrb', 'GT-final_test.csv'), folder)
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number>(
    ...args: SplitArgs<GTSRBSplit, Sample, Label>
  ): Promise<GTSRB<Sample, Label>> {
    const { root, split, download } = parameters(args)
    if (download) await GTSRB.fetch.call(this, root, split)
    return new (this as unknown as typeof GTSRB<Sample, Label>)(...args)
  }

  /** Fetches the files of one split into `root`, unless they are there. */
  static async fetch(root: Root, split: GTSRBSplit): Promise<void> {
    const part = oneOf(split, 'split', splits)
    if (isFolder(folderOf(pathOf(root), part))) return
    for (const [name, md5] of this.resources[part])
      await downloadAndExtract(this.base + name, join(pathOf(root), 'gtsrb'), { md5 })
  }

  get length(): number {
    return this._samples.length
  }

  async getItem(index: number): Promise<[Sample, Label]> {
    const [path, target] = itemAt(this._samples, index)
    return this.transformed(await default_loader(path), target)
  }
}

function folderOf(root: string, split: GTSRBSplit): string {
  return join(root, 'gtsrb', 'GTSRB', split === 'train' ? 'Training' : 'Final_Test/Images')
}

/** A table with semicolons between its columns, among them `Filename` and `ClassId`. */
function tableOf(path: string, folder: string): FileSample[] {
  const [head = [], ...rows] = linesOf(path)
    .filter(Boolean)
    .map(line => line.split(';').map(cell => cell.trim()))
  const [name, label] = [head.indexOf('Filename'), head.indexOf('ClassId')]
  return rows.map(row => {
    const target = Number(row[label])
    if (name < 0 || label < 0 || !row[name] || !Number.isInteger(target))
      throw new ValueError(`${path} should have a Filename and a ClassId in each row`)
    return [join(folder, row[name]), target]
  })
}
