import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { withModes } from '../../_C/modes.js'
import { tensor } from '../../_creation.js'
import { bool } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { checkPicture, checkRgb, colorsOf, type DrawColors, warn } from './_draw.js'

/** Keywords of `draw_segmentation_masks`. */
export interface DrawSegmentationMasksKeywords {
  /** (3, H, W), uint8 or floats from 0 to 1. */
  image: Tensor
  /** bool, (N, H, W) or (H, W). */
  masks: Tensor
  /** 0: the masks do not show; 1: nothing shows through. Default 0.8. */
  alpha: number
  /** One colour for all, or one for each. Default: a palette. */
  colors: DrawColors
}

const parameters = signature<DrawSegmentationMasksKeywords>(
  'draw_segmentation_masks',
  'image',
  'masks',
  ['alpha', 0.8],
  ['colors', null],
)

/**
 * A picture with each mask's pixels coloured; where masks overlap, black. A new tensor of the picture's shape and dtype.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.utils.draw_segmentation_masks.html
 *
 * @throws {TypeError} for what is no tensor
 * @throws {ValueError} for another shape or dtype, or too few colours
 */
export function draw_segmentation_masks(
  ...args: Args<[image: Tensor, masks: Tensor], [alpha: number, colors: DrawColors], DrawSegmentationMasksKeywords>
): Tensor {
  const { image, masks: given, alpha, colors } = parameters(args)
  checkPicture(image, 'The image must be a tensor')
  checkRgb(image)
  const masks = given.dim() === 2 ? given.unsqueeze(0) : given
  if (masks.dim() !== 3) throw new ValueError('masks must be of shape (H, W) or (batch_size, H, W)')
  if (masks.dtype !== bool) throw new ValueError(`The masks must be of dtype bool. Got torch.${masks.dtype.name}`)
  if (masks.size(1) !== image.size(1) || masks.size(2) !== image.size(2))
    throw new ValueError('The image and the masks must have the same height and width')
  const count = masks.size(0)
  if (count === 0) {
    warn("masks doesn't contain any mask. No mask was drawn")
    return image
  }
  return withModes({ grad: false }, () => {
    const most = image.is_floating_point() ? 255 : 1
    let coloured = image
    for (const [i, color] of colorsOf(colors, count).slice(0, count).entries()) {
      const values = tensor(
        color.map(part => part / most),
        { dtype: image.dtype, device: image.device },
      )
      coloured = values.view(3, 1, 1).where(masks.select(0, i), coloured)
    }
    coloured = coloured.masked_fill(masks.sum(0).gt(1), 0)
    return image
      .mul(1 - alpha)
      .add(coloured.mul(alpha))
      .to(image.dtype)
  })
}
