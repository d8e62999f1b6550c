import type { AnyTransform } from '../transform.js'
import { checkedTransforms, run, transformLines } from './_container.js'
import { Transform } from './_transform.js'

/**
 * Transforms one after the other. Where one is asynchronous the rest waits for it, and the result is a promise.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Compose.html
 */
export class Compose extends Transform {
  readonly transforms: readonly AnyTransform[]

  constructor(transforms: Iterable<AnyTransform>) {
    super()
    this.transforms = checkedTransforms(transforms)
  }

  override forward(...samples: unknown[]): unknown {
    return run(this.transforms, samples)
  }

  override extra_repr(): string {
    return transformLines(this.transforms)
  }
}
