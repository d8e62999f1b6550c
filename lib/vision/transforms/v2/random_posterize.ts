import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { posterize } from './functional/_color.js'

interface RandomPosterizeOptions {
  /** How many bits each band keeps, 0 to 8. */
  bits: number
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomPosterizeOptions>('RandomPosterize', 'bits', ['p', 0.5])

/**
 * Keeps the highest bits of each band with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomPosterize.html
 */
export class RandomPosterize extends RandomApplyTransform {
  readonly bits: number

  constructor(...args: Args<[bits: number], [p: number], RandomPosterizeOptions>) {
    const { bits, p } = parameters(args)
    super(p)
    this.bits = bits
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(posterize, inpt, this.bits)
  }
}
