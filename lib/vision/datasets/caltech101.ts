import { mkdirSync, readdirSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import type { Tensor } from '../../tensor.js'
import { Image } from '../image.js'
import { extractArchive } from './_archive.js'
import { type Change, type CommonKeywords, itemAt, notFound, oneOf, type Root } from './_arguments.js'
import { downloadUrl } from './_download.js'
import { readMat } from './_mat.js'
import { isFolder } from './_path.js'
import { pathOf, VisionDataset } from './vision.js'

const targetTypes = ['category', 'annotation'] as const
/** A kind of target: the number of the class, or an outline of points, float64 (2, N). */
export type Caltech101TargetType = (typeof targetTypes)[number]
/** One target, or several where several kinds were asked for. */
export type Caltech101Target = number | Tensor | readonly (number | Tensor)[]

/** Keywords of `Caltech101`. */
export interface Caltech101Keywords<Sample, Label> extends CommonKeywords<Image, Caltech101Target, Sample, Label> {
  /** Default `category`. */
  target_type: Caltech101TargetType | readonly Caltech101TargetType[]
}

/** Arguments of `Caltech101`. */
export type Caltech101Args<Sample, Label> = Args<
  [root: Root],
  [
    target_type: Caltech101TargetType | readonly Caltech101TargetType[],
    transform: Change<Image, Sample>,
    target_transform: Change<Caltech101Target, Label>,
    download: boolean,
  ],
  Caltech101Keywords<Sample, Label>
>

const parameters = signature<Caltech101Keywords<unknown, unknown>>(
  'Caltech101',
  'root',
  ['target_type', 'category'],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
)

/** Where the annotations of a class lie under another name. */
const annotationFolders: Record<string, string> = {
  Faces: 'Faces_2',
  Faces_easy: 'Faces_3',
  Motorbikes: 'Motorbikes_16',
  airplanes: 'Airplanes_Side_2',
}

/**
 * Things of 101 kinds, 40 to 800 pictures of each, in the mode that each file has.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.Caltech101.html
 */
export class Caltech101<Sample = Image, Label = Caltech101Target> extends VisionDataset<
  Image,
  Caltech101Target,
  Sample,
  Label
> {
  static readonly source = {
    url: 'https://data.caltech.edu/records/mzrjq-6wc02/files/caltech-101.zip',
    filename: 'caltech-101.zip',
    md5: '3138e1922a9193bfa496528edbbc45d0',
  }

  readonly target_type: readonly Caltech101TargetType[]
  /** The classes' names. */
  readonly categories: string[]
  readonly annotation_categories: string[]
  /** The number of each picture in its class, from 1. */
  readonly index: number[] = []
  /** The class of each picture. */
  readonly y: number[] = []

  /** @throws {TorchError} when the files are not there */
  constructor(...args: Caltech101Args<Sample, Label>) {
    const bound = parameters(args) as Caltech101Keywords<Sample, Label>
    super(join(pathOf(bound.root), 'caltech101'), bound)
    mkdirSync(this.root!, { recursive: true })
    this.target_type = [bound.target_type].flat().map(type => oneOf(type, 'target_type', targetTypes))
    const folder = join(this.root!, '101_ObjectCategories')
    if (!isFolder(folder)) throw notFound(this.constructor.name)
    // The background is no class of its own.
    this.categories = readdirSync(folder)
      .filter(name => name !== 'BACKGROUND_Google')
      .sort()
    this.annotation_categories = this.categories.map(name =>
      Object.hasOwn(annotationFolders, name) ? annotationFolders[name]! : name,
    )
    for (const [label, name] of this.categories.entries()) {
      for (let i = 1; i <= readdirSync(join(folder, name)).length; i++) {
        this.index.push(i)
        this.y.push(label)
      }
    }
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = Caltech101Target>(
    ...args: Caltech101Args<Sample, Label>
  ): Promise<Caltech101<Sample, Label>> {
    const { root, download } = parameters(args)
    if (download) await Caltech101.fetch.call(this, root)
    return new (this as unknown as typeof Caltech101<Sample, Label>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root): Promise<void> {
    const folder = join(pathOf(root), 'caltech101')
    if (isFolder(join(folder, '101_ObjectCategories'))) return
    const { url, filename, md5 } = this.source
    const archive = await downloadUrl(url, folder, { filename, md5 })
    await extractArchive(archive, folder)
    const inner = join(folder, 'caltech-101')
    for (const name of await readdir(inner)) if (name.endsWith('.gz')) await extractArchive(join(inner, name), folder)
    await rm(inner, { recursive: true })
    await rm(archive)
  }

  get length(): number {
    return this.index.length
  }

  async getItem(index: number): Promise<[Sample, Label]> {
    const label = itemAt(this.y, index)
    const number = String(itemAt(this.index, index)).padStart(4, '0')
    const image = await Image.open(
      join(this.root!, '101_ObjectCategories', this.categories[label]!, `image_${number}.jpg`),
    )
    const targets = this.target_type.map(type =>
      type === 'category'
        ? label
        : outlineOf(join(this.root!, 'Annotations', this.annotation_categories[label]!, `annotation_${number}.mat`)),
    )
    return this.transformed(image, targets.length === 1 ? targets[0]! : targets)
  }

  override extra_repr(): string {
    return `Target type: [${this.target_type.map(type => `'${type}'`).join(', ')}]`
  }
}

function outlineOf(path: string): Tensor {
  const { obj_contour } = readMat(path)
  if (!native.isTensor(obj_contour)) throw new ValueError(`${path} has no outline obj_contour`)
  return obj_contour as Tensor
}
