import type { Image } from '../image.js'
import { itemAt, type Loader, type Root } from './_arguments.js'
import { VisionDataset, type VisionDatasetOptions } from './vision.js'

/** Files of pictures and their classes, in the order of the samples. */
export interface Labelled {
  files: readonly string[]
  labels: readonly number[]
}

/** The base of datasets that are a list of files with a class each. */
export abstract class LabelledFiles<Sample = Image, Label = number, Input = Image> extends VisionDataset<
  Input,
  number,
  Sample,
  Label
> {
  readonly loader: Loader<Input>
  /** The classes' names; number i is the class i. */
  abstract readonly classes: readonly string[]
  protected abstract readonly labelled: Labelled

  constructor(root: Root, loader: Loader<Input>, options: VisionDatasetOptions<Input, number, Sample, Label>) {
    super(root, options)
    this.loader = loader
  }

  get length(): number {
    return this.labelled.files.length
  }

  async getItem(index: number): Promise<[Sample, Label]> {
    const { files, labels } = this.labelled
    return this.transformed(await this.loader(itemAt(files, index)), itemAt(labels, index))
  }
}
