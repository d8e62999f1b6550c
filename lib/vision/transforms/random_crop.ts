import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type Fill, fillOf, type PaddingMode, paddingMode, sidesOf, sizeOf } from './_geometry_arguments.js'
import { integer } from './_random.js'
import { numbersText, tupleText } from './_text.js'
import * as F from './functional.js'

interface RandomCropOptions {
  size: number | readonly number[]
  /** Pixels added first, see `Pad`. Default none. */
  padding: number | readonly number[] | null
  /** Add what a smaller image lacks, on both sides. Default false. */
  pad_if_needed: boolean
  fill: Fill
  /** Default `constant`. */
  padding_mode: PaddingMode
}

const parameters = signature<RandomCropOptions>(
  'RandomCrop',
  'size',
  ['padding', null],
  ['pad_if_needed', false],
  ['fill', 0],
  ['padding_mode', 'constant'],
)

export interface RandomCrop {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * A rectangle of `size`, `[height, width]` or one number for both, at a random place of an Image or a Tensor (…, H, W).
 * Draws a `torch.randint` for the top and one for the left, unless the size is the image's.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomCrop.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomCrop extends Module {
  readonly size: readonly [height: number, width: number]
  readonly padding: number | readonly number[] | null
  readonly pad_if_needed: boolean
  readonly fill: Fill
  readonly padding_mode: PaddingMode

  constructor(
    ...args: Args<
      [size: number | readonly number[]],
      [padding: number | readonly number[] | null, pad_if_needed: boolean, fill: Fill, padding_mode: PaddingMode],
      RandomCropOptions
    >
  ) {
    super()
    const { size, padding, pad_if_needed, fill, padding_mode } = parameters(args)
    this.size = sizeOf(size)
    if (padding !== null) sidesOf(padding)
    this.padding = padding
    this.pad_if_needed = pad_if_needed
    this.fill = fillOf(fill)
    this.padding_mode = paddingMode(padding_mode)
  }

  /** Top, left, height and width of a random crop. @throws {ValueError} for an image that is smaller */
  static get_params(
    img: Image | Tensor,
    output_size: readonly [height: number, width: number],
  ): [top: number, left: number, height: number, width: number] {
    const [, h, w] = F.get_dimensions(img)
    const [height, width] = output_size
    if (h < height || w < width)
      throw new ValueError(
        `Required crop size ${tupleText([height, width])} is larger than input image size ${tupleText([h, w])}`,
      )
    if (h === height && w === width) return [0, 0, h, w]
    const top = integer(0, h - height + 1)
    return [top, integer(0, w - width + 1), height, width]
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const { padding, fill, padding_mode, pad_if_needed } = this
    const [height, width] = this.size
    let image = padding === null ? img : F.pad(img, padding, fill, padding_mode)
    const [, h, w] = F.get_dimensions(image)
    if (pad_if_needed && w < width) image = F.pad(image, [width - w, 0], fill, padding_mode)
    if (pad_if_needed && h < height) image = F.pad(image, [0, height - h], fill, padding_mode)
    return F.crop(image, ...RandomCrop.get_params(image, this.size))
  }

  override toString(): string {
    const padding = this.padding === null ? 'None' : numbersText(this.padding)
    return `${this.constructor.name}(size=${tupleText(this.size)}, padding=${padding})`
  }
}
