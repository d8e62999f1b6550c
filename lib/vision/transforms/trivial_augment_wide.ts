import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import {
  applyOperation,
  augmentationSpace,
  drawOperation,
  fillText,
  modeText,
  randomOperations,
} from './_augmentation.js'
import { type Fill, fillOf } from './_geometry_arguments.js'
import { integer } from './_random.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

interface TrivialAugmentWideOptions {
  /** Default 31. */
  num_magnitude_bins: number
  /** Default `nearest`; tensors have `bilinear` too. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default null: 0. */
  fill: Fill | null
}

const parameters = signature<TrivialAugmentWideOptions>(
  'TrivialAugmentWide',
  ['num_magnitude_bins', 31],
  ['interpolation', 'nearest'],
  ['fill', null],
)

export interface TrivialAugmentWide {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Changes an Image (`L`, `RGB`) or a uint8 Tensor (…, 1 or 3, H, W) by one random operation of random strength. Draws a
 * `torch.randint` for the operation, and one each for strength and sign where there is a choice.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.TrivialAugmentWide.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class TrivialAugmentWide extends Module {
  readonly num_magnitude_bins: number
  readonly interpolation: InterpolationMode
  readonly fill: Fill | null

  constructor(
    ...args: Args<
      [],
      [num_magnitude_bins: number, interpolation: InterpolationMode, fill: Fill | null],
      TrivialAugmentWideOptions
    >
  ) {
    super()
    const { num_magnitude_bins, interpolation, fill } = parameters(args)
    this.num_magnitude_bins = num_magnitude_bins
    this.interpolation = interpolationMode(interpolation)
    this.fill = fillOf(fill)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const space = augmentationSpace(randomOperations, this.num_magnitude_bins, {
      shear: 0.99,
      translateX: 32,
      translateY: 32,
      rotate: 135,
      enhance: 0.99,
      bits: [8, 2],
    })
    const [operation, magnitude] = drawOperation(space, count => integer(0, count))
    return applyOperation(img, operation, magnitude, this.interpolation, this.fill)
  }

  override toString(): string {
    const { num_magnitude_bins, interpolation, fill } = this
    const detail = `num_magnitude_bins=${num_magnitude_bins}, interpolation=${modeText(interpolation)}`
    return `${this.constructor.name}(${detail}, fill=${fillText(fill)})`
  }
}
