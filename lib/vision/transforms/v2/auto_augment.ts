import { type Args, signature } from '../../../_C/args.js'
import type { Tensor } from '../../../tensor.js'
import type { Image as Picture } from '../../image.js'
import { policyOperations } from '../_augmentation.js'
import { policies, type Step } from '../_auto_augment_policies.js'
import { draw, integer } from '../_random.js'
import { AutoAugment as FirstAutoAugment } from '../auto_augment.js'
import { AutoAugmentPolicy, autoAugmentPolicy } from '../auto_augment_policy.js'
import type { InterpolationMode } from '../interpolation_mode.js'
import { AutoAugmentBase, drawMagnitude, spaceOf } from './_auto_augment.js'
import type { FillByType } from './_fill.js'
import { get_size } from './functional/_meta.js'

interface AutoAugmentOptions {
  /** Default `imagenet`. */
  policy: AutoAugmentPolicy
  /** Default `nearest`. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default null: 0. */
  fill: FillByType
}

const parameters = signature<AutoAugmentOptions>(
  'AutoAugment',
  ['policy', 'imagenet'],
  ['interpolation', 'nearest'],
  ['fill', null],
)

/**
 * Changes the image or video of a sample by one of 25 pairs of operations that were learned on a data set. Draws a
 * `torch.randint` for the pair, and a `torch.rand(())` for each of the two and for its sign.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.AutoAugment.html
 */
export class AutoAugment extends AutoAugmentBase {
  static override readonly _texts = { policy: policyText }

  static readonly get_params = FirstAutoAugment.get_params

  readonly policy: AutoAugmentPolicy
  private readonly _policies: readonly (readonly [Step, Step])[]

  constructor(
    ...args: Args<
      [],
      [policy: AutoAugmentPolicy, interpolation: InterpolationMode, fill: FillByType],
      AutoAugmentOptions
    >
  ) {
    const { policy, interpolation, fill } = parameters(args)
    super(interpolation, fill)
    this.policy = autoAugmentPolicy(policy)
    this._policies = policies[policy]
  }

  protected override augment(image: Picture | Tensor): Picture | Tensor {
    const [height, width] = get_size(image)
    const space = spaceOf(policyOperations, 10, {
      shear: 0.3,
      translateX: (150 / 331) * width,
      translateY: (150 / 331) * height,
      rotate: 30,
      enhance: 0.9,
      bits: [8, 4],
    })
    let result = image
    for (const [operation, probability, index] of this._policies[integer(0, this._policies.length)]!) {
      if (draw() > Math.fround(probability)) continue
      result = this.operate(
        result,
        operation,
        drawMagnitude(space, operation, () => index!),
      )
    }
    return result
  }
}

function policyText(policy: unknown): string {
  return `AutoAugmentPolicy.${Object.entries(AutoAugmentPolicy).find(([, value]) => value === policy)![0]}`
}
