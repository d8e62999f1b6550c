import { int32, int64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { oneOf, type Resource, type Root } from './_arguments.js'
import { downloadAndExtract } from './_download.js'
import { greyImage } from './_picture.js'
import { findFile, MNIST, type MNISTOptions, rawFolder } from './mnist.js'
import { pathOf } from './vision.js'

const parts = ['train', 'test', 'test10k', 'test50k', 'nist'] as const

/** A part of QMNIST. */
export type QMNISTPart = (typeof parts)[number]

/** Keywords of `QMNIST`. */
export interface QMNISTOptions<Sample, Label> extends MNISTOptions<Sample, Label> {
  /**
   * `train`, `test` (60,000 images), `test10k` (MNIST's test images), `test50k` (the others) or `nist` (all digits). Default:
   * `train` or `test`, as `train` says.
   */
  what?: QMNISTPart | null
  /** Targets are classes, as MNIST's; false: int64 tensors (8) of all that is known. Default true. */
  compat?: boolean
}

const subsets: Record<QMNISTPart, string> = {
  train: 'train',
  test: 'test',
  test10k: 'test',
  test50k: 'test',
  nist: 'nist',
}

/** Which part is asked for. */
function partOf({ what = null, train = true }: QMNISTOptions<never, never>): QMNISTPart {
  return oneOf(what ?? (train ? 'train' : 'test'), 'what', parts)
}

/**
 * MNIST with all that is known of its digits, and the 50,000 that it left out.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.QMNIST.html
 */
export class QMNIST<Sample = Image, Label = number | Tensor> extends MNIST<Sample, Label> {
  static readonly base: string = 'https://raw.githubusercontent.com/facebookresearch/qmnist/master/'
  static readonly resources: Readonly<Record<string, readonly [images: Resource, labels: Resource]>> = {
    train: [
      ['qmnist-train-images-idx3-ubyte.gz', 'ed72d4157d28c017586c42bc6afe6370'],
      ['qmnist-train-labels-idx2-int.gz', '0058f8dd561b90ffdd0f734c6a30e5e4'],
    ],
    test: [
      ['qmnist-test-images-idx3-ubyte.gz', '1394631089c404de565df7b7aeaf9412'],
      ['qmnist-test-labels-idx2-int.gz', '5b5b05890a5e13444e108efe57b788aa'],
    ],
    nist: [
      ['xnist-images-idx3-ubyte.xz', '7f124b3b8ab81486c9d8c2749c17f834'],
      ['xnist-labels-idx2-int.xz', '5ed0e788978e45d4a8bd4b7caec3d79d'],
    ],
  }

  readonly what: QMNISTPart
  readonly compat: boolean

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} for another part, or damaged files
   */
  constructor(root: Root, options: QMNISTOptions<Sample, Label> = {}) {
    const what = partOf(options as QMNISTOptions<never, never>)
    super(root, options)
    this.what = what
    this.compat = options.compat ?? true
    const [from, to] = what === 'test10k' ? [0, 10_000] : what === 'test50k' ? [10_000, this.length] : [0, this.length]
    if (to - from === this.length) return
    const count = Math.max(0, Math.min(to, this.length) - from)
    const start = Math.min(from, this.length)
    this.data = this.data.narrow(0, start, count).clone()
    this.targets = this.targets.narrow(0, start, count).clone()
  }

  static override async create<Sample = Image, Label = number | Tensor>(
    root: Root,
    options: QMNISTOptions<Sample, Label> = {},
  ): Promise<QMNIST<Sample, Label>> {
    if (options.download) await QMNIST.fetch.call(this, root, options)
    return new (this as unknown as typeof QMNIST<Sample, Label>)(root, options)
  }

  /** Fetches the files of one part, by `what` or `train`, into `root`, unless they are there. */
  static override async fetch(root: Root, options: object = {}): Promise<void> {
    const what = partOf(options as QMNISTOptions<never, never>)
    for (const [name, md5] of this.resources[subsets[what]]!)
      if (findFile(pathOf(root), this.name, unpacked(name)) === null)
        await downloadAndExtract(this.base + name, rawFolder(pathOf(root), this.name), { md5 })
  }

  protected override filesOf(options: object): [images: string, labels: string] {
    const own = (this.constructor as typeof QMNIST).resources[subsets[partOf(options as QMNISTOptions<never, never>)]]!
    return [unpacked(own[0][0]), unpacked(own[1][0])]
  }

  protected override readTargets(name: string): Tensor {
    return this.read(name, 2, int32).to(int64)
  }

  override getItem(index: number): [Sample, Label] | Promise<[Sample, Label]> {
    const target = this.targets.select(0, index)
    // MNIST's targets are numbers; without `compat` these are more.
    const label = (this.compat ? target.select(0, 0).item() : target) as number
    return this.transformed(greyImage(this.data.select(0, index)), label)
  }

  override extra_repr(): string {
    return `Split: ${this.what}`
  }
}

function unpacked(name: string): string {
  return name.replace(/\.(gz|xz)$/, '')
}
