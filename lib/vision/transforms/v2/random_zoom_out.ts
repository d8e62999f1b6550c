import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { rand } from '../../../_generated/torch.js'
import { checkSequence, type Fill } from '../_geometry_arguments.js'
import { wholeShares } from '../_random.js'
import { type FillByType, fillFor, setupFill } from './_fill.js'
import { floatTuple } from './_text.js'
import { RandomApplyTransform } from './_transform.js'
import { query_size } from './_utils.js'
import { pad } from './functional/_geometry.js'

type Range = readonly [least: number, most: number]

interface RandomZoomOutOptions {
  /** What lies around. Default 0. */
  fill: FillByType
  /** How many times as long the sides become. Default 1 to 4. */
  side_range: Range
  /** How likely it happens. Default 0.5. */
  p: number
}

const parameters = signature<RandomZoomOutOptions>('RandomZoomOut', ['fill', 0], ['side_range', [1, 4]], ['p', 0.5])

interface Sides {
  padding: [left: number, top: number, right: number, bottom: number]
}

/**
 * Puts a sample somewhere on a larger canvas with probability `p`. Draws a `torch.rand(1)` for that, one for the size and a
 * `torch.rand(2)` for the place.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomZoomOut.html
 */
export class RandomZoomOut extends RandomApplyTransform<Sides> {
  static override readonly _texts = { side_range: floatTuple }

  readonly fill: FillByType
  readonly side_range: Range
  private readonly _fill: ReadonlyMap<unknown, Fill | null>

  constructor(...args: Args<[], [fill: FillByType, side_range: Range, p: number], RandomZoomOutOptions>) {
    const { fill, side_range, p } = parameters(args)
    super(p)
    this.fill = fill
    this._fill = setupFill(fill)
    checkSequence(side_range, 'side_range', 2)
    const [least, most] = side_range
    if (least < 1 || least > most) throw new ValueError(`Invalid side range provided (${least}, ${most}).`)
    this.side_range = side_range
  }

  override make_params(flat_inputs: readonly unknown[]): Sides {
    const [height, width] = query_size(flat_inputs)
    const [least, most] = this.side_range
    const [newWidth, newHeight] = wholeShares(
      rand(1)
        .mul(most - least)
        .add(least)
        .expand(2),
      width,
      height,
    )
    const [left, top] = wholeShares(rand(2), newWidth - width, newHeight - height)
    return { padding: [left, top, newWidth - left - width, newHeight - top - height] }
  }

  override transform(inpt: unknown, { padding }: Sides): unknown {
    return this._call_kernel(pad, inpt, padding, fillFor(this._fill, inpt), 'constant')
  }
}
