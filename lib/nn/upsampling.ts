import { type Args, signature } from '../_C/args.js'
import type { Tensor } from '../tensor.js'
import { repr, reprFloat } from './_print.js'
import * as F from './functional/index.js'
import { Module } from './module.js'

/** How values between the given ones are found. */
export type UpsampleMode = 'nearest' | 'nearest-exact' | 'linear' | 'bilinear' | 'bicubic' | 'trilinear' | 'area'

type Sizes = number | readonly number[]

export interface UpsampleOptions {
  /** The size of the output; either this or `scale_factor`. */
  size: Sizes | null
  scale_factor: Sizes | null
  mode: UpsampleMode
  /** Whether the centres of the corner pixels keep their places. */
  align_corners: boolean | null
  recompute_scale_factor: boolean | null
}

const upsampleOptions = signature<UpsampleOptions>(
  'Upsample',
  ['size', null],
  ['scale_factor', null],
  ['mode', 'nearest'],
  ['align_corners', null],
  ['recompute_scale_factor', null],
)

/**
 * Makes a signal, image or volume larger. Input (N, C, L), (N, C, H, W) or (N, C, D, H, W); the sizes after C become `size`,
 * or are multiplied by `scale_factor` and rounded down.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html
 */
export class Upsample extends Module {
  size: Sizes | null
  scale_factor: Sizes | null
  mode: UpsampleMode
  align_corners: boolean | null
  recompute_scale_factor: boolean | null

  constructor(
    ...args: Args<
      [],
      [
        size: Sizes | null,
        scale_factor: Sizes | null,
        mode: UpsampleMode,
        align_corners: boolean | null,
        recompute_scale_factor: boolean | null,
      ],
      UpsampleOptions
    >
  ) {
    super()
    const options = upsampleOptions(args)
    this.size = options.size
    this.scale_factor = options.scale_factor
    this.mode = options.mode
    this.align_corners = options.align_corners
    this.recompute_scale_factor = options.recompute_scale_factor
  }

  forward(input: Tensor): Tensor {
    const { size, scale_factor, mode, align_corners, recompute_scale_factor } = this
    return F.interpolate(input, size, scale_factor, mode, align_corners, recompute_scale_factor)
  }

  override extra_repr(): string {
    const { scale_factor } = this
    const scale = Array.isArray(scale_factor)
      ? `(${scale_factor.map(reprFloat).join(', ')})`
      : reprFloat(scale_factor as number)
    return `${scale_factor === null ? `size=${repr(this.size)}` : `scale_factor=${scale}`}, mode=${repr(this.mode)}`
  }
}

export interface Upsampling2dOptions {
  size: Sizes | null
  scale_factor: Sizes | null
}

type Upsampling2dArgs = Args<[], [size: Sizes | null, scale_factor: Sizes | null], Upsampling2dOptions>

const nearestOptions = signature<Upsampling2dOptions>('UpsamplingNearest2d', ['size', null], ['scale_factor', null])

/**
 * `Upsample` of images with mode `nearest`. Input (N, C, H, W).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(...args: Upsampling2dArgs) {
    super({ ...nearestOptions(args), mode: 'nearest' })
  }
}

const bilinearOptions = signature<Upsampling2dOptions>('UpsamplingBilinear2d', ['size', null], ['scale_factor', null])

/**
 * `Upsample` of images with mode `bilinear` and aligned corners. Input (N, C, H, W).
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(...args: Upsampling2dArgs) {
    super({ ...bilinearOptions(args), mode: 'bilinear', align_corners: true })
  }
}
