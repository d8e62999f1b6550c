import { type Args, signature } from '../../../_C/args.js'
import type { Tensor } from '../../../tensor.js'
import type { Image as Picture } from '../../image.js'
import { randomOperations } from '../_augmentation.js'
import { integer } from '../_random.js'
import type { InterpolationMode } from '../interpolation_mode.js'
import { AutoAugmentBase, drawMagnitude, drawOperation, spaceOf } from './_auto_augment.js'
import type { FillByType } from './_fill.js'

interface TrivialAugmentWideOptions {
  /** How many strengths. Default 31. */
  num_magnitude_bins: number
  /** Default `nearest`. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default null: 0. */
  fill: FillByType
}

const parameters = signature<TrivialAugmentWideOptions>(
  'TrivialAugmentWide',
  ['num_magnitude_bins', 31],
  ['interpolation', 'nearest'],
  ['fill', null],
)

/**
 * Changes the image or video of a sample by one random operation of random strength. https://arxiv.org/abs/2103.10158 Draws
 * a `torch.randint` for the operation and one for its strength, and a `torch.rand(())` for its sign.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.TrivialAugmentWide.html
 */
export class TrivialAugmentWide extends AutoAugmentBase {
  readonly num_magnitude_bins: number

  constructor(
    ...args: Args<
      [],
      [num_magnitude_bins: number, interpolation: InterpolationMode, fill: FillByType],
      TrivialAugmentWideOptions
    >
  ) {
    const { num_magnitude_bins, interpolation, fill } = parameters(args)
    super(interpolation, fill)
    this.num_magnitude_bins = num_magnitude_bins
  }

  protected override augment(image: Picture | Tensor): Picture | Tensor {
    const space = spaceOf(randomOperations, this.num_magnitude_bins, {
      shear: 0.99,
      translateX: 32,
      translateY: 32,
      rotate: 135,
      enhance: 0.99,
      bits: [8, 2],
    })
    const operation = drawOperation(space)
    return this.operate(
      image,
      operation,
      drawMagnitude(space, operation, count => integer(0, count)),
    )
  }
}
