import { join } from 'node:path'
import { type Args, signature } from '../../_C/args.js'
import type { Image } from '../image.js'
import { type Change, type FileKeywords, type Loader, notFound, type Root } from './_arguments.js'
import { downloadAndExtract } from './_download.js'
import { isFolder } from './_path.js'
import { default_loader } from './folder.js'
import { ImageFolder } from './image_folder.js'
import { pathOf } from './vision.js'

/** Arguments of `EuroSAT`. */
export type EuroSATArgs<Sample, Label, Input> = Args<
  [root: Root],
  [transform: Change<Input, Sample>, target_transform: Change<number, Label>, download: boolean, loader: Loader<Input>],
  FileKeywords<Sample, Label, Input>
>

const parameters = signature<FileKeywords<unknown, unknown, unknown>>(
  'EuroSAT',
  'root',
  ['transform', null],
  ['target_transform', null],
  ['download', false],
  ['loader', default_loader],
)

/**
 * Land from above: 27,000 satellite images of 64×64 in ten classes.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.EuroSAT.html
 */
export class EuroSAT<Sample = Image, Label = number, Input = Image> extends ImageFolder<Sample, Label, Input> {
  static readonly source = {
    url: 'https://huggingface.co/datasets/torchgeo/eurosat/resolve/c877bcd43f099cd0196738f714544e355477f3fd/EuroSAT.zip',
    md5: 'c8fa014336c82ac7804f0398fcb19387',
  }

  /** @throws {TorchError} when the files are not there */
  constructor(...args: EuroSATArgs<Sample, Label, Input>) {
    const { root, transform, target_transform, loader } = parameters(args) as FileKeywords<Sample, Label, Input>
    const folder = join(pathOf(root), 'eurosat', '2750')
    if (!isFolder(folder)) throw notFound(new.target.name, false)
    super(folder, { transform, target_transform, loader })
    this.root = pathOf(root)
  }

  /** The dataset, its files fetched first where they are not there and `download` is true. */
  static async create<Sample = Image, Label = number, Input = Image>(
    ...args: EuroSATArgs<Sample, Label, Input>
  ): Promise<EuroSAT<Sample, Label, Input>> {
    const { root, download } = parameters(args)
    if (download) await EuroSAT.fetch.call(this, root)
    return new (this as unknown as typeof EuroSAT<Sample, Label, Input>)(...args)
  }

  /** Fetches the dataset's files into `root` unless they are there. */
  static async fetch(root: Root): Promise<void> {
    const folder = join(pathOf(root), 'eurosat')
    if (isFolder(join(folder, '2750'))) return
    const { url, md5 } = this.source
    await downloadAndExtract(url, folder, { md5 })
  }
}
