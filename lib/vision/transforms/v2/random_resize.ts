import { type Args, signature } from '../../../_C/args.js'
import { integer } from '../_random.js'
import { Transform } from './_transform.js'
import { type ResizeMode, resize } from './functional/_geometry.js'

interface RandomResizeOptions {
  /** The least length of the shorter side. */
  min_size: number
  /** One more than the most. */
  max_size: number
  /** Default `bilinear`; masks take the nearest pixels. */
  interpolation: ResizeMode
  /** Average over the pixels that fall together when a tensor shrinks. Default true; pictures always do. */
  antialias: boolean | null
}

const parameters = signature<RandomResizeOptions>(
  'RandomResize',
  'min_size',
  'max_size',
  ['interpolation', 'bilinear'],
  ['antialias', true],
)

/**
 * Scales a sample so that the shorter side gets a random length. Draws a `torch.randint`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomResize.html
 */
export class RandomResize extends Transform<{ size: [number] }> {
  readonly min_size: number
  readonly max_size: number
  readonly interpolation: ResizeMode
  readonly antialias: boolean | null

  constructor(
    ...args: Args<
      [min_size: number, max_size: number],
      [interpolation: ResizeMode, antialias: boolean | null],
      RandomResizeOptions
    >
  ) {
    super()
    const { min_size, max_size, interpolation, antialias } = parameters(args)
    this.min_size = min_size
    this.max_size = max_size
    this.interpolation = interpolation
    this.antialias = antialias
  }

  override make_params(): { size: [number] } {
    return { size: [integer(this.min_size, this.max_size)] }
  }

  override transform(inpt: unknown, { size }: { size: [number] }): unknown {
    return this._call_kernel(resize, inpt, size, this.interpolation, null, this.antialias)
  }
}
