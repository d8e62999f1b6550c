import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { tensor } from '../../_creation.js'
import { int64, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type Change, type CommonKeywords, notFound, type Root } from './_arguments.js'
import { downloadUrl, hasFile } from './_download.js'
import { greyImage } from './_picture.js'
import { pathOf, VisionDataset } from './vision.js'

type Keywords<Sample, Label> = CommonKeywords<Image, number, Sample, Label>

/** Arguments of `SEMEION`. */
export type SEMEIONArgs<Sample, Label> = Args<
  [root: Root],
  [transform: Change<Image, Sample>, target_transform: Change<number, Label>, download: boolean],
  Keywords<Sample, Label>
>

const parameters = signature<Keywords<unknown, unknown>>(
  'SEMEION',
  'root',
  ['transform', null],
  ['target_transform', null],
  ['download', true],
)

/**
 * Handwritten digits: 1,593 black and white images of 16×16.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.SEMEION.html
 */
export class SEMEION<Sample = Image, Label = number> extends VisionDataset<Image, number, Sample, Label> {
  static readonly source = {
    url: 'http://archive.ics.uci.edu/ml/machine-learning-databases/semeion/semeion.data',
    filename: 'semeion.data',
    md5: 'cb545d371d2ce14ec121470795a77432',
  }

  /** The images: uint8 (N, 16, 16). */
  readonly data: Tensor
  /** The digits: int64 (N). */
  readonly labels: Tensor

  /**
   * @throws {TorchError} when the file is not there, or its md5 sum is wrong
   * @throws {ValueError} when it is damaged
   */
  constructor(...args: SEMEIONArgs<Sample, Label>) {
    const bound = parameters(args) as Keywords<Sample, Label>
    super(bound.root, bound)
    const { source, name } = this.constructor as typeof SEMEION
    const path = join(this.root!, source.filename)
    if (!hasFile(path, source.md5)) throw notFound(name)
    const rows = rowsOf(path)
    const pixels = Uint8Array.from(rows.flatMap(row => row.slice(0, 256).map(value => value * 255)))
    this.data = native.fromBytes(pixels, uint8.scalarType, [rows.length, 16, 16], false)
    const digits = rows.map(row => row.slice(256).findIndex(value => value !== 0))
    this.labels = tensor(digits, { dtype: int64 })
  }

  /** The dataset, its file fetched first where it is not there; `download: false` leaves that. */
  static async create<Sample = Image, Label = number>(
    ...args: SEMEIONArgs<Sample, Label>
  ): Promise<SEMEION<Sample, Label>> {
    const { root, download } = parameters(args)
    if (download) await SEMEION.fetch.call(this, root)
    return new (this as unknown as typeof SEMEION<Sample, Label>)(...args)
  }

  /** Fetches the dataset's file into `root` unless it is there. */
  static async fetch(root: Root): Promise<void> {
    const { url, filename, md5 } = this.source
    await downloadUrl(url, pathOf(root), { filename, md5 })
  }

  get length(): number {
    return this.data.size(0)
  }

  getItem(index: number): [Sample, Label] | Promise<[Sample, Label]> {
    return this.transformed(greyImage(this.data.select(0, index)), this.labels.select(0, index).item() as number)
  }
}

/** 256 pixels and a mark at one of ten places, a line. */
function rowsOf(path: string): number[][] {
  const lines = readFileSync(path, 'latin1').split('\n')
  const rows = lines.map(line => line.trim().split(/\s+/).filter(Boolean).map(Number)).filter(row => row.length > 0)
  for (const row of rows)
    if (row.length !== 266 || row.some(Number.isNaN) || row.slice(256).every(value => value === 0))
      throw new ValueError(`${path} should have 256 pixels and a mark among ten numbers a line`)
  return rows
}
