import type { Tensor } from '../../../tensor.js'
import { integer } from '../_random.js'
import { Mix } from './_mix.js'
import { query_size } from './_utils.js'

interface Params {
  /** The first and the one after the last pixel, across and down. */
  box: readonly [x1: number, y1: number, x2: number, y2: number]
  share: number
}

/**
 * Puts into each image of a batch a rectangle of the one before, and mixes their labels by area: `cutmix(images, labels)`.
 * https://arxiv.org/abs/1905.04899 Draws one number of a Beta distribution and two `torch.randint`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.CutMix.html
 */
export class CutMix extends Mix<Params> {
  protected override draw(flat_inputs: readonly unknown[]): Params {
    const share = this.drawShare()
    const [height, width] = query_size(flat_inputs)
    const x = integer(0, width)
    const y = integer(0, height)
    const half = 0.5 * Math.sqrt(1 - share)
    const [halfWidth, halfHeight] = [Math.trunc(half * width), Math.trunc(half * height)]
    const [x1, y1] = [Math.max(x - halfWidth, 0), Math.max(y - halfHeight, 0)]
    const [x2, y2] = [Math.min(x + halfWidth, width), Math.min(y + halfHeight, height)]
    return { box: [x1, y1, x2, y2], share: 1 - ((x2 - x1) * (y2 - y1)) / (width * height) }
  }

  protected override shareOf({ share }: Params): number {
    return share
  }

  protected override mixed(batch: Tensor, { box: [x1, y1, x2, y2] }: Params): Tensor {
    const part = (images: Tensor) => images.narrow(-2, y1, y2 - y1).narrow(-1, x1, x2 - x1)
    const output = batch.clone()
    part(output).copy_(part(batch.roll(1, 0)))
    return output
  }
}
