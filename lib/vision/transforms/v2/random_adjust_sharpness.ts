import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { adjust_sharpness } from './functional/_color.js'

interface RandomAdjustSharpnessOptions {
  /** 0 is blurred, 1 the image itself, 2 twice as sharp. */
  sharpness_factor: number
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomAdjustSharpnessOptions>('RandomAdjustSharpness', 'sharpness_factor', ['p', 0.5])

/**
 * Changes the sharpness with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomAdjustSharpness.html
 */
export class RandomAdjustSharpness extends RandomApplyTransform {
  readonly sharpness_factor: number

  constructor(...args: Args<[sharpness_factor: number], [p: number], RandomAdjustSharpnessOptions>) {
    const { sharpness_factor, p } = parameters(args)
    super(p)
    this.sharpness_factor = sharpness_factor
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(adjust_sharpness, inpt, this.sharpness_factor)
  }
}
