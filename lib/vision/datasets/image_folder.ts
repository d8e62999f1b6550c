import { type Args, signature } from '../../_C/args.js'
import type { Image } from '../image.js'
import type { Change, Loader, Root } from './_arguments.js'
import { DatasetFolder, default_loader, type FileSample, IMG_EXTENSIONS } from './folder.js'

/** Keywords of `ImageFolder`. */
export interface ImageFolderKeywords<Sample, Label, Input = Image> {
  root: Root
  transform: Change<Input, Sample>
  target_transform: Change<number, Label>
  /** How a picture is read. Default `default_loader`: an RGB `Image`. */
  loader: Loader<Input>
  /** Which files count. Default: those whose names end as a picture's, see `IMG_EXTENSIONS`. */
  is_valid_file: ((path: string) => boolean) | null
  /** Classes without a picture are classes too. Default false. */
  allow_empty: boolean
}

const parameters = signature<ImageFolderKeywords<unknown, unknown, unknown>>(
  'ImageFolder',
  'root',
  ['transform', null],
  ['target_transform', null],
  ['loader', default_loader],
  ['is_valid_file', null],
  ['allow_empty', false],
)

/**
 * Pictures in a folder for each class: `root/dog/1.png`, `root/cat/more/2.jpg`.
 *
 * ```ts
 * const dataset = new ImageFolder('photos', { transform: new transforms.ToTensor() })
 * ```
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.ImageFolder.html
 */
export class ImageFolder<Sample = Image, Label = number, Input = Image> extends DatasetFolder<Input, Sample, Label> {
  constructor(
    ...args: Args<
      [root: Root],
      [
        transform: Change<Input, Sample>,
        target_transform: Change<number, Label>,
        loader: Loader<Input>,
        is_valid_file: ((path: string) => boolean) | null,
        allow_empty: boolean,
      ],
      ImageFolderKeywords<Sample, Label, Input>
    >
  ) {
    const { root, loader, ...rest } = parameters(args) as ImageFolderKeywords<Sample, Label, Input>
    super(root, loader, { ...rest, extensions: rest.is_valid_file === null ? IMG_EXTENSIONS : null })
  }

  /** The samples, by the name that torchvision has for them here. */
  get imgs(): FileSample[] {
    return this.samples
  }
}
