import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { draw } from './_random.js'
import * as F from './functional.js'

const parameters = signature<{ p: number }>('RandomGrayscale', ['p', 0.1])

export interface RandomGrayscale {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * An Image or a Tensor (…, 1 or 3, H, W) in grey with probability `p`, its number of channels the same. Draws one
 * `torch.rand(1)`. https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomGrayscale.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomGrayscale extends Module {
  readonly p: number

  constructor(...args: Args<[], [p: number], { p: number }>) {
    super()
    this.p = parameters(args).p
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const channels = F.get_image_num_channels(img)
    // Compared as float32, as `tensor < p` is in Python.
    return draw() < Math.fround(this.p) ? F.rgb_to_grayscale(img, channels) : img
  }

  override toString(): string {
    return `${this.constructor.name}(p=${this.p})`
  }
}
