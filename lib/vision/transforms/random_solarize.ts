import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { draw } from './_random.js'
import * as F from './functional.js'

interface RandomSolarizeOptions {
  /** What is equal or above is inverted. */
  threshold: number
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomSolarizeOptions>('RandomSolarize', 'threshold', ['p', 0.5])

export interface RandomSolarize {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Inverts what is at `threshold` or above in an Image (`L`, `RGB`) or a Tensor (…, 1 or 3, H, W), with probability
 * `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomSolarize.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomSolarize extends Module {
  readonly threshold: number
  readonly p: number

  constructor(...args: Args<[threshold: number], [p: number], RandomSolarizeOptions>) {
    super()
    const { threshold, p } = parameters(args)
    this.threshold = threshold
    this.p = p
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return draw() < this.p ? F.solarize(img, this.threshold) : img
  }

  override toString(): string {
    return `${this.constructor.name}(threshold=${this.threshold},p=${this.p})`
  }
}
