import { type Args, signature } from '../../../_C/args.js'
import { rand } from '../../../_generated/torch.js'
import { checkSequence } from '../_geometry_arguments.js'
import { wholeShares } from '../_random.js'
import { floatTuple, tuple } from './_text.js'
import { Transform } from './_transform.js'
import { query_size } from './_utils.js'
import { type ResizeMode, resize } from './functional/_geometry.js'

type Pair = readonly [number, number]

interface ScaleJitterOptions {
  /** Width and height, as torchvision reads them, that a scale of 1 fits into. */
  target_size: Pair
  /** The least and the most. Default 0.1 to 2. */
  scale_range: Pair
  /** Default `bilinear`; masks take the nearest pixels. */
  interpolation: ResizeMode
  /** Average over the pixels that fall together when a tensor shrinks. Default true; pictures always do. */
  antialias: boolean | null
}

const parameters = signature<ScaleJitterOptions>(
  'ScaleJitter',
  'target_size',
  ['scale_range', [0.1, 2]],
  ['interpolation', 'bilinear'],
  ['antialias', true],
)

type NewSize = { size: [height: number, width: number] }

/**
 * Scales a sample by a random factor of what fits `target_size`, width by height kept. Draws a `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ScaleJitter.html
 */
export class ScaleJitter extends Transform<NewSize> {
  static override readonly _texts = { target_size: tuple, scale_range: floatTuple }

  readonly target_size: Pair
  readonly scale_range: Pair
  readonly interpolation: ResizeMode
  readonly antialias: boolean | null

  constructor(
    ...args: Args<
      [target_size: Pair],
      [scale_range: Pair, interpolation: ResizeMode, antialias: boolean | null],
      ScaleJitterOptions
    >
  ) {
    super()
    const { target_size, scale_range, interpolation, antialias } = parameters(args)
    checkSequence(target_size, 'target_size', 2)
    checkSequence(scale_range, 'scale_range', 2)
    this.target_size = target_size
    this.scale_range = scale_range
    this.interpolation = interpolation
    this.antialias = antialias
  }

  override make_params(flat_inputs: readonly unknown[]): NewSize {
    const [height, width] = query_size(flat_inputs)
    const [least, most] = this.scale_range
    const factor = Math.min(this.target_size[1] / height, this.target_size[0] / width)
    const scale = rand(1)
      .mul(most - least)
      .add(least)
      .mul(factor)
    const [newWidth, newHeight] = wholeShares(scale.expand(2), width, height)
    return { size: [newHeight, newWidth] }
  }

  override transform(inpt: unknown, { size }: NewSize): unknown {
    return this._call_kernel(resize, inpt, size, this.interpolation, null, this.antialias)
  }
}
