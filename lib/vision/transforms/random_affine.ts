import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { anglesOf, checkAffineRanges, checkSequence, type Fill, fillFor, fillOf } from './_geometry_arguments.js'
import { roundHalfEven, uniform } from './_random.js'
import { floatsText, numbersText } from './_text.js'
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

interface RandomAffineOptions {
  /** The least and the most, with the clock, or one number for both sides; 0 turns nothing. */
  degrees: number | readonly number[]
  /** How far it moves at most: shares of width and height. Default: not. */
  translate: readonly number[] | null
  /** The least and the most. Default: not. */
  scale: readonly number[] | null
  /** Degrees along x, as `degrees`, or the ranges along x and y in four numbers. Default: not. */
  shear: number | readonly number[] | null
  /** Default `nearest`. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default 0. */
  fill: Fill | null
  /** `[x, y]` in pixels. Default: the middle. */
  center: readonly number[] | null
}

const parameters = signature<RandomAffineOptions>(
  'RandomAffine',
  'degrees',
  ['translate', null],
  ['scale', null],
  ['shear', null],
  ['interpolation', 'nearest'],
  ['fill', 0],
  ['center', null],
)

export interface RandomAffine {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Turns, moves, scales and shears an Image or a Tensor (…, H, W) at random about its middle. Draws a `uniform_` for each of
 * angle, x, y, scale, and shear along x and y, as far as they vary. See `functional.affine`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomAffine.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomAffine extends Module {
  readonly degrees: readonly number[]
  readonly translate: readonly number[] | null
  readonly scale: readonly number[] | null
  readonly shear: readonly number[] | null
  readonly interpolation: InterpolationMode
  readonly fill: Fill
  readonly center: readonly number[] | null

  constructor(
    ...args: Args<
      [degrees: number | readonly number[]],
      [
        translate: readonly number[] | null,
        scale: readonly number[] | null,
        shear: number | readonly number[] | null,
        interpolation: InterpolationMode,
        fill: Fill | null,
        center: readonly number[] | null,
      ],
      RandomAffineOptions
    >
  ) {
    super()
    const { degrees, translate, scale, shear, interpolation, fill, center } = parameters(args)
    this.degrees = anglesOf(degrees, 'degrees', 2)
    checkAffineRanges(translate, scale)
    this.translate = translate
    this.scale = scale
    this.shear = shear === null ? null : anglesOf(shear, 'shear', 2, 4)
    this.interpolation = interpolationMode(interpolation)
    this.fill = fillOf(fill ?? 0)
    if (center !== null) checkSequence(center, 'center', 2)
    this.center = center
  }

  /** Random arguments of `functional.affine`; `img_size` is width and height. */
  static get_params(
    degrees: readonly number[],
    translate: readonly number[] | null,
    scale_ranges: readonly number[] | null,
    shears: readonly number[] | null,
    img_size: readonly [width: number, height: number],
  ): [angle: number, translate: [x: number, y: number], scale: number, shear: [x: number, y: number]] {
    const angle = uniform(degrees[0]!, degrees[1]!)
    const move = (share: number, size: number) => roundHalfEven(uniform(-share * size, share * size))
    const x = translate ? move(translate[0]!, img_size[0]) : 0
    const y = translate ? move(translate[1]!, img_size[1]) : 0
    const scale = scale_ranges ? uniform(scale_ranges[0]!, scale_ranges[1]!) : 1
    const shearX = shears ? uniform(shears[0]!, shears[1]!) : 0
    const shearY = shears?.length === 4 ? uniform(shears[2]!, shears[3]!) : 0
    return [angle, [x, y], scale, [shearX, shearY]]
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const fill = fillFor(img, this.fill)
    const { degrees, translate, scale, shear, interpolation, center } = this
    const drawn = RandomAffine.get_params(degrees, translate, scale, shear, F.get_image_size(img))
    return F.affine(img, ...drawn, interpolation, fill, center)
  }

  override toString(): string {
    const { degrees, translate, scale, shear, interpolation, fill, center } = this
    let detail = `degrees=${floatsText(degrees)}`
    if (translate) detail += `, translate=${numbersText(translate)}`
    if (scale) detail += `, scale=${numbersText(scale)}`
    if (shear) detail += `, shear=${floatsText(shear)}`
    if (interpolation !== 'nearest') detail += `, interpolation=${interpolation}`
    if (fill !== 0) detail += `, fill=${numbersText(fill)}`
    if (center) detail += `, center=${numbersText(center)}`
    return `${this.constructor.name}(${detail})`
  }
}
