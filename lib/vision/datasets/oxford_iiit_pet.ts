import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { Image } from '../image.js'
import {
  type Change,
  type CommonKeywords,
  indexOfEach,
  itemAt,
  notFound,
  oneOf,
  type Resource,
  type Root,
} from './_arguments.js'
import { downloadAndExtract } from './_download.js'
import { isFolder, linesOf } from './_path.js'
import { default_loader } from './folder.js'
import { pathOf, VisionDataset, type VisionDatasetOptions } from './vision.js'

const splits = ['trainval', 'test'] as const
/** A part of OxfordIIITPet. */
export type OxfordIIITPetSplit = (typeof splits)[number]

const targetTypes = ['category', 'binary-category', 'segmentation'] as const
/** A kind of target: the breed's number, 0 for cats and 1 for dogs, or an image of 1 (pet), 2 (background), 3 (border). */
export type OxfordIIITPetTargetType = (typeof targetTypes)[number]
/** One target, several where several kinds were asked for, null where none was. */
export type OxfordIIITPetTarget = number | Image | readonly (number | Image)[] | null

/** Keywords of `OxfordIIITPet`. */
export interface OxfordIIITPetKeywords<Sample, Label>
  extends CommonKeywords<Image, OxfordIIITPetTarget, Sample, Label> {
  split: OxfordIIITPetSplit
  /** Default `category`. */
  target_types: OxfordIIITPetTargetType | readonly OxfordIIITPetTargetType[]
  /** What happens to picture and target together; instead of the other two. */
  transforms: VisionDatasetOptions<Image, OxfordIIITPetTarget, Sample, Label>['transforms']
}

/** Arguments of `OxfordIIITPet`. */
export type OxfordIIITPetArgs<Sample, Label> = Args<
  [root: Root],
  [
    split: OxfordIIITPetSplit,
    target_types: OxfordIIITPetTargetType | readonly OxfordIIITPetTargetType[],
    transforms: VisionDatasetOptions<Image, OxfordIIITPetTarget, Sample, Label>['transforms'],
    transform: Change<Image, Sample>,
    target_transform: Change<OxfordIIITPetTarget, Label>,
    download: boolean,
  ],
  OxfordIIITPetKeywords<Sample, Label>
>

const parameters = signature<OxfordIIITPetKeywords<unknown, unknown>>(
  'OxfordIIITPet',
  'root',
  ['split', 'trainval'],
  ['target_types', 'category'],
  ['transforms', null],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
)

interface Pet {
  id: string
  label: number
  binary: number
}

/**
 * Cats and dogs of 37 breeds, about 200 pictures of each.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.OxfordIIITPet.html
 */
export class OxfordIIITPet<Sample = Image, Label = OxfordIIITPetTarget> extends VisionDataset<
  Image,
  OxfordIIITPetTarget,
  Sample,
  Label
> {
  static readonly resources: readonly Resource[] = [
    ['https://www.robots.ox.ac.uk/~vgg/data/pets/data/images.tar.gz', '5c4f3ee8e5d25df40f4fd59a7f44e54c'],
    ['https://www.robots.ox.ac.uk/~vgg/data/pets/data/annotations.tar.gz', '95a8c909bbe2e81eed6a22bccdf3f68f'],
  ]

  readonly split: OxfordIIITPetSplit
  readonly target_types: readonly OxfordIIITPetTargetType[]
  /** The breeds' names. */
  readonly classes: string[]
  readonly class_to_idx: Record<string, number>
  readonly bin_classes: readonly string[] = ['Cat', 'Dog']
  readonly bin_class_to_idx: Record<string, number> = { Cat: 0, Dog: 1 }
  private readonly _folder: string
  private readonly _pets: readonly Pet[]

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} for another split or kind of target, or damaged files
   */
  constructor(...args: OxfordIIITPetArgs<Sample, Label>) {
    const bound = parameters(args) as OxfordIIITPetKeywords<Sample, Label>
    const split = oneOf(bound.split, 'split', splits)
    const types = [bound.target_types].flat().map(type => oneOf(type, 'target_types', targetTypes))
    super(bound.root, bound)
    this.split = split
    this.target_types = types
    this._folder = join(this.root!, 'oxford-iiit-pet')
    if (!isComplete(this._folder)) throw notFound(this.constructor.name, false)
    this._pets = petsOf(join(this._folder, 'annotations', `${split}.txt`))
    const names = new Map(this._pets.map(({ id, label }) => [label, breedOf(id)]))
    this.classes = [...names].sort(([a], [b]) => a - b).map(([, name]) => name)
    this.class_to_idx = indexOfEach(this.classes)
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = OxfordIIITPetTarget>(
    ...args: OxfordIIITPetArgs<Sample, Label>
  ): Promise<OxfordIIITPet<Sample, Label>> {
    const { root, download } = parameters(args)
    if (download) await OxfordIIITPet.fetch.call(this, root)
    return new (this as unknown as typeof OxfordIIITPet<Sample, Label>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root): Promise<void> {
    const folder = join(pathOf(root), 'oxford-iiit-pet')
    if (isComplete(folder)) return
    for (const [url, md5] of this.resources) await downloadAndExtract(url, folder, { md5 })
  }

  get length(): number {
    return this._pets.length
  }

  async getItem(index: number): Promise<[Sample, Label]> {
    const pet = itemAt(this._pets, index)
    const image = await default_loader(join(this._folder, 'images', `${pet.id}.jpg`))
    const targets: (number | Image)[] = []
    for (const type of this.target_types) {
      if (type === 'category') targets.push(pet.label)
      else if (type === 'binary-category') targets.push(pet.binary)
      else targets.push(await Image.open(join(this._folder, 'annotations', 'trimaps', `${pet.id}.png`)))
    }
    return this.transformed(image, targets.length > 1 ? targets : (targets[0] ?? null))
  }
}

function isComplete(folder: string): boolean {
  return isFolder(join(folder, 'images')) && isFolder(join(folder, 'annotations'))
}

function petsOf(path: string): Pet[] {
  return linesOf(path).map(line => {
    const parts = line.split(/\s+/)
    const [label, binary] = [Number(parts[1]), Number(parts[2])]
    if (parts.length !== 4 || !Number.isInteger(label) || !Number.isInteger(binary))
      throw new ValueError(`${path} should have a name and three numbers a line, but has '${line}'`)
    // The file counts from 1.
    return { id: parts[0]!, label: label - 1, binary: binary - 1 }
  })
}

/** `american_bulldog_17` is an `American Bulldog`. */
function breedOf(id: string): string {
  const name = id.includes('_') ? id.slice(0, id.lastIndexOf('_')) : id
  const title = (part: string) =>
    part.toLowerCase().replace(/\p{L}+/gu, word => word.charAt(0).toUpperCase() + word.slice(1))
  return name.split('_').map(title).join(' ')
}
