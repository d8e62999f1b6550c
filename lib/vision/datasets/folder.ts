/** Folders with a sub-folder for each class. https://docs.pytorch.org/vision/stable/datasets.html#base-classes-for-custom-datasets */
import { readdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import { TorchError, ValueError } from '../../_C/errors.js'
import { Image } from '../image.js'
import { type Change, itemAt, type Loader, type Root } from './_arguments.js'
import { isFolder } from './_path.js'
import { pathOf, VisionDataset } from './vision.js'

export const IMG_EXTENSIONS: readonly string[] = [
  '.jpg',
  '.jpeg',
  '.png',
  '.ppm',
  '.bmp',
  '.pgm',
  '.tif',
  '.tiff',
  '.webp',
]

/** Does the name end in one of the extensions (lowercase), whatever its own case? */
export function has_file_allowed_extension(filename: string, extensions: string | readonly string[]): boolean {
  const name = filename.toLowerCase()
  return [extensions].flat().some(extension => name.endsWith(extension))
}

/** Does the name end as a picture's? */
export function is_image_file(filename: string): boolean {
  return has_file_allowed_extension(filename, IMG_EXTENSIONS)
}

/** Reads a picture in the mode RGB. */
export async function default_loader(path: string): Promise<Image> {
  return (await Image.open(path)).convert('RGB')
}

/** The names of a folder's sub-folders in order, and each one's number. @throws {TorchError} when there is none */
export function find_classes(directory: Root): [classes: string[], class_to_idx: Record<string, number>] {
  const folder = pathOf(directory)
  const classes = readdirSync(folder)
    .filter(name => isFolder(join(folder, name)))
    .sort()
  if (classes.length === 0) throw notThere(`Couldn't find any class folder in ${folder}.`)
  return [classes, Object.fromEntries(classes.map((name, i) => [name, i]))]
}

/** A file and the number of its class. */
export type FileSample = [path: string, class_index: number]

interface MakeDatasetKeywords {
  directory: Root
  class_to_idx: Readonly<Record<string, number>> | null
  extensions: string | readonly string[] | null
  is_valid_file: ((path: string) => boolean) | null
  allow_empty: boolean
}

const makeDatasetParameters = signature<MakeDatasetKeywords>(
  'make_dataset',
  'directory',
  ['class_to_idx', null],
  ['extensions', null],
  ['is_valid_file', null],
  ['allow_empty', false],
)

/**
 * The files below a folder's class folders, with their classes' numbers; either those with one of the `extensions` or those
 * that `is_valid_file` accepts. Classes, folders and files come in the order of their names.
 *
 * @throws {ValueError} when not exactly one of `extensions` and `is_valid_file` is given, or there are no classes
 * @throws {TorchError} for classes without a file, unless `allow_empty`
 */
export function make_dataset(
  ...args: Args<
    [directory: Root],
    [
      class_to_idx: Readonly<Record<string, number>> | null,
      extensions: string | readonly string[] | null,
      is_valid_file: ((path: string) => boolean) | null,
      allow_empty: boolean,
    ],
    MakeDatasetKeywords
  >
): FileSample[] {
  const { directory, extensions, is_valid_file, allow_empty, ...rest } = makeDatasetParameters(args)
  const folder = pathOf(directory)
  const numbers = rest.class_to_idx ?? find_classes(folder)[1]
  if (Object.keys(numbers).length === 0)
    throw new ValueError("'class_to_index' must have at least one entry to collect any samples.")
  if ((extensions === null) === (is_valid_file === null))
    throw new ValueError('Both extensions and is_valid_file cannot be None or not None at the same time')
  const isValid = is_valid_file ?? ((path: string) => has_file_allowed_extension(path, extensions!))
  const samples: FileSample[] = []
  const empty: string[] = []
  for (const name of Object.keys(numbers).sort()) {
    const before = samples.length
    for (const file of filesBelow(join(folder, name))) if (isValid(file)) samples.push([file, numbers[name]!])
    if (samples.length === before) empty.push(name)
  }
  if (empty.length > 0 && !allow_empty) {
    const supported = extensions === null ? '' : `Supported extensions are: ${[extensions].flat().join(', ')}`
    throw notThere(`Found no valid file for the classes ${empty.join(', ')}. ${supported}`)
  }
  return samples
}

function notThere(message: string): TorchError {
  return new TorchError(message, 'ENOENT')
}

/** The files of a folder and of those below it, folder by folder in the order of their paths; links are followed. */
function filesBelow(top: string): string[] {
  if (!isFolder(top)) return []
  const folders: { path: string; files: string[] }[] = []
  const walk = (path: string, above: readonly string[]) => {
    const real = realpathSync(path)
    // A link to a folder above would never end.
    if (above.includes(real)) return
    const files: string[] = []
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const own = join(path, entry.name)
      if (entry.isDirectory() || (entry.isSymbolicLink() && isFolder(own))) walk(own, [...above, real])
      else files.push(entry.name)
    }
    folders.push({ path, files: files.sort() })
  }
  walk(top, [])
  folders.sort((a, b) => (a.path < b.path ? -1 : 1))
  return folders.flatMap(({ path, files }) => files.map(name => join(path, name)))
}

