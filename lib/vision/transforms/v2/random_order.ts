import { randperm } from '../../../_generated/torch.js'
import type { AnyTransform } from '../transform.js'
import { checkedTransforms, run } from './_container.js'
import { Transform } from './_transform.js'

/**
 * All transforms in a random order. Draws one `torch.randperm`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomOrder.html
 */
export class RandomOrder extends Transform {
  readonly transforms: readonly AnyTransform[]

  constructor(transforms: Iterable<AnyTransform>) {
    super()
    this.transforms = checkedTransforms(transforms)
  }

  override forward(...samples: unknown[]): unknown {
    const order = (randperm(this.transforms.length).tolist() as (number | bigint)[]).map(Number)
    return run(
      order.map(index => this.transforms[index]!),
      samples,
    )
  }
}
