import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { perspectiveCoefficients } from '../_functional_geometry.js'
import type { Fill } from '../_geometry_arguments.js'
import type { InterpolationMode } from '../interpolation_mode.js'
import { RandomPerspective as First } from '../random_perspective.js'
import { type FillByType, fillFor, setupFill } from './_fill.js'
import { RandomApplyTransform } from './_transform.js'
import { query_size } from './_utils.js'
import { perspective } from './functional/_geometry.js'

interface RandomPerspectiveOptions {
  /** How far a corner moves at most, as a share of half the side. Default 0.5. */
  distortion_scale: number
  /** How likely it happens. Default 0.5. */
  p: number
  /** Default `bilinear`; masks take the nearest pixels. */
  interpolation: InterpolationMode
  /** What comes from outside. Default 0. */
  fill: FillByType
}

const parameters = signature<RandomPerspectiveOptions>(
  'RandomPerspective',
  ['distortion_scale', 0.5],
  ['p', 0.5],
  ['interpolation', 'bilinear'],
  ['fill', 0],
)

/**
 * Shows a sample from elsewhere with probability `p`: images, videos, masks, boxes and points together. Draws a `torch.rand(1)`,
 * and then a `torch.randint` for x and one for y of each corner.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomPerspective.html
 */
export class RandomPerspective extends RandomApplyTransform<{ coefficients: readonly number[] }> {
  static readonly get_params = First.get_params

  readonly distortion_scale: number
  readonly interpolation: InterpolationMode
  readonly fill: FillByType
  private readonly _fill: ReadonlyMap<unknown, Fill | null>

  constructor(
    ...args: Args<
      [],
      [distortion_scale: number, p: number, interpolation: InterpolationMode, fill: FillByType],
      RandomPerspectiveOptions
    >
  ) {
    const { distortion_scale, p, interpolation, fill } = parameters(args)
    super(p)
    if (!(distortion_scale >= 0 && distortion_scale <= 1))
      throw new ValueError('Argument distortion_scale value should be between 0 and 1')
    this.distortion_scale = distortion_scale
    this.interpolation = interpolation
    this.fill = fill
    this._fill = setupFill(fill)
  }

  override make_params(flat_inputs: readonly unknown[]): { coefficients: readonly number[] } {
    const [height, width] = query_size(flat_inputs)
    const [start, end] = First.get_params(width, height, this.distortion_scale)
    return { coefficients: perspectiveCoefficients(start, end) }
  }

  override transform(inpt: unknown, { coefficients }: { coefficients: readonly number[] }): unknown {
    const fill = fillFor(this._fill, inpt)
    return this._call_kernel(perspective, inpt, null, null, this.interpolation, fill, coefficients)
  }
}
