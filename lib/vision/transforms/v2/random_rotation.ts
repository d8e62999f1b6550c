import { type Args, signature } from '../../../_C/args.js'
import { anglesOf, checkSequence, type Fill } from '../_geometry_arguments.js'
import { uniform } from '../_random.js'
import type { InterpolationMode } from '../interpolation_mode.js'
import { RandomRotation as First } from '../random_rotation.js'
import { type FillByType, fillFor, setupFill } from './_fill.js'
import { floatList } from './_text.js'
import { Transform } from './_transform.js'
import { rotate } from './functional/_geometry.js'

interface RandomRotationOptions {
  /** The least and the most, against the clock, or one number for both sides. */
  degrees: number | readonly number[]
  /** Default `nearest`, as masks always are. */
  interpolation: InterpolationMode
  /** Grow to hold the whole image. Default false. */
  expand: boolean
  /** `[x, y]` in pixels. Default: the middle. */
  center: readonly number[] | null
  /** What comes from outside. Default 0. */
  fill: FillByType
}

const parameters = signature<RandomRotationOptions>(
  'RandomRotation',
  'degrees',
  ['interpolation', 'nearest'],
  ['expand', false],
  ['center', null],
  ['fill', 0],
)

/**
 * Turns a sample by a random angle: images, videos, masks, boxes and points together. Draws one `uniform_`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomRotation.html
 */
export class RandomRotation extends Transform<{ angle: number }> {
  static override readonly _texts = { degrees: floatList }
  static readonly get_params = First.get_params

  readonly degrees: readonly number[]
  readonly interpolation: InterpolationMode
  readonly expand: boolean
  readonly fill: FillByType
  readonly center: readonly number[] | null
  private readonly _fill: ReadonlyMap<unknown, Fill | null>

  constructor(
    ...args: Args<
      [degrees: number | readonly number[]],
      [interpolation: InterpolationMode, expand: boolean, center: readonly number[] | null, fill: FillByType],
      RandomRotationOptions
    >
  ) {
    super()
    const { degrees, interpolation, expand, center, fill } = parameters(args)
    this.degrees = anglesOf(degrees, 'degrees', 2)
    this.interpolation = interpolation
    this.expand = expand
    this.fill = fill
    this._fill = setupFill(fill)
    if (center !== null) checkSequence(center, 'center', 2)
    this.center = center
  }

  override make_params(): { angle: number } {
    return { angle: uniform(this.degrees[0]!, this.degrees[1]!) }
  }

  override transform(inpt: unknown, { angle }: { angle: number }): unknown {
    const { interpolation, expand, center } = this
    return this._call_kernel(rotate, inpt, angle, interpolation, expand, center, fillFor(this._fill, inpt))
  }
}
