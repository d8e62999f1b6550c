import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { draw } from './_random.js'
import { checkTransforms, runTransforms, transformText } from './_transforms.js'
import type { AnyTransform } from './transform.js'

interface RandomApplyOptions {
  transforms: readonly AnyTransform[]
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomApplyOptions>('RandomApply', 'transforms', ['p', 0.5])

export interface RandomApply {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * All transforms, one after the other, with probability `p`, else none. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomApply.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomApply extends Module {
  readonly transforms: readonly AnyTransform[]
  readonly p: number

  constructor(...args: Args<[transforms: readonly AnyTransform[]], [p: number], RandomApplyOptions>) {
    super()
    const { transforms, p } = parameters(args)
    this.transforms = checkTransforms(transforms)
    this.p = p
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return Math.fround(this.p) < draw() ? img : runTransforms(this.transforms, img)
  }

  override toString(): string {
    const lines = this.transforms.map(transform => `\n    ${transformText(transform)}`)
    return `${this.constructor.name}(\n    p=${this.p}${lines.join('')}\n)`
  }
}
