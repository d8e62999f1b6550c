import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { draw } from './_random.js'
import * as F from './functional.js'

interface RandomAdjustSharpnessOptions {
  /** 0 is blurred, 1 the image itself, 2 twice as sharp. */
  sharpness_factor: number
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomAdjustSharpnessOptions>('RandomAdjustSharpness', 'sharpness_factor', ['p', 0.5])

export interface RandomAdjustSharpness {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Blurs or sharpens an Image or a Tensor (…, 1 or 3, H, W) with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomAdjustSharpness.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomAdjustSharpness extends Module {
  readonly sharpness_factor: number
  readonly p: number

  constructor(...args: Args<[sharpness_factor: number], [p: number], RandomAdjustSharpnessOptions>) {
    super()
    const { sharpness_factor, p } = parameters(args)
    this.sharpness_factor = sharpness_factor
    this.p = p
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return draw() < this.p ? F.adjust_sharpness(img, this.sharpness_factor) : img
  }

  override toString(): string {
    return `${this.constructor.name}(sharpness_factor=${this.sharpness_factor},p=${this.p})`
  }
}
