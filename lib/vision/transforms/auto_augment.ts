import { type Args, signature } from '../../_C/args.js'
import { rand, randint } from '../../_generated/torch.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { applyOperation, augmentationSpace, fillText, policyOperations, strengthAt } from './_augmentation.js'
import { policies, type Step } from './_auto_augment_policies.js'
import { type Fill, fillOf } from './_geometry_arguments.js'
import { integer } from './_random.js'
import { AutoAugmentPolicy, autoAugmentPolicy } from './auto_augment_policy.js'
import * as F from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

interface AutoAugmentOptions {
  /** Default `imagenet`. */
  policy: AutoAugmentPolicy
  /** Default `nearest`; tensors have `bilinear` too. */
  interpolation: InterpolationMode
  /** What comes from outside: a number, or one for each channel. Default null: 0. */
  fill: Fill | null
}

const parameters = signature<AutoAugmentOptions>(
  'AutoAugment',
  ['policy', 'imagenet'],
  ['interpolation', 'nearest'],
  ['fill', null],
)

export interface AutoAugment {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Changes an Image (`L`, `RGB`) or a uint8 Tensor (…, 1 or 3, H, W) by one of 25 pairs of operations that were learned on a
 * data set. Draws what `get_params` does.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.AutoAugment.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class AutoAugment extends Module {
  readonly policy: AutoAugmentPolicy
  readonly interpolation: InterpolationMode
  readonly fill: Fill | null
  /** The pairs of operations, with their probabilities and strengths. */
  readonly policies: readonly (readonly [Step, Step])[]

  constructor(
    ...args: Args<
      [],
      [policy: AutoAugmentPolicy, interpolation: InterpolationMode, fill: Fill | null],
      AutoAugmentOptions
    >
  ) {
    super()
    const { policy, interpolation, fill } = parameters(args)
    this.policy = autoAugmentPolicy(policy)
    this.interpolation = interpolationMode(interpolation)
    this.fill = fillOf(fill)
    this.policies = policies[policy]
  }

  /** Draws which pair, a number of 0 to 1 for each of the two to compare with its probability, and their signs, 0 or 1. */
  static get_params(transform_num: number): [policy_id: number, probs: Tensor, signs: Tensor] {
    const pair = integer(0, transform_num)
    const probabilities = rand(2)
    return [pair, probabilities, randint(2, [2])]
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const [, height, width] = F.get_dimensions(img)
    const [pair, probs, signs] = AutoAugment.get_params(this.policies.length)
    const space = augmentationSpace(policyOperations, 10, {
      shear: 0.3,
      translateX: (150 / 331) * width,
      translateY: (150 / 331) * height,
      rotate: 30,
      enhance: 0.9,
      bits: [8, 4],
    })
    let result = img
    for (const [i, [operation, probability, index]] of this.policies[pair]!.entries()) {
      // Compared as float32, as a tensor with a number is in Python.
      if ((probs.select(0, i).item() as number) > Math.fround(probability)) continue
      const { magnitudes, signed } = space.get(operation)!
      const strength = magnitudes && index !== null ? strengthAt(magnitudes, index) : 0
      const magnitude = signed && Number(signs.select(0, i).item()) === 0 ? -strength : strength
      result = applyOperation(result, operation, magnitude, this.interpolation, this.fill)
    }
    return result
  }

  override toString(): string {
    const name = Object.entries(AutoAugmentPolicy).find(([, value]) => value === this.policy)![0]
    return `${this.constructor.name}(policy=AutoAugmentPolicy.${name}, fill=${fillText(this.fill)})`
  }
}
