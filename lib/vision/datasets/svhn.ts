import { join } from 'node:path'
import { signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { int64, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type CommonKeywords, notFound, oneOf, type Root, type SplitArgs } from './_arguments.js'
import { downloadUrl, hasFile } from './_download.js'
import { type MatValue, readMat } from './_mat.js'
import { colourImage } from './_picture.js'
import { pathOf, VisionDataset } from './vision.js'

const splits = ['train', 'test', 'extra'] as const
/** A part of SVHN. */
export type SVHNSplit = (typeof splits)[number]

const parameters = signature<CommonKeywords<Image, number, unknown, unknown> & { split: SVHNSplit }>(
  'SVHN',
  'root',
  ['split', 'train'],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
)

/**
 * Digits of house numbers: 73,257 images of 32×32 for training, 26,032 for testing and 531,131 `extra`; targets 0 to 9.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.SVHN.html
 */
export class SVHN<Sample = Image, Label = number> extends VisionDataset<Image, number, Sample, Label> {
  /** URL, file name and md5 sum of each split. */
  static readonly split_list: Readonly<Record<SVHNSplit, readonly [url: string, filename: string, md5: string]>> = {
    train: [
      'http://ufldl.stanford.edu/housenumbers/train_32x32.mat',
      'train_32x32.mat',
      'e26dedcc434d2e4c54c9b2d4a06d8373',
    ],
    test: [
      'http://ufldl.stanford.edu/housenumbers/test_32x32.mat',
      'test_32x32.mat',
      'eb5a983be6a315427106f1b164d9cef3',
    ],
    extra: [
      'http://ufldl.stanford.edu/housenumbers/extra_32x32.mat',
      'extra_32x32.mat',
      'a93ce644f1a588dc4d68dda5feec44a7',
    ],
  }

  readonly split: SVHNSplit
  /** The images: uint8 (N, 3, 32, 32). */
  readonly data: Tensor
  /** The digits: int64 (N). */
  readonly labels: Tensor

  /**
   * @throws {TorchError} when the file is not there, or its md5 sum is wrong
   * @throws {ValueError} for another split, or a damaged file
   */
  constructor(...args: SplitArgs<SVHNSplit, Sample, Label>) {
    const bound = parameters(args) as CommonKeywords<Image, number, Sample, Label> & { split: SVHNSplit }
    super(bound.root, bound)
    this.split = oneOf(bound.split, 'split', splits)
    const { split_list, name } = this.constructor as typeof SVHN
    const [, filename, md5] = split_list[this.split]
    const path = join(this.root!, filename)
    if (!hasFile(path, md5)) throw notFound(name)
    const { X, y } = readMat(path)
    if (!isTensor(X) || X.dtype !== uint8 || X.dim() !== 4 || !isTensor(y) || y.numel() !== X.size(3))
      throw new ValueError(`${path} should hold uint8 images X (32, 32, 3, N) and N labels y`)
    this.data = X.permute(3, 2, 0, 1)
    const labels = y.to(int64).view(-1)
    // The file calls the digit 0 ten.
    this.labels = labels.masked_fill(labels.eq(10), 0)
  }

  /** The dataset, its file fetched first where it is not there and `download` is true. */
  static async create<Sample = Image, Label = number>(
    ...args: SplitArgs<SVHNSplit, Sample, Label>
  ): Promise<SVHN<Sample, Label>> {
    const { root, split, download } = parameters(args)
    if (download) await SVHN.fetch.call(this, root, split)
    return new (this as unknown as typeof SVHN<Sample, Label>)(...args)
  }

  /** Fetches the file of one split into `root`, unless it is there. */
  static async fetch(root: Root, split: SVHNSplit): Promise<void> {
    const [url, filename, md5] = this.split_list[oneOf(split, 'split', splits)]
    await downloadUrl(url, pathOf(root), { filename, md5 })
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

function isTensor(value: MatValue | undefined): value is Tensor {
  return native.isTensor(value)
}
