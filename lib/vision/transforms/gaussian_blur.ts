import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { sizeOf } from './_geometry_arguments.js'
import { uniform } from './_random.js'
import { floatTupleText, tupleText } from './_text.js'
import * as F from './functional.js'

interface GaussianBlurOptions {
  /** In pixels, odd; `[x, y]` or one number for both. */
  kernel_size: number | readonly number[]
  /** The least and the most deviation in pixels, or just one. Default 0.1 to 2. */
  sigma: number | readonly number[]
}

const parameters = signature<GaussianBlurOptions>('GaussianBlur', 'kernel_size', ['sigma', [0.1, 2]])

export interface GaussianBlur {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Blurs an Image or a Tensor (…, C, H, W) with a Gaussian of random deviation. Draws one `uniform_`. See
 * `functional.gaussian_blur`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.GaussianBlur.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class GaussianBlur extends Module {
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
    if (typeof sigma === 'number') {
      if (!(sigma > 0)) throw new ValueError('If sigma is a single number, it must be positive.')
      this.sigma = [sigma, sigma]
      return
    }
    if (!Array.isArray(sigma) || sigma.length !== 2)
      throw new ValueError('sigma should be a single number or a list/tuple with length 2.')
    const [low, high] = sigma as readonly number[] as readonly [number, number]
    if (!(low > 0 && low <= high)) throw new ValueError('sigma values should be positive and of the form (min, max).')
    this.sigma = [low, high]
  }

  /** A random deviation of the range. */
  static get_params(sigma_min: number, sigma_max: number): number {
    return uniform(sigma_min, sigma_max)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const sigma = GaussianBlur.get_params(...this.sigma)
    return F.gaussian_blur(img, this.kernel_size, [sigma, sigma])
  }

  override toString(): string {
    return `${this.constructor.name}(kernel_size=${tupleText(this.kernel_size)}, sigma=${floatTupleText(this.sigma)})`
  }
}
