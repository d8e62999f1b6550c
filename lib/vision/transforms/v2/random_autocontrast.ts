import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { autocontrast } from './functional/_color.js'

interface RandomAutocontrastOptions {
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomAutocontrastOptions>('RandomAutocontrast', ['p', 0.5])

/**
 * Stretches each band from black to white with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomAutocontrast.html
 */
export class RandomAutocontrast extends RandomApplyTransform {
  constructor(...args: Args<[], [p: number], RandomAutocontrastOptions>) {
    const { p } = parameters(args)
    super(p)
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(autocontrast, inpt)
  }
}
