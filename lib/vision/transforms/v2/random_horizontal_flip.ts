import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { horizontal_flip } from './functional/_geometry.js'

const parameters = signature<{ p: number }>('RandomHorizontalFlip', ['p', 0.5])

/**
 * Mirrors a sample left to right with probability `p`, 0.5 by default: images, videos, masks, boxes and points together.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomHorizontalFlip.html
 */
export class RandomHorizontalFlip extends RandomApplyTransform {
  constructor(...args: Args<[], [p: number], { p: number }>) {
    super(parameters(args).p)
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(horizontal_flip, inpt)
  }
}
