import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { draw } from './_random.js'
import * as F from './functional.js'

interface RandomPosterizeOptions {
  /** How many bits of each band to keep, 0 to 8. */
  bits: number
  /** Default 0.5. */
  p: number
}

const parameters = signature<RandomPosterizeOptions>('RandomPosterize', 'bits', ['p', 0.5])

export interface RandomPosterize {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Keeps the highest `bits` of an Image (`L`, `RGB`) or a uint8 Tensor (…, 1 or 3, H, W) with probability `p`. Draws
 * one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomPosterize.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomPosterize extends Module {
  readonly bits: number
  readonly p: number

  constructor(...args: Args<[bits: number], [p: number], RandomPosterizeOptions>) {
    super()
    const { bits, p } = parameters(args)
    this.bits = bits
    this.p = p
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return draw() < this.p ? F.posterize(img, this.bits) : img
  }

  override toString(): string {
    return `${this.constructor.name}(bits=${this.bits},p=${this.p})`
  }
}
