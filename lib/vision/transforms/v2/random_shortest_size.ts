import { type Args, signature } from '../../../_C/args.js'
import { checkSequence } from '../_geometry_arguments.js'
import { integer } from '../_random.js'
import { Transform } from './_transform.js'
import { query_size } from './_utils.js'
import { type ResizeMode, resize } from './functional/_geometry.js'

interface RandomShortestSizeOptions {
  /** Lengths of the shorter side, one of which is drawn. */
  min_size: number | readonly number[]
  /** The most for the longer side. Default: any. */
  max_size: number | null
  /** Default `bilinear`; masks take the nearest pixels. */
  interpolation: ResizeMode
  /** Average over the pixels that fall together when a tensor shrinks. Default true; pictures always do. */
  antialias: boolean | null
}

const parameters = signature<RandomShortestSizeOptions>(
  'RandomShortestSize',
  'min_size',
  ['max_size', null],
  ['interpolation', 'bilinear'],
  ['antialias', true],
)

type NewSize = { size: [height: number, width: number] }

/**
 * Scales a sample so that the shorter side gets one of several lengths. Draws a `torch.randint`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomShortestSize.html
 */
export class RandomShortestSize extends Transform<NewSize> {
  readonly min_size: readonly number[]
  readonly max_size: number | null
  readonly interpolation: ResizeMode
  readonly antialias: boolean | null

  constructor(
    ...args: Args<
      [min_size: number | readonly number[]],
      [max_size: number | null, interpolation: ResizeMode, antialias: boolean | null],
      RandomShortestSizeOptions
    >
  ) {
    super()
    const { min_size, max_size, interpolation, antialias } = parameters(args)
    const sizes = typeof min_size === 'number' ? [min_size] : min_size
    checkSequence(sizes, 'min_size', sizes.length)
    this.min_size = sizes
    this.max_size = max_size
    this.interpolation = interpolation
    this.antialias = antialias
  }

  override make_params(flat_inputs: readonly unknown[]): NewSize {
    const [height, width] = query_size(flat_inputs)
    const short = this.min_size[integer(0, this.min_size.length)]! / Math.min(height, width)
    const factor = this.max_size === null ? short : Math.min(short, this.max_size / Math.max(height, width))
    return { size: [Math.trunc(height * factor), Math.trunc(width * factor)] }
  }

  override transform(inpt: unknown, { size }: NewSize): unknown {
    return this._call_kernel(resize, inpt, size, this.interpolation, null, this.antialias)
  }
}
