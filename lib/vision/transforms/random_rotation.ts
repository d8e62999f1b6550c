import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { anglesOf, checkSequence, type Fill, fillFor, fillOf } from './_geometry_arguments.js'
import { uniform } from './_random.js'
import { boolText, floatsText, numbersText } from './_text.js'
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

interface RandomRotationOptions {
  /** The least and the most, against the clock, or one number for both sides. */
  degrees: number | readonly number[]
  /** Default `nearest`. */
  interpolation: InterpolationMode
  /** Make the result large enough for the whole image. Default false. */
  expand: boolean
  /** `[x, y]` in pixels. Default: the middle. */
  center: readonly number[] | null
  /** What comes from outside: a number, or one for each channel. Default 0. */
  fill: Fill | null
}

const parameters = signature<RandomRotationOptions>(
  'RandomRotation',
  'degrees',
  ['interpolation', 'nearest'],
  ['expand', false],
  ['center', null],
  ['fill', 0],
)

export interface RandomRotation {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Turns an Image or a Tensor (…, H, W) by a random angle. Draws one `uniform_`. See `functional.rotate`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomRotation.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomRotation extends Module {
  readonly degrees: readonly number[]
  readonly interpolation: InterpolationMode
  readonly expand: boolean
  readonly center: readonly number[] | null
  readonly fill: Fill

  constructor(
    ...args: Args<
      [degrees: number | readonly number[]],
      [interpolation: InterpolationMode, expand: boolean, center: readonly number[] | null, fill: Fill | null],
      RandomRotationOptions
    >
  ) {
    super()
    const { degrees, interpolation, expand, center, fill } = parameters(args)
    this.degrees = anglesOf(degrees, 'degrees', 2)
    if (center !== null) checkSequence(center, 'center', 2)
    this.center = center
    this.interpolation = interpolationMode(interpolation)
    this.expand = expand
    this.fill = fillOf(fill ?? 0)
  }

  /** A random angle of the range. */
  static get_params(degrees: readonly number[]): number {
    return uniform(degrees[0]!, degrees[1]!)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const fill = fillFor(img, this.fill)
    const angle = RandomRotation.get_params(this.degrees)
    return F.rotate(img, angle, this.interpolation, this.expand, this.center, fill)
  }

  override toString(): string {
    const { degrees, interpolation, expand, center, fill } = this
    const middle = center === null ? '' : `, center=${numbersText(center)}`
    const detail = `degrees=${floatsText(degrees)}, interpolation=${interpolation}, expand=${boolText(expand)}${middle}`
    return `${this.constructor.name}(${detail}, fill=${numbersText(fill)})`
  }
}
