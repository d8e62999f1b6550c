import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { draw } from '../_random.js'
import type { AnyTransform } from '../transform.js'
import { checkedTransforms, run, transformLines } from './_container.js'
import { Transform } from './_transform.js'

interface RandomApplyOptions {
  transforms: Iterable<AnyTransform>
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomApplyOptions>('RandomApply', 'transforms', ['p', 0.5])

/**
 * All transforms, one after the other, with probability `p`, else none. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomApply.html
 */
export class RandomApply extends Transform {
  readonly transforms: readonly AnyTransform[]
  readonly p: number

  constructor(...args: Args<[transforms: Iterable<AnyTransform>], [p: number], RandomApplyOptions>) {
    super()
    const { transforms, p } = parameters(args)
    this.transforms = checkedTransforms(transforms)
    if (!(p >= 0 && p <= 1)) throw new ValueError('`p` should be a floating point value in the interval [0.0, 1.0].')
    this.p = p
  }

  override forward(...samples: unknown[]): unknown {
    if (draw() >= Math.fround(this.p)) return samples.length > 1 ? samples : samples[0]
    return run(this.transforms, samples)
  }

  override extra_repr(): string {
    return transformLines(this.transforms)
  }
}
