import { type Args, signature } from '../../../_C/args.js'
import { anglesOf, checkAffineRanges, checkSequence, type Fill } from '../_geometry_arguments.js'
import type { InterpolationMode } from '../interpolation_mode.js'
import { RandomAffine as First } from '../random_affine.js'
import { type FillByType, fillFor, setupFill } from './_fill.js'
import { floatList, tuple } from './_text.js'
import { Transform } from './_transform.js'
import { query_size } from './_utils.js'
import { affine } from './functional/_geometry.js'

interface RandomAffineOptions {
  /** The least and the most, with the clock, or one number for both sides; 0 turns nothing. */
  degrees: number | readonly number[]
  /** How far it moves at most: shares of width and height. Default: not. */
  translate: readonly number[] | null
  /** The least and the most. Default: not. */
  scale: readonly number[] | null
  /** Degrees along x, as `degrees`, or the ranges along x and y in four numbers. Default: not. */
  shear: number | readonly number[] | null
  /** Default `nearest`, as masks always are. */
  interpolation: InterpolationMode
  /** What comes from outside. Default 0. */
  fill: FillByType
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

interface Move {
  angle: number
  translate: [x: number, y: number]
  scale: number
  shear: [x: number, y: number]
}

/**
 * Turns, moves, scales and shears a sample at random: images, videos, masks, boxes and points together. Draws a `uniform_` for
 * each of angle, x, y, scale, and shear along x and y, as far as they vary.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomAffine.html
 */
export class RandomAffine extends Transform<Move> {
  static override readonly _texts = { degrees: floatList, translate: tuple, scale: tuple, shear: floatList }
  static readonly get_params = First.get_params

  readonly degrees: readonly number[]
  readonly translate: readonly number[] | null
  readonly scale: readonly number[] | null
  readonly shear: readonly number[] | null
  readonly interpolation: InterpolationMode
  readonly fill: FillByType
  readonly center: readonly number[] | null
  private readonly _fill: ReadonlyMap<unknown, Fill | null>

  constructor(
    ...args: Args<
      [degrees: number | readonly number[]],
      [
        translate: readonly number[] | null,
        scale: readonly number[] | null,
        shear: number | readonly number[] | null,
        interpolation: InterpolationMode,
        fill: FillByType,
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
    this.interpolation = interpolation
    this.fill = fill
    this._fill = setupFill(fill)
    if (center !== null) checkSequence(center, 'center', 2)
    this.center = center
  }

  override make_params(flat_inputs: readonly unknown[]): Move {
    const [height, width] = query_size(flat_inputs)
    const { degrees, translate: shares, scale: range, shear: shears } = this
    const [angle, translate, scale, shear] = First.get_params(degrees, shares, range, shears, [width, height])
    return { angle, translate, scale, shear }
  }

  override transform(inpt: unknown, { angle, translate, scale, shear }: Move): unknown {
    const { interpolation, center } = this
    const fill = fillFor(this._fill, inpt)
    return this._call_kernel(affine, inpt, angle, translate, scale, shear, interpolation, fill, center)
  }
}
