import { type Args, signature } from '../../../_C/args.js'
import { cat, rand } from '../../../_generated/torch.js'
import type { Tensor } from '../../../tensor.js'
import { checkSequence, type Fill } from '../_geometry_arguments.js'
import { ElasticTransform as First } from '../elastic_transform.js'
import type { InterpolationMode } from '../interpolation_mode.js'
import { type FillByType, fillFor, setupFill } from './_fill.js'
import { floatList } from './_text.js'
import { Transform } from './_transform.js'
import { query_size } from './_utils.js'
import { elastic } from './functional/_geometry.js'
import { gaussian_blur } from './functional/_misc.js'

interface ElasticTransformOptions {
  /** How strong: the most that a pixel moves before smoothing, in half pixels; `[x, y]` or one number. Default 50. */
  alpha: number | readonly number[]
  /** How smooth: the deviation of a Gaussian in pixels; `[x, y]` or one number. Default 5. */
  sigma: number | readonly number[]
  /** Default `bilinear`; masks take the nearest pixels. */
  interpolation: InterpolationMode
  /** What comes from outside. Default 0. */
  fill: FillByType
}

const parameters = signature<ElasticTransformOptions>(
  'ElasticTransform',
  ['alpha', 50],
  ['sigma', 5],
  ['interpolation', 'bilinear'],
  ['fill', 0],
)

function both(value: number | readonly number[], name: string): readonly [x: number, y: number] {
  if (typeof value === 'number') return [value, value]
  checkSequence(value, name, 1, 2)
  return [value[0]!, value[1] ?? value[0]!]
}

/**
 * Distorts a sample as if under water: images, videos, masks, boxes and points together. Draws a `torch.rand` of the image's size
 * for x and one for y. See `functional.elastic`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ElasticTransform.html
 */
export class ElasticTransform extends Transform<{ displacement: Tensor }> {
  static override readonly _texts = { alpha: floatList, sigma: floatList }
  static readonly get_params = First.get_params

  readonly alpha: readonly [x: number, y: number]
  readonly sigma: readonly [x: number, y: number]
  readonly interpolation: InterpolationMode
  readonly fill: FillByType
  private readonly _fill: ReadonlyMap<unknown, Fill | null>

  constructor(
    ...args: Args<
      [],
      [
        alpha: number | readonly number[],
        sigma: number | readonly number[],
        interpolation: InterpolationMode,
        fill: FillByType,
      ],
      ElasticTransformOptions
    >
  ) {
    super()
    const { alpha, sigma, interpolation, fill } = parameters(args)
    this.alpha = both(alpha, 'alpha')
    this.sigma = both(sigma, 'sigma')
    this.interpolation = interpolation
    this.fill = fill
    this._fill = setupFill(fill)
  }

  override make_params(flat_inputs: readonly unknown[]): { displacement: Tensor } {
    const [height, width] = query_size(flat_inputs)
    const { alpha, sigma } = this
    const along = (axis: 0 | 1, size: number): Tensor => {
      const noise = rand([1, 1, height, width]).mul(2).sub(1)
      // Eight deviations wide, and odd.
      const kernel = Math.trunc(8 * sigma[axis] + 1)
      const side = kernel % 2 === 0 ? kernel + 1 : kernel
      const smooth = sigma[axis] > 0 ? gaussian_blur(noise, [side, side], sigma) : noise
      return smooth.mul(alpha[axis]).div(size)
    }
    const x = along(0, width)
    return { displacement: cat([x, along(1, height)], 1).permute(0, 2, 3, 1) }
  }

  override transform(inpt: unknown, { displacement }: { displacement: Tensor }): unknown {
    return this._call_kernel(elastic, inpt, displacement, this.interpolation, fillFor(this._fill, inpt))
  }
}
