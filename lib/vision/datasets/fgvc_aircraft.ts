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

const splits = ['train', 'val', 'trainval', 'test'] as const
/** A part of FGVCAircraft. */
export type FGVCAircraftSplit = (typeof splits)[number]

const levels = ['variant', 'family', 'manufacturer'] as const
/** How finely aircraft are told apart: 100 variants, 70 families or 30 manufacturers. */
export type FGVCAircraftLevel = (typeof levels)[number]

const filesOfLevel: Record<FGVCAircraftLevel, string> = {
  variant: 'variants.txt',
  family: 'families.txt',
  manufacturer: 'manufacturers.txt',
}

/** Keywords of `FGVCAircraft`. */
export interface FGVCAircraftKeywords<Sample, Label, Input> extends FileKeywords<Sample, Label, Input> {
  split: FGVCAircraftSplit
  annotation_level: FGVCAircraftLevel
}

/** Arguments of `FGVCAircraft`. */
export type FGVCAircraftArgs<Sample, Label, Input> = Args<
  [root: Root],
  [
    split: FGVCAircraftSplit,
    annotation_level: FGVCAircraftLevel,
    transform: Change<Input, Sample>,
    target_transform: Change<number, Label>,
    download: boolean,
    loader: Loader<Input>,
  ],
  FGVCAircraftKeywords<Sample, Label, Input>
>

const parameters = signature<FGVCAircraftKeywords<unknown, unknown, unknown>>(
  'FGVCAircraft',
  'root',
  ['split', 'trainval'],
  ['annotation_level', 'variant'],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
  ['loader', default_loader],
)

/**
 * Aircraft: 10,000 pictures, 100 of each of 100 variants.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.FGVCAircraft.html
 */
export class FGVCAircraft<Sample = Image, Label = number, Input = Image> extends LabelledFiles<Sample, Label, Input> {
  static readonly url: string =
    'https://www.robots.ox.ac.uk/~vgg/data/fgvc-aircraft/archives/fgvc-aircraft-2013b.tar.gz'

  readonly split: FGVCAircraftSplit
  readonly annotation_level: FGVCAircraftLevel
  readonly classes: string[]
  readonly class_to_idx: Record<string, number>
  protected readonly labelled

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} for another split or level, or damaged files
   */
  constructor(...args: FGVCAircraftArgs<Sample, Label, Input>) {
    const bound = parameters(args) as FGVCAircraftKeywords<Sample, Label, Input>
    super(bound.root, bound.loader, bound)
    this.split = oneOf(bound.split, 'split', splits)
    this.annotation_level = oneOf(bound.annotation_level, 'annotation_level', levels)
    const folder = join(this.root!, 'fgvc-aircraft-2013b')
    if (!isFolder(folder)) throw notFound(this.constructor.name, false)
    this.classes = linesOf(join(folder, 'data', filesOfLevel[this.annotation_level]))
    this.class_to_idx = indexOfEach(this.classes)
    const files: string[] = []
    const labels: number[] = []
    const list = join(folder, 'data', `images_${this.annotation_level}_${this.split}.txt`)
    for (const line of linesOf(list)) {
      const space = line.indexOf(' ')
      const label = this.class_to_idx[line.slice(space + 1)]
      if (space < 0 || label === undefined) throw new ValueError(`${list} names a class that there is not: '${line}'`)
      files.push(join(folder, 'data', 'images', `${line.slice(0, space)}.jpg`))
      labels.push(label)
    }
    this.labelled = { files, labels }
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number, Input = Image>(
    ...args: FGVCAircraftArgs<Sample, Label, Input>
  ): Promise<FGVCAircraft<Sample, Label, Input>> {
    const { root, download } = parameters(args)
    if (download) await FGVCAircraft.fetch.call(this, root)
    return new (this as unknown as typeof FGVCAircraft<Sample, Label, Input>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. torchvision knows no md5 sum of them. */
  static async fetch(root: Root): Promise<void> {
    if (isFolder(join(pathOf(root), 'fgvc-aircraft-2013b'))) return
    await downloadAndExtract(this.url, pathOf(root))
  }
}
