import { type Args, signature } from '../../_C/args.js'
import { rand } from '../../_generated/torch.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import * as F from './functional.js'

const parameters = signature<{ p: number }>('RandomVerticalFlip', ['p', 0.5])

export interface RandomVerticalFlip {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Mirrors an Image or a Tensor (…, H, W) upside down with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomVerticalFlip.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomVerticalFlip extends Module {
  readonly p: number

  constructor(...args: Args<[], [p: number], { p: number }>) {
    super()
    this.p = parameters(args).p
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return draw() < Math.fround(this.p) ? F.vflip(img) : img
  }

  override toString(): string {
    return `${this.constructor.name}(p=${this.p})`
  }
}

/** `torch.rand(1)`; it is compared as float32, as `tensor < p` is in Python. */
function draw(): number {
  return rand(1).item() as number
}
