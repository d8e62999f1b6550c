import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

export interface PixelShuffleOptions {
  upscale_factor: number
}

const pixelShuffleOptions = signature<PixelShuffleOptions>('PixelShuffle', 'upscale_factor')

/**
 * Moves channels into places: (*, C·r², H, W) becomes (*, C, H·r, W·r), r being `upscale_factor`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
 */
export class PixelShuffle extends Module {
  upscale_factor: number

  constructor(...args: Args<[upscale_factor: number], [], PixelShuffleOptions>) {
    super()
    const options = pixelShuffleOptions(args)
    this.upscale_factor = options.upscale_factor
  }

  forward(input: Tensor): Tensor {
    return F.pixel_shuffle(input, this.upscale_factor)
  }

  override extra_repr(): string {
    return `upscale_factor=${this.upscale_factor}`
  }
}

export interface PixelUnshuffleOptions {
  downscale_factor: number
}

const pixelUnshuffleOptions = signature<PixelUnshuffleOptions>('PixelUnshuffle', 'downscale_factor')

/**
 * Moves places into channels: (*, C, H·r, W·r) becomes (*, C·r², H, W), r being `downscale_factor`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 */
export class PixelUnshuffle extends Module {
  downscale_factor: number

  constructor(...args: Args<[downscale_factor: number], [], PixelUnshuffleOptions>) {
    super()
    const options = pixelUnshuffleOptions(args)
    this.downscale_factor = options.downscale_factor
  }

  forward(input: Tensor): Tensor {
    return F.pixel_unshuffle(input, this.downscale_factor)
  }

  override extra_repr(): string {
    return `downscale_factor=${this.downscale_factor}`
  }
}
