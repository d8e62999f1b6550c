/** As if under water: kernels of `elastic`. */
import { typeName } from '../../../../_C/args.js'
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import { tensor } from '../../../../_creation.js'
import { cat, empty, linspace } from '../../../../_generated/torch.js'
import { type dtype, float16, float32, int64 } from '../../../../dtype.js'
import { Tensor } from '../../../../tensor.js'
import type { Image } from '../../../image.js'
import type { Fill } from '../../_geometry_arguments.js'
import { pil_to_tensor, to_pil_image } from '../../functional.js'
import type { InterpolationMode } from '../../interpolation_mode.js'
import { type BoundingBoxFormat, type ClampingMode, convertFormat, isRotated, type Size, widthOf } from './_boxes.js'
import { clampBoxes } from './_boxes_rotated.js'
import { registerKernels } from './_geometry_register.js'
import { boxesAround, checkSampling, fourCorners, gridDtype, sample, withChannel } from './_geometry_shared.js'
import { dispatcher } from './_utils.js'

/** @throws {TypeError | ValueError} for what is no displacement of the canvas */
function checkDisplacement(displacement: Tensor, [height, width]: Size): void {
  if (!(displacement instanceof Tensor))
    throw new TypeError(`Argument displacement should be a Tensor, got ${typeName(displacement)}`)
  const shape = `1, ${height}, ${width}, 2`
  if (displacement.shape.join(', ') !== shape)
    throw new ValueError(
      `Argument displacement shape should be (${shape}), but given (${displacement.shape.join(', ')})`,
    )
}

/** Where each pixel (1, H, W, 2) is, from -1 to 1 across the canvas. */
function identityGrid([height, width]: Size, type: dtype): Tensor {
  const grid = empty([1, height, width, 2], { dtype: type })
  const along = (size: number) => linspace((1 - size) / size, (size - 1) / size, size, { dtype: type })
  grid.select(-1, 0).copy_(along(width))
  grid.select(-1, 1).copy_(along(height).unsqueeze_(-1))
  return grid
}

function elasticImage(
  image: Tensor,
  displacement: Tensor,
  interpolation: InterpolationMode = 'bilinear',
  fill: Fill | null = null,
): Tensor {
  if (image.dtype === float16) return elasticImage(image.to(float32), displacement, interpolation, fill).to(float16)
  const canvas: Size = [image.size(-2), image.size(-1)]
  checkDisplacement(displacement, canvas)
  checkSampling(image, interpolation, fill)
  const type = gridDtype(image)
  const grid = identityGrid(canvas, type).to(image.device).add_(displacement.to(image.device, type))
  return sample(image, grid, interpolation, fill)
}

/** An image of Pillow's kind, by way of a tensor. */
export function elasticPicture(
  image: Image,
  displacement: Tensor,
  interpolation: InterpolationMode = 'bilinear',
  fill: Fill | null = null,
): Image {
  return to_pil_image(elasticImage(pil_to_tensor(image), displacement, interpolation, fill), image.mode)
}

/**
 * Where points (N, 2) go, about: the displacement at the pixel where they are, the other way round. The dtype is the
 * displacement's.
 */
function movePoints(points: Tensor, [height, width]: Size, displacement: Tensor): Tensor {
  const grid = identityGrid([height, width], displacement.dtype).to(points.device).sub_(displacement)
  const pixels = points.to(int64)
  const x = pixels.select(1, 0).clamp(0, width - 1)
  const y = pixels.select(1, 1).clamp(0, height - 1)
  const size = tensor([width, height], { dtype: grid.dtype, device: grid.device })
  return grid.at(0, y, x).add_(1).mul_(size.mul(0.5)).sub_(0.5)
}

/** Distorts an image (…, C, H, W); see `elastic`. */
export const elastic_image = define('elastic_image', ['image', 'displacement', 'interpolation?', 'fill?'], elasticImage)

