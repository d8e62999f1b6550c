import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { solarize } from './functional/_color.js'

interface RandomSolarizeOptions {
  /** What is at it or above is inverted. */
  threshold: number
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomSolarizeOptions>('RandomSolarize', 'threshold', ['p', 0.5])

/**
 * Inverts what is at `threshold` or above with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomSolarize.html
 */
export class RandomSolarize extends RandomApplyTransform {
  readonly threshold: number

  constructor(...args: Args<[threshold: number], [p: number], RandomSolarizeOptions>) {
    const { threshold, p } = parameters(args)
    super(p)
    this.threshold = threshold
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(solarize, inpt, this.threshold)
  }
}
