import { ValueError } from '../../_C/errors.js'

/** The data set that a policy was learned on. */
export type AutoAugmentPolicy = 'imagenet' | 'cifar10' | 'svhn'

/**
 * The policies by torchvision's names: `AutoAugmentPolicy.IMAGENET`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.AutoAugmentPolicy.html
 */
export const AutoAugmentPolicy = {
  IMAGENET: 'imagenet',
  CIFAR10: 'cifar10',
  SVHN: 'svhn',
} as const satisfies Record<string, AutoAugmentPolicy>

/** @throws {ValueError} for a policy that there is not @internal */
export function autoAugmentPolicy(policy: AutoAugmentPolicy): AutoAugmentPolicy {
  const known: AutoAugmentPolicy[] = Object.values(AutoAugmentPolicy)
  if (known.includes(policy)) return policy
  throw new ValueError(`The provided policy ${String(policy)} is not recognized; there are: ${known.join(', ')}`)
}
