import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { signature } from '../../_C/args.js'
import { TorchError, ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type FileKeywords, indexOfEach, oneOf, type SplitFileArgs } from './_arguments.js'
import { LabelledFiles } from './_files.js'
import { type MatRecord, type MatValue, readMat } from './_mat.js'
import { isFolder } from './_path.js'
import { default_loader } from './folder.js'

const splits = ['train', 'test'] as const
/** A part of StanfordCars. */
export type StanfordCarsSplit = (typeof splits)[number]

type Keywords<Sample, Label, Input> = FileKeywords<Sample, Label, Input> & { split: StanfordCarsSplit }

const parameters = signature<Keywords<unknown, unknown, unknown>>(
  'StanfordCars',
  'root',
  ['split', 'train'],
  ['transform', null],
  ['target_transform', null],
  ['download', false],
  ['loader', default_loader],
)

/**
 * Cars of 196 kinds: 8,144 + 8,041 pictures. Nobody gives the files any more; those of an earlier download are read.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.StanfordCars.html
 */
export class StanfordCars<Sample = Image, Label = number, Input = Image> extends LabelledFiles<Sample, Label, Input> {
  readonly split: StanfordCarsSplit
  readonly classes: string[]
  readonly class_to_idx: Record<string, number>
  protected readonly labelled

  /**
   * @throws {TorchError} when the files are not there
   * @throws {ValueError} for another split, damaged files, or where they are to be downloaded
   */
  constructor(...args: SplitFileArgs<StanfordCarsSplit, Sample, Label, Input>) {
    const bound = parameters(args) as Keywords<Sample, Label, Input>
    super(bound.root, bound.loader, bound)
    this.split = oneOf(bound.split, 'split', splits)
    if (bound.download)
      throw new ValueError('The original URL is broken so the StanfordCars dataset cannot be downloaded anymore.')
    const folder = join(this.root!, 'stanford_cars')
    const isTrain = this.split === 'train'
    const annotations = join(folder, isTrain ? 'devkit/cars_train_annos.mat' : 'cars_test_annos_withlabels.mat')
    const pictures = join(folder, isTrain ? 'cars_train' : 'cars_test')
    if (!isFolder(join(folder, 'devkit')) || !existsSync(annotations) || !isFolder(pictures))
      throw new TorchError('Dataset not found.')
    const cars = listOf(readMat(annotations).annotations).map(car => carOf(car as MatRecord, annotations))
    this.labelled = { files: cars.map(({ name }) => join(pictures, name)), labels: cars.map(({ label }) => label) }
    this.classes = listOf(readMat(join(folder, 'devkit', 'cars_meta.mat')).class_names).map(String)
    this.class_to_idx = indexOfEach(this.classes)
  }
}

function listOf(value: MatValue | undefined): readonly MatValue[] {
  return Array.isArray(value) ? value : []
}

function carOf({ fname, class: kind }: MatRecord, path: string): { name: string; label: number } {
  if (typeof fname !== 'string' || !native.isTensor(kind))
    throw new ValueError(`${path} has a car without name or class`)
  // The file counts from 1.
  return { name: fname, label: Number((kind as Tensor).item()) - 1 }
}