/** Keywords of `DatasetFolder`. */
export interface DatasetFolderKeywords<Input, Sample, Label> {
  root: Root
  /** How a file is read. */
  loader: Loader<Input>
  /** Which files count, by the ends of their names in lowercase. */
  extensions: string | readonly string[] | null
  /** What happens to what was read. */
  transform: Change<Input, Sample>
  target_transform: Change<number, Label>
  /** Which files count, instead of `extensions`. */
  is_valid_file: ((path: string) => boolean) | null
  /** Classes without a file are classes too. Default false. */
  allow_empty: boolean
}

const folderParameters = signature<DatasetFolderKeywords<unknown, unknown, unknown>>(
  'DatasetFolder',
  'root',
  'loader',
  ['extensions', null],
  ['transform', null],
  ['target_transform', null],
  ['is_valid_file', null],
  ['allow_empty', false],
)

/**
 * Files of any kind in a folder for each class. A subclass that overrides `find_classes` decides what is a class.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.DatasetFolder.html
 */
export class DatasetFolder<Input = unknown, Sample = Input, Label = number> extends VisionDataset<
  Input,
  number,
  Sample,
  Label
> {
  readonly loader: Loader<Input>
  readonly extensions: string | readonly string[] | null
  /** The classes' names, in order. */
  readonly classes: string[]
  readonly class_to_idx: Record<string, number>
  readonly samples: FileSample[]
  /** The class of each sample. */
  readonly targets: number[]

  /** @throws {TorchError} when the folder has no classes, or one has no file */
  constructor(
    ...args: Args<
      [root: Root, loader: Loader<Input>],
      [
        extensions: string | readonly string[] | null,
        transform: Change<Input, Sample>,
        target_transform: Change<number, Label>,
        is_valid_file: ((path: string) => boolean) | null,
        allow_empty: boolean,
      ],
      DatasetFolderKeywords<Input, Sample, Label>
    >
  ) {
    const bound = folderParameters(args) as DatasetFolderKeywords<Input, Sample, Label>
    super(bound.root, bound)
    const { loader, extensions, is_valid_file, allow_empty } = bound
    const [classes, class_to_idx] = this.find_classes(this.root!)
    this.samples = make_dataset(this.root!, { class_to_idx, extensions, is_valid_file, allow_empty })
    this.loader = loader
    this.extensions = extensions
    this.classes = classes
    this.class_to_idx = class_to_idx
    this.targets = this.samples.map(([, target]) => target)
  }

  /** The classes of a folder, and each one's number. */
  find_classes(directory: string): [classes: string[], class_to_idx: Record<string, number>] {
    return find_classes(directory)
  }

  get length(): number {
    return this.samples.length
  }

  async getItem(index: number): Promise<[Sample, Label]> {
    const [path, target] = itemAt(this.samples, index)
    return this.transformed(await this.loader(path), target)
  }
}
