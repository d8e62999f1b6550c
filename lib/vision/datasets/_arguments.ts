/** What the constructors of the datasets share: kinds of arguments, and Python's checks and words. */
import { type Args, typeName } from '../../_C/args.js'
import { IndexError, TorchError, ValueError } from '../../_C/errors.js'
import type { Image } from '../image.js'

/** A dataset's folder; `~` is the home folder. */
export type Root = string | URL

/** What is done to a picture or a target. */
export type Change<Input, Output> = ((input: Input) => Output | Promise<Output>) | null

/** Reads one picture. */
export type Loader<Input> = (path: string) => Input | Promise<Input>

/** Keywords that most datasets take. */
export interface CommonKeywords<Input, Target, Sample, Label> {
  root: Root
  /** What happens to the picture. */
  transform: Change<Input, Sample>
  /** What happens to the target. */
  target_transform: Change<Target, Label>
  /** Fetch the files when they are not there; only `create` can, because it can wait. */
  download: boolean
}

/** Keywords of datasets that read a file for each picture. */
export interface FileKeywords<Sample, Label, Input = Image, Target = number>
  extends CommonKeywords<Input, Target, Sample, Label> {
  /** How a file is read. Default `default_loader`: an RGB `Image`. */
  loader: Loader<Input>
}

/** Arguments of datasets that have splits. */
export type SplitArgs<Split, Sample, Label, Input = Image> = Args<
  [root: Root],
  [split: Split, transform: Change<Input, Sample>, target_transform: Change<number, Label>, download: boolean],
  CommonKeywords<Input, number, Sample, Label> & { split: Split }
>

/** Arguments of datasets that have splits, and a file for each picture. */
export type SplitFileArgs<Split, Sample, Label, Input> = Args<
  [root: Root],
  [
    split: Split,
    transform: Change<Input, Sample>,
    target_transform: Change<number, Label>,
    download: boolean,
    loader: Loader<Input>,
  ],
  FileKeywords<Sample, Label, Input> & { split: Split }
>

/** A file to fetch, with its md5 sum. */
export type Resource = readonly [name: string, md5: string]

/** Python's `verify_str_arg`. @throws {ValueError} for what is not one of the words */
export function oneOf<Word extends string>(value: unknown, name: string, words: readonly Word[]): Word {
  if (typeof value !== 'string')
    throw new ValueError(`Expected type str for argument ${name}, but got type ${typeName(value)}.`)
  if ((words as readonly string[]).includes(value)) return value as Word
  const known = words.map(word => `'${word}'`).join(', ')
  throw new ValueError(`Unknown value '${value}' for argument ${name}. Valid values are {${known}}.`)
}

/** The error for files that are not there, or whose sums are wrong. */
export function notFound(dataset: string, mayBeCorrupted = true): TorchError {
  return new TorchError(
    `Dataset not found${mayBeCorrupted ? ' or corrupted' : ''}. You can use download=True to download it: ` +
      `await ${dataset}.create(root, { download: true })`,
  )
}

/** Item `index` of a list; a negative one counts from the end. */
export function itemAt<T>(list: readonly T[], index: number): T {
  const item = list.at(index)
  if (item === undefined) throw new IndexError(`list index out of range: ${index} of ${list.length}`)
  return item
}

/** Each class's number. */
export function indexOfEach(classes: readonly string[]): Record<string, number> {
  return Object.fromEntries(classes.map((name, i) => [name, i]))
}
