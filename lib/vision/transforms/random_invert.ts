import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { draw } from './_random.js'
import * as F from './functional.js'

const parameters = signature<{ p: number }>('RandomInvert', ['p', 0.5])

export interface RandomInvert {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Makes an Image (`L`, `RGB`) or a Tensor (…, 1 or 3, H, W) its negative with probability `p`. Draws one
 * `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomInvert.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomInvert extends Module {
  readonly p: number

  constructor(...args: Args<[], [p: number], { p: number }>) {
    super()
    this.p = parameters(args).p
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return draw() < this.p ? F.invert(img) : img
  }

  override toString(): string {
    return `${this.constructor.name}(p=${this.p})`
  }
}
