import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type Fill, fillFor, fillOf } from './_geometry_arguments.js'
import { draw, integer } from './_random.js'
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

interface RandomPerspectiveOptions {
  /** How far corners move: a share, 0 to 1, of half the image. Default 0.5. */
  distortion_scale: number
  /** Default 0.5. */
  p: number
  /** Default `bilinear`. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default 0. */
  fill: Fill | null
}

const parameters = signature<RandomPerspectiveOptions>(
  'RandomPerspective',
  ['distortion_scale', 0.5],
  ['p', 0.5],
  ['interpolation', 'bilinear'],
  ['fill', 0],
)

export interface RandomPerspective {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Moves the corners of an Image or a Tensor (…, H, W) inwards at random, with probability `p`. Draws a `torch.rand(1)`, then a
 * `torch.randint` for x and y of each corner, from the top left with the clock. See `functional.perspective`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomPerspective.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomPerspective extends Module {
  readonly distortion_scale: number
  readonly p: number
  readonly interpolation: InterpolationMode
  readonly fill: Fill

  constructor(
    ...args: Args<
      [],
      [distortion_scale: number, p: number, interpolation: InterpolationMode, fill: Fill | null],
      RandomPerspectiveOptions
    >
  ) {
    super()
    const { distortion_scale, p, interpolation, fill } = parameters(args)
    this.distortion_scale = distortion_scale
    this.p = p
    this.interpolation = interpolationMode(interpolation)
    this.fill = fillOf(fill ?? 0)
  }

  /** The corners of an image and where they go. */
  static get_params(
    width: number,
    height: number,
    distortion_scale: number,
  ): [startpoints: [x: number, y: number][], endpoints: [x: number, y: number][]] {
    const reachX = Math.trunc(distortion_scale * Math.floor(width / 2))
    const reachY = Math.trunc(distortion_scale * Math.floor(height / 2))
    const near = (reach: number) => integer(0, reach + 1)
    const far = (size: number, reach: number) => integer(size - reach - 1, size)
    const endpoints: [number, number][] = [
      [near(reachX), near(reachY)],
      [far(width, reachX), near(reachY)],
      [far(width, reachX), far(height, reachY)],
      [near(reachX), far(height, reachY)],
    ]
    const startpoints: [number, number][] = [
      [0, 0],
      [width - 1, 0],
      [width - 1, height - 1],
      [0, height - 1],
    ]
    return [startpoints, endpoints]
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const fill = fillFor(img, this.fill)
    if (draw() >= Math.fround(this.p)) return img
    const [width, height] = F.get_image_size(img)
    const [startpoints, endpoints] = RandomPerspective.get_params(width, height, this.distortion_scale)
    return F.perspective(img, startpoints, endpoints, this.interpolation, fill)
  }

  override toString(): string {
    return `${this.constructor.name}(p=${this.p})`
  }
}
