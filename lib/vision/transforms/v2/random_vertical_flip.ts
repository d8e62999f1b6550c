import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { vertical_flip } from './functional/_geometry.js'

const parameters = signature<{ p: number }>('RandomVerticalFlip', ['p', 0.5])

/**
 * Mirrors a sample upside down with probability `p`, 0.5 by default: images, videos, masks, boxes and points together.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomVerticalFlip.html
 */
export class RandomVerticalFlip extends RandomApplyTransform {
  constructor(...args: Args<[], [p: number], { p: number }>) {
    super(parameters(args).p)
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(vertical_flip, inpt)
  }
}