/** Distorts a video (…, T, C, H, W); see `elastic`. */
export const elastic_video = define('elastic_video', ['video', 'displacement', 'interpolation?', 'fill?'], elasticImage)

/** Distorts a mask (…, H, W), by its nearest pixels; see `elastic`. */
export const elastic_mask = define(
  'elastic_mask',
  ['mask', 'displacement', 'fill?'],
  (mask: Tensor, displacement: Tensor, fill: Fill | null = null): Tensor =>
    withChannel(mask, x => elasticImage(x, displacement, 'nearest', fill)),
)

/** Distorted points (…, 2). */
export const elastic_keypoints = define(
  'elastic_keypoints',
  ['keypoints', 'canvas_size', 'displacement'],
  (keypoints: Tensor, canvas_size: Size, displacement: Tensor): Tensor => {
    checkDisplacement(displacement, canvas_size)
    if (keypoints.numel() === 0) return keypoints
    const shifts = displacement.to(keypoints.device, gridDtype(keypoints))
    return movePoints(keypoints.reshape(-1, 2), canvas_size, shifts).to(keypoints.dtype).reshape(keypoints.shape)
  },
)

/** Distorted boxes: what lies around the corners of unturned ones; turned ones move with their centre. */
export const elastic_bounding_boxes = define(
  'elastic_bounding_boxes',
  ['bounding_boxes', 'format', 'canvas_size', 'displacement', 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    format: BoundingBoxFormat,
    canvas_size: Size,
    displacement: Tensor,
    clamping_mode: ClampingMode = 'soft',
  ): Tensor => {
    checkDisplacement(displacement, canvas_size)
    if (bounding_boxes.numel() === 0) return bounding_boxes
    const rotated = isRotated(format)
    const between = rotated ? 'CXCYWHR' : 'XYXY'
    const shifts = displacement.to(bounding_boxes.device, gridDtype(bounding_boxes))
    const boxes = convertFormat(bounding_boxes.clone(), format, between).reshape(-1, widthOf(between))
    const corners = (rotated ? boxes.narrow(1, 0, 2) : fourCorners(boxes)).reshape(-1, 2)
    // A fraction counts for the next pixel.
    const pixels = corners.is_floating_point() ? corners.ceil() : corners
    const points = movePoints(pixels, canvas_size, shifts)
    const moved = rotated ? cat([points, boxes.narrow(1, 2, 3)], 1) : boxesAround(points.reshape(-1, 4, 2))
    const clamped = clampBoxes(moved.to(boxes.dtype), between, canvas_size, clamping_mode)
    return convertFormat(clamped, between, format).reshape(bounding_boxes.shape)
  },
)

interface ElasticOptions {
  displacement: Tensor
  /** `nearest` or `bilinear`. Default `bilinear`; masks always take the nearest pixels. */
  interpolation: InterpolationMode
  /** What comes from outside. */
  fill: Fill | null
}

/**
 * Moves each pixel's source by `displacement` (1, H, W, 2), x and y, where 2 is the width or height: of pictures, tensors
 * (…, C, H, W), masks, and about the other way round boxes and points.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.elastic.html
 */
export const elastic = dispatcher<
  [displacement: Tensor],
  [interpolation: InterpolationMode, fill: Fill | null],
  ElasticOptions
>('elastic', 'displacement', ['interpolation', 'bilinear'], ['fill', null])
export { elastic as elastic_transform }

registerKernels(elastic, {
  image: elasticImage,
  picture: elasticPicture,
  mask: (mask: Tensor, displacement: Tensor, _mode: InterpolationMode, fill: Fill | null) =>
    elastic_mask(mask, displacement, fill),
  boxes: (x, { format, canvas_size, clamping_mode }, displacement: Tensor) =>
    elastic_bounding_boxes(x, format, canvas_size, displacement, clamping_mode),
  points: (x, { canvas_size }, displacement: Tensor) => elastic_keypoints(x, canvas_size, displacement),
})
