import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { signature } from '../../_C/args.js'
import type { Image } from '../image.js'
import { extractArchive } from './_archive.js'
import { oneOf, type Root } from './_arguments.js'
import { downloadAndExtract } from './_download.js'
import { findFile, MNIST, type MNISTOptions, rawFolder } from './mnist.js'
import { pathOf } from './vision.js'

const splits = ['byclass', 'bymerge', 'balanced', 'letters', 'digits', 'mnist'] as const

/** One of EMNIST's ways to divide its characters. */
export type EMNISTSplit = (typeof splits)[number]

/** Keywords of `EMNIST`. */
export interface EMNISTOptions<Sample, Label> extends MNISTOptions<Sample, Label> {
  /** Which characters: `byclass`, `bymerge`, `balanced`, `letters`, `digits` or `mnist`. */
  split: EMNISTSplit
}

const digits = [...'0123456789']
const letters = [...'abcdefghijklmnopqrstuvwxyz']
const all = [...digits, ...letters.map(letter => letter.toUpperCase()), ...letters]
/** Without the small letters that look like the large ones. */
const merged = all.filter(character => !'cijklmopsuvwxyz'.includes(character))

const classesOfSplit: Record<EMNISTSplit, readonly string[]> = {
  byclass: all,
  bymerge: merged,
  balanced: merged,
  letters: ['N/A', ...letters],
  digits,
  mnist: digits,
}

const parameters = signature<{ root: Root; split: EMNISTSplit; options: MNISTOptions<unknown, unknown> }>(
  'EMNIST',
  'root',
  'split',
  ['options:dict', {}],
)

/** `(root, split, options)` as `[root, options]`. */
function optionsOf<Sample, Label>(
  args: readonly unknown[],
): [root: Root, options: EMNISTOptions<Sample, Label> & { split: EMNISTSplit }] {
  const [root, split, options] = args
  if (typeof split === 'object' && split !== null) return [root as Root, split as EMNISTOptions<Sample, Label>]
  const bound = parameters([root, split, options])
  return [bound.root, { ...(bound.options as MNISTOptions<Sample, Label>), split: bound.split }]
}

/**
 * Handwritten letters and digits in MNIST's format.
 *
 * ```ts
 * const dataset = new EMNIST('data', 'letters', { train: false })
 * const fetched = await EMNIST.create('data', { split: 'letters', download: true })
 * ```
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.EMNIST.html
 */
export class EMNIST<Sample = Image, Label = number> extends MNIST<Sample, Label> {
  static readonly url: string = 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip'
  static readonly md5: string = '58c8d27c78d21e728a6bc7b3cc06412e'
  static readonly splits: readonly EMNISTSplit[] = splits
  static readonly classes_split_dict = classesOfSplit

  readonly split: EMNISTSplit

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} for another split, or damaged files
   */
  constructor(
    ...args:
      | [root: Root, split: EMNISTSplit, options?: MNISTOptions<Sample, Label>]
      | [root: Root, options: EMNISTOptions<Sample, Label>]
  ) {
    const [root, options] = optionsOf<Sample, Label>(args)
    const split = oneOf(options.split, 'split', splits)
    super(root, options)
    this.split = split
  }

  static override async create<Sample = Image, Label = number>(
    root: Root,
    options?: MNISTOptions<Sample, Label> | EMNISTOptions<Sample, Label>,
  ): Promise<EMNIST<Sample, Label>> {
    const given = options as EMNISTOptions<Sample, Label>
    if (given?.download) await EMNIST.fetch.call(this, root, given)
    return new (this as unknown as typeof EMNIST<Sample, Label>)(root, given)
  }

  /** Fetches the files of all splits into `root`, unless those of the given `split` and `train` are there. */
  static override async fetch(root: Root, options: object = {}): Promise<void> {
    const { split, train = true } = options as EMNISTOptions<never, never>
    const names = fileNames(oneOf(split, 'split', splits), train)
    if (names.every(name => findFile(pathOf(root), this.name, name) !== null)) return
    const folder = rawFolder(pathOf(root), this.name)
    await downloadAndExtract(this.url, folder, { md5: this.md5 })
    const zipped = join(folder, 'gzip')
    for (const name of await readdir(zipped)) if (name.endsWith('.gz')) await extractArchive(join(zipped, name), folder)
    await rm(zipped, { recursive: true })
  }

  protected override filesOf(options: object): [images: string, labels: string] {
    return fileNames((options as EMNISTOptions<Sample, Label>).split, this.train)
  }

  override get classes(): readonly string[] {
    return classesOfSplit[this.split]
  }
}

function fileNames(split: EMNISTSplit, train: boolean): [images: string, labels: string] {
  const prefix = `emnist-${split}-${train ? 'train' : 'test'}`
  return [`${prefix}-images-idx3-ubyte`, `${prefix}-labels-idx1-ubyte`]
}
