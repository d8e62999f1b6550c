import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { sizeOf } from '../_geometry_arguments.js'
import { uniform } from '../_random.js'
import { GaussianBlur as FirstGaussianBlur } from '../gaussian_blur.js'
import { floatList, tuple } from './_text.js'
import { Transform } from './_transform.js'
import { gaussian_blur } from './functional/_misc.js'

interface GaussianBlurOptions {
  /** In pixels, odd; `[x, y]` or one number for both. */
  kernel_size: number | readonly number[]
  /** The least and the most deviation in pixels, or just one. Default 0.1 to 2. */
  sigma: number | readonly number[]
}

interface Params {
  sigma: readonly [x: number, y: number]
}

const parameters = signature<GaussianBlurOptions>('GaussianBlur', 'kernel_size', ['sigma', [0.1, 2]])

/**
 * Blurs images with a Gaussian of random deviation. Draws one `uniform_`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.GaussianBlur.html
 */
export class GaussianBlur extends Transform<Params> {
  static override readonly _texts = { kernel_size: tuple, sigma: floatList }

  static readonly get_params = FirstGaussianBlur.get_params

  readonly kernel_size: readonly [x: number, y: number]
  readonly sigma: readonly [min: number, max: number]

  constructor(
    ...args: Args<[kernel_size: number | readonly number[]], [sigma: number | readonly number[]], GaussianBlurOptions>
  ) {
    super()
    const { kernel_size, sigma } = parameters(args)
    this.kernel_size = sizeOf(kernel_size, 'Kernel size should be a tuple/list of two integers')
    if (this.kernel_size.some(size => size % 2 === 0))
      throw new ValueError('Kernel size value should be an odd and positive number.')
    const sigmas = typeof sigma === 'number' ? [sigma] : sigma
    if (!Array.isArray(sigmas) || !sigmas.every(value => typeof value === 'number'))
      throw new TypeError('sigma should be a number or a sequence of numbers.')
    if (sigmas.length !== 1 && sigmas.length !== 2)
      throw new ValueError(`If sigma is a sequence its length should be 1 or 2. Got ${sigmas.length}`)
    const [low, high] = [sigmas[0] as number, (sigmas[1] ?? sigmas[0]) as number]
    if (!(low > 0 && low <= high))
      throw new ValueError(`sigma values should be positive and of the form (min, max). Got ${floatList([low, high])}`)
    this.sigma = [low, high]
  }

  override make_params(): Params {
    const sigma = uniform(...this.sigma)
    return { sigma: [sigma, sigma] }
  }

  override transform(inpt: unknown, { sigma }: Params): unknown {
    return this._call_kernel(gaussian_blur, inpt, this.kernel_size, sigma)
  }
}
