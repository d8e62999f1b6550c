import { type Args, signature } from '../../_C/args.js'
import { warn } from '../../_C/raise.js'
import { tensor } from '../../_creation.js'
import { empty, exp, log } from '../../_generated/torch.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { checkSequence, sizeOf } from './_geometry_arguments.js'
import { integer, roundHalfEven, uniform } from './_random.js'
import { boolText, floatTupleText, tupleText } from './_text.js'
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

type Range = readonly [min: number, max: number]

interface RandomResizedCropOptions {
  /** `[height, width]`, or one number for both. */
  size: number | readonly number[]
  /** The part's share of the area. Default 0.08 to 1. */
  scale: Range
  /** The part's width over its height, before scaling. Default 3/4 to 4/3. */
  ratio: Range
  /** Default `bilinear`. */
  interpolation: InterpolationMode
  /** See `Resize`. Default true. */
  antialias: boolean | null
}

const parameters = signature<RandomResizedCropOptions>(
  'RandomResizedCrop',
  'size',
  ['scale', [0.08, 1]],
  ['ratio', [3 / 4, 4 / 3]],
  ['interpolation', 'bilinear'],
  ['antialias', true],
)

export interface RandomResizedCrop {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * A random part of an Image or a Tensor (…, H, W), scaled to `size`: the usual augmentation of ImageNet training. Draws up to
 * ten areas and aspect ratios until one fits, then a place; where none fits it takes the middle.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomResizedCrop.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomResizedCrop extends Module {
  readonly size: readonly [height: number, width: number]
  readonly scale: Range
  readonly ratio: Range
  readonly interpolation: InterpolationMode
  readonly antialias: boolean | null

  constructor(
    ...args: Args<
      [size: number | readonly number[]],
      [scale: Range, ratio: Range, interpolation: InterpolationMode, antialias: boolean | null],
      RandomResizedCropOptions
    >
  ) {
    super()
    const { size, scale, ratio, interpolation, antialias } = parameters(args)
    this.size = sizeOf(size)
    checkPartRanges(scale, ratio)
    this.scale = scale
    this.ratio = ratio
    this.interpolation = interpolationMode(interpolation)
    this.antialias = antialias
  }

  /** Top, left, height and width of a random part: `scale` of the area, `ratio` of width to height. */
  static get_params(
    img: Image | Tensor,
    scale: Range,
    ratio: Range,
  ): [top: number, left: number, height: number, width: number] {
    const [, height, width] = F.get_dimensions(img)
    return randomPart([height, width], scale, ratio)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const part = RandomResizedCrop.get_params(img, this.scale, this.ratio)
    return F.resized_crop(img, ...part, this.size, this.interpolation, this.antialias)
  }

  override toString(): string {
    const { size, scale, ratio, interpolation, antialias } = this
    const places = (range: Range) => floatTupleText(range.map(value => Number(value.toFixed(4))))
    const detail = `size=${tupleText(size)}, scale=${places(scale)}, ratio=${places(ratio)}`
    return `${this.constructor.name}(${detail}, interpolation=${interpolation}, antialias=${boolText(antialias)})`
  }
}

/** Two numbers each; a warning where the first is the larger one. @internal */
export function checkPartRanges(scale: Range, ratio: Range): void {
  checkSequence(scale, 'Scale', 2)
  checkSequence(ratio, 'Ratio', 2)
  if (scale[0] > scale[1] || ratio[0] > ratio[1]) warn('Scale and ratio should be of kind (min, max)')
}

/** Top, left, height and width of a random part: `scale` of the area, `ratio` of width to height. @internal */
export function randomPart(
  [height, width]: readonly [height: number, width: number],
  scale: Range,
  ratio: Range,
): [top: number, left: number, height: number, width: number] {
  const [low, high] = log(tensor(ratio)).tolist() as [number, number]
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = height * width * uniform(scale[0], scale[1])
    const aspect = exp(empty(1).uniform_(low, high)).item() as number
    const w = roundHalfEven(Math.sqrt(area * aspect))
    const h = roundHalfEven(Math.sqrt(area / aspect))
    if (!(w > 0 && w <= width && h > 0 && h <= height)) continue
    const top = integer(0, height - h + 1)
    return [top, integer(0, width - w + 1), h, w]
  }
  const [least, most] = [Math.min(...ratio), Math.max(...ratio)]
  let [h, w] = [height, width]
  if (width / height < least) h = roundHalfEven(w / least)
  else if (width / height > most) w = roundHalfEven(h * most)
  return [Math.floor((height - h) / 2), Math.floor((width - w) / 2), h, w]
}
