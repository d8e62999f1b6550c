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
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

interface RandAugmentOptions {
  /** How many operations, one after the other. Default 2. */
  num_ops: number
  /** How strong they are, of the `num_magnitude_bins`. Default 9. */
  magnitude: number
  /** Default 31. */
  num_magnitude_bins: number
  /** Default `nearest`; tensors have `bilinear` too. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default null: 0. */
  fill: Fill | null
}

const parameters = signature<RandAugmentOptions>(
  'RandAugment',
  ['num_ops', 2],
  ['magnitude', 9],
  ['num_magnitude_bins', 31],
  ['interpolation', 'nearest'],
  ['fill', null],
)

export interface RandAugment {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Changes an Image (`L`, `RGB`) or a uint8 Tensor (…, 1 or 3, H, W) by random operations of one strength. Draws a
 * `torch.randint` for each, and one for the sign where there is a choice.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandAugment.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandAugment extends Module {
  readonly num_ops: number
  readonly magnitude: number
  readonly num_magnitude_bins: number
  readonly interpolation: InterpolationMode
  readonly fill: Fill | null

  constructor(
    ...args: Args<
      [],
      [
        num_ops: number,
        magnitude: number,
        num_magnitude_bins: number,
        interpolation: InterpolationMode,
        fill: Fill | null,
      ],
      RandAugmentOptions
    >
  ) {
    super()
    const { num_ops, magnitude, num_magnitude_bins, interpolation, fill } = parameters(args)
    this.num_ops = num_ops
    this.magnitude = magnitude
    this.num_magnitude_bins = num_magnitude_bins
    this.interpolation = interpolationMode(interpolation)
    this.fill = fillOf(fill)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const [, height, width] = F.get_dimensions(img)
    const space = augmentationSpace(randomOperations, this.num_magnitude_bins, {
      shear: 0.3,
      translateX: (150 / 331) * width,
      translateY: (150 / 331) * height,
      rotate: 30,
      enhance: 0.9,
      bits: [8, 4],
    })
    let result = img
    for (let i = 0; i < this.num_ops; i++) {
      const [operation, magnitude] = drawOperation(space, () => this.magnitude)
      result = applyOperation(result, operation, magnitude, this.interpolation, this.fill)
    }
    return result
  }

  override toString(): string {
    const { num_ops, magnitude, num_magnitude_bins, interpolation, fill } = this
    const detail = `num_ops=${num_ops}, magnitude=${magnitude}, num_magnitude_bins=${num_magnitude_bins}`
    return `${this.constructor.name}(${detail}, interpolation=${modeText(interpolation)}, fill=${fillText(fill)})`
  }
}
