import { randperm } from '../../_generated/torch.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { checkTransforms, runTransforms, transformText } from './_transforms.js'
import { type AnyTransform, Transform } from './transform.js'

export interface RandomOrder {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * All transforms, one after the other in a random order. Draws one `torch.randperm`, as `transforms.v2` does; torchvision's first
 * version takes from Python's `random`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomOrder.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomOrder extends Transform {
  readonly transforms: readonly AnyTransform[]

  constructor(transforms: readonly AnyTransform[]) {
    super()
    this.transforms = checkTransforms(transforms)
  }

  forward<T extends Image | Tensor>(img: T): T {
    const order = randperm(this.transforms.length).tolist() as number[]
    return runTransforms(
      order.map(i => this.transforms[Number(i)]!),
      img,
    )
  }

  override toString(): string {
    const lines = this.transforms.map(transform => `\n    ${transformText(transform)}`)
    return `${this.constructor.name}(${lines.join('')}\n)`
  }
}
