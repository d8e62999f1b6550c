import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import * as F from './functional.js'

interface GrayscaleOptions {
  /** 1, or 3 that are the same. Default 1. */
  num_output_channels: number
}

const parameters = signature<GrayscaleOptions>('Grayscale', ['num_output_channels', 1])

export interface Grayscale {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * An Image or a Tensor (…, 1 or 3, H, W) in grey.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Grayscale.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class Grayscale extends Module {
  readonly num_output_channels: number

  constructor(...args: Args<[], [num_output_channels: number], GrayscaleOptions>) {
    super()
    this.num_output_channels = parameters(args).num_output_channels
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return F.rgb_to_grayscale(img, this.num_output_channels)
  }

  override toString(): string {
    return `${this.constructor.name}(num_output_channels=${this.num_output_channels})`
  }
}
