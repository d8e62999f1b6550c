import { type Args, signature } from '../../_C/args.js'
import { cat, rand } from '../../_generated/torch.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { checkSequence, type Fill, fillOf } from './_geometry_arguments.js'
import { floatsText } from './_text.js'
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

interface ElasticTransformOptions {
  /** How strong: the most that a pixel moves before smoothing, in half pixels; `[x, y]` or one number. Default 50. */
  alpha: number | readonly number[]
  /** How smooth: the deviation of a Gaussian in pixels; `[x, y]` or one number. Default 5. */
  sigma: number | readonly number[]
  /** Default `bilinear`. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default 0. */
  fill: Fill
}

const parameters = signature<ElasticTransformOptions>(
  'ElasticTransform',
  ['alpha', 50],
  ['sigma', 5],
  ['interpolation', 'bilinear'],
  ['fill', 0],
)

function both(value: number | readonly number[], name: string): readonly [x: number, y: number] {
  if (typeof value === 'number') return [value, value]
  checkSequence(value, name, 2)
  return [value[0]!, value[1]!]
}

export interface ElasticTransform {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Distorts an Image or a Tensor (…, C, H, W) as if under water. Draws a `torch.rand` of the image's size for x and one for y.
 * See `functional.elastic_transform`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ElasticTransform.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class ElasticTransform extends Module {
  readonly alpha: readonly [x: number, y: number]
  readonly sigma: readonly [x: number, y: number]
  readonly interpolation: InterpolationMode
  readonly fill: readonly number[]

  constructor(
    ...args: Args<
      [],
      [
        alpha: number | readonly number[],
        sigma: number | readonly number[],
        interpolation: InterpolationMode,
        fill: Fill,
      ],
      ElasticTransformOptions
    >
  ) {
    super()
    const { alpha, sigma, interpolation, fill } = parameters(args)
    this.alpha = both(alpha, 'alpha')
    this.sigma = both(sigma, 'sigma')
    this.interpolation = interpolationMode(interpolation)
    const values = fillOf(fill)
    this.fill = typeof values === 'number' ? [values] : values
  }

  /** A random displacement (1, H, W, 2) for an image of `size`, height and width. */
  static get_params(
    alpha: readonly [x: number, y: number],
    sigma: readonly [x: number, y: number],
    size: readonly [height: number, width: number],
  ): Tensor {
    const along = (axis: 0 | 1): Tensor => {
      const noise = rand([1, 1, ...size])
        .mul(2)
        .sub(1)
      // Eight deviations wide, and odd.
      const kernel = Math.trunc(8 * sigma[axis] + 1)
      const width = kernel % 2 === 0 ? kernel + 1 : kernel
      const smooth = sigma[axis] > 0 ? F.gaussian_blur(noise, [width, width], sigma) : noise
      return smooth.mul(alpha[axis]).div(size[1 - axis]!)
    }
    const x = along(0)
    return cat([x, along(1)], 1).permute(0, 2, 3, 1)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const [, height, width] = F.get_dimensions(img)
    const displacement = ElasticTransform.get_params(this.alpha, this.sigma, [height, width])
    return F.elastic_transform(img, displacement, this.interpolation, this.fill)
  }

  override toString(): string {
    const { alpha, sigma, interpolation, fill } = this
    const mode = `InterpolationMode.${interpolation.toUpperCase().replace('-', '_')}`
    const detail = `alpha=${floatsText(alpha)}, sigma=${floatsText(sigma)}, interpolation=${mode}, fill=${floatsText(fill)}`
    return `${this.constructor.name}(${detail})`
  }
}
