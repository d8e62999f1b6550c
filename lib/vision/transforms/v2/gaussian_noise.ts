import { type Args, signature } from '../../../_C/args.js'
import { float } from './_text.js'
import { Transform } from './_transform.js'
import { gaussian_noise } from './functional/_misc.js'

interface GaussianNoiseOptions {
  /** Default 0. */
  mean: number
  /** The deviation. Default 0.1. */
  sigma: number
  /** Cut to 0 to 1, or 0 to 255 of uint8. Default true. */
  clip: boolean
}

const parameters = signature<GaussianNoiseOptions>('GaussianNoise', ['mean', 0], ['sigma', 0.1], ['clip', true])

/**
 * Adds normal noise to tensors of floats of 0 to 1, or of uint8, whose noise is 255 times as large. Draws a `randn_like`
 * for each image.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.GaussianNoise.html
 */
export class GaussianNoise extends Transform {
  static override readonly _texts = { mean: float, sigma: float }

  readonly mean: number
  readonly sigma: number
  readonly clip: boolean

  constructor(...args: Args<[], [mean: number, sigma: number, clip: boolean], GaussianNoiseOptions>) {
    super()
    const { mean, sigma, clip } = parameters(args)
    this.mean = mean
    this.sigma = sigma
    this.clip = clip
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(gaussian_noise, inpt, this.mean, this.sigma, this.clip)
  }
}
