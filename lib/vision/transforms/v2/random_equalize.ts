import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { equalize } from './functional/_color.js'

interface RandomEqualizeOptions {
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomEqualizeOptions>('RandomEqualize', ['p', 0.5])

/**
 * Spreads the numbers of each band evenly, with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomEqualize.html
 */
export class RandomEqualize extends RandomApplyTransform {
  constructor(...args: Args<[], [p: number], RandomEqualizeOptions>) {
    const { p } = parameters(args)
    super(p)
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(equalize, inpt)
  }
}
