import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import type { Tensor } from '../../../tensor.js'
import type { Image as Picture } from '../../image.js'
import { randomOperations } from '../_augmentation.js'
import type { InterpolationMode } from '../interpolation_mode.js'
import { AutoAugmentBase, drawMagnitude, drawOperation, spaceOf } from './_auto_augment.js'
import type { FillByType } from './_fill.js'
import { get_size } from './functional/_meta.js'

interface RandAugmentOptions {
  /** How many operations. Default 2. */
  num_ops: number
  /** How strong all are. Default 9. */
  magnitude: number
  /** Of how many strengths. Default 31. */
  num_magnitude_bins: number
  /** Default `nearest`. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default null: 0. */
  fill: FillByType
}

const parameters = signature<RandAugmentOptions>(
  'RandAugment',
  ['num_ops', 2],
  ['magnitude', 9],
  ['num_magnitude_bins', 31],
  ['interpolation', 'nearest'],
  ['fill', null],
)

/**
 * Changes the image or video of a sample by random operations of one strength. https://arxiv.org/abs/1909.13719 Draws a
 * `torch.randint` for each, and a `torch.rand(())` for its sign.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandAugment.html
 */
export class RandAugment extends AutoAugmentBase {
  readonly num_ops: number
  readonly magnitude: number
  readonly num_magnitude_bins: number

  constructor(
    ...args: Args<
      [],
      [
        num_ops: number,
        magnitude: number,
        num_magnitude_bins: number,
        interpolation: InterpolationMode,
        fill: FillByType,
      ],
      RandAugmentOptions
    >
  ) {
    const { num_ops, magnitude, num_magnitude_bins, interpolation, fill } = parameters(args)
    super(interpolation, fill)
    if (!(Number.isInteger(num_ops) && num_ops >= 0))
      throw new ValueError(`num_ops should be a non-negative integer, but got ${String(num_ops)} instead.`)
    this.num_ops = num_ops
    this.magnitude = magnitude
    this.num_magnitude_bins = num_magnitude_bins
  }

  protected override augment(image: Picture | Tensor): Picture | Tensor {
    const [height, width] = get_size(image)
    const space = spaceOf(randomOperations, this.num_magnitude_bins, {
      shear: 0.3,
      translateX: (150 / 331) * width,
      translateY: (150 / 331) * height,
      rotate: 30,
      enhance: 0.9,
      bits: [8, 4],
    })
    let result = image
    for (let i = 0; i < this.num_ops; i++) {
      const operation = drawOperation(space)
      result = this.operate(
        result,
        operation,
        drawMagnitude(space, operation, () => this.magnitude),
      )
    }
    return result
  }
}
