import type { Tensor } from '../../../tensor.js'
import { Mix } from './_mix.js'

interface Params {
  share: number
}

/**
 * Adds to each image of a batch a share of the one before, and to its label likewise: `mixup(images, labels)`.
 * https://arxiv.org/abs/1710.09412 Draws one number of a Beta distribution.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.MixUp.html
 */
export class MixUp extends Mix<Params> {
  protected override draw(): Params {
    return { share: this.drawShare() }
  }

  protected override shareOf({ share }: Params): number {
    return share
  }

  protected override mixed(batch: Tensor, { share }: Params): Tensor {
    return batch
      .roll(1, 0)
      .mul_(1 - share)
      .add_(batch.mul(share))
  }
}
