import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type Change, type CommonKeywords, itemAt, notFound, type Root } from './_arguments.js'
import { bunzip2 } from './_bzip2.js'
import { downloadUrl, hasFile } from './_download.js'
import { greyImage } from './_picture.js'
import { pathOf, VisionDataset } from './vision.js'

/** Keywords of `USPS`. */
export interface USPSKeywords<Sample, Label> extends CommonKeywords<Image, number, Sample, Label> {
  /** The 7,291 images for training, or the 2,007 for testing. Default true. */
  train: boolean
}

/** Arguments of `USPS`. */
export type USPSArgs<Sample, Label> = Args<
  [root: Root],
  [train: boolean, transform: Change<Image, Sample>, target_transform: Change<number, Label>, download: boolean],
  USPSKeywords<Sample, Label>
>

const parameters = signature<USPSKeywords<unknown, unknown>>(
  'USPS',
  'root',
  ['train', true],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
)

/**
 * Digits from envelopes: 7,291 + 2,007 grey images of 16×16 with targets 0 to 9.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.USPS.html
 */
export class USPS<Sample = Image, Label = number> extends VisionDataset<Image, number, Sample, Label> {
  /** URL, file name and md5 sum of each split. */
  static readonly split_list: Readonly<
    Record<'train' | 'test', readonly [url: string, filename: string, md5: string]>
  > = {
    train: [
      'https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/usps.bz2',
      'usps.bz2',
      'ec16c51db3855ca6c91edd34d0e9b197',
    ],
    test: [
      'https://www.csie.ntu.edu.tw/~cjlin/libsvmtools/datasets/multiclass/usps.t.bz2',
      'usps.t.bz2',
      '8ea070ee2aca1ac39742fdd1ef5ed118',
    ],
  }

  /** The images: uint8 (N, 16, 16). */
  readonly data: Tensor
  readonly targets: number[]

  /**
   * @throws {TorchError} when the file is not there
   * @throws {ValueError} when it is damaged
   */
  constructor(...args: USPSArgs<Sample, Label>) {
    const bound = parameters(args) as USPSKeywords<Sample, Label>
    super(bound.root, bound)
    const { split_list, name } = this.constructor as typeof USPS
    const path = join(this.root!, split_list[bound.train ? 'train' : 'test'][1])
    if (!hasFile(path)) throw notFound(name)
    const lines = bunzip2(readFileSync(path)).toString('latin1').split('\n').filter(Boolean)
    const pixels = new Uint8Array(lines.length * 256)
    this.targets = lines.map((line, i) => {
      const [label = '', ...values] = line.trim().split(/\s+/)
      if (values.length !== 256) throw new ValueError(`${path} should have a label and 256 pixels a line`)
      for (const [k, value] of values.entries()) pixels[256 * i + k] = byteOf(value)
      return Number.parseInt(label, 10) - 1
    })
    this.data = native.fromBytes(pixels, uint8.scalarType, [lines.length, 16, 16], false)
  }

  /** The dataset, its file fetched first where it is not there and `download` is true. */
  static async create<Sample = Image, Label = number>(...args: USPSArgs<Sample, Label>): Promise<USPS<Sample, Label>> {
    const { root, train, download } = parameters(args)
    if (download) await USPS.fetch.call(this, root, train)
    return new (this as unknown as typeof USPS<Sample, Label>)(...args)
  }

  /** Fetches the file of one split into `root`, unless it is there. */
  static async fetch(root: Root, train = true): Promise<void> {
    const [url, filename, md5] = this.split_list[train ? 'train' : 'test']
    await downloadUrl(url, pathOf(root), { filename, md5 })
  }

  get length(): number {
    return this.targets.length
  }

  getItem(index: number): [Sample, Label] | Promise<[Sample, Label]> {
    const target = itemAt(this.targets, index)
    return this.transformed(greyImage(this.data.select(0, index)), target)
  }
}

/** `12:-0.5` → the value -1 to 1 as a byte, in float32 as torchvision's arithmetic. */
function byteOf(text: string): number {
  const value = Math.fround(Number(text.slice(text.lastIndexOf(':') + 1)))
  return Math.trunc(Math.fround(Math.fround(Math.fround(value + 1) / 2) * 255))
}
