import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { invert } from './functional/_color.js'

interface RandomInvertOptions {
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomInvertOptions>('RandomInvert', ['p', 0.5])

/**
 * Makes the negative with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomInvert.html
 */
export class RandomInvert extends RandomApplyTransform {
  constructor(...args: Args<[], [p: number], RandomInvertOptions>) {
    const { p } = parameters(args)
    super(p)
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(invert, inpt)
  }
}
