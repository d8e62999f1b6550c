/** Mirroring: kernels of `horizontal_flip` and `vertical_flip`. */
import { define } from '../../../../_C/callable.js'
import { slice } from '../../../../slice.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image } from '../../../image.js'
import { type BoundingBoxFormat, type Size, widthOf } from './_boxes.js'
import { registerKernels } from './_geometry_register.js'
import { dispatcher } from './_utils.js'

/** Columns of boxes (N, 8) that make the first corner the top left one again. */
const mirrored = [2, 3, 0, 1, 6, 7, 4, 5]

/** `x` becomes `size - x`, in place. */
const flipped = (x: Tensor, size: number): Tensor => x.sub_(size).neg_()

function flipPoints(points: Tensor, axis: 0 | 1, size: number): Tensor {
  const x = points.clone().reshape(-1, 2)
  flipped(x.select(-1, axis), size - 1)
  return x.reshape(points.shape)
}

/** Mirrors left to right for `axis` 0, upside down for 1; `size` is the canvas along it. */
function flipBoxes(boxes: Tensor, format: BoundingBoxFormat, axis: 0 | 1, size: number): Tensor {
  let x = boxes.clone().reshape(-1, widthOf(format))
  const column = (i: number): Tensor => x.select(1, i)
  switch (format) {
    case 'XYXY': {
      const ends = [axis + 2, axis]
      const turned = flipped(x.at(slice(), ends), size)
      x.setAt([slice(), [axis, axis + 2]], turned)
      break
    }
    case 'XYWH':
      flipped(column(axis).add_(column(axis + 2)), size)
      break
    case 'CXCYWH':
      flipped(column(axis), size)
      break
    case 'XYXYXYXY':
      flipped(x.at(slice(), slice(axis, null, 2)), size)
      x = x.at(slice(), mirrored)
      break
    case 'XYWHR': {
      const radians = column(4).mul(Math.PI).div(180)
      column(0).add_(column(2).mul(radians.cos()))
      column(1).sub_(column(2).mul(radians.sin()))
      flipped(column(axis), size)
      flipAngle(column(4), axis)
      break
    }
    case 'CXCYWHR':
      flipped(column(axis), size)
      flipAngle(column(4), axis)
  }
  return x.reshape(boxes.shape)
}

function flipAngle(angle: Tensor, axis: 0 | 1): void {
  angle.neg_()
  if (axis === 1) angle.add_(180)
}

/** Mirrors (…, H, W) left to right. */
export const horizontal_flip_image = define(
  'horizontal_flip_image',
  ['image'],
  (image: Tensor): Tensor => image.flip(-1),
)

/** Mirrors (…, H, W) left to right. */
export const horizontal_flip_mask = define('horizontal_flip_mask', ['mask'], (mask: Tensor): Tensor => mask.flip(-1))

/** Mirrors (…, T, C, H, W) left to right. */
export const horizontal_flip_video = define(
  'horizontal_flip_video',
  ['video'],
  (video: Tensor): Tensor => video.flip(-1),
)

/** Mirrors points (…, 2) on a canvas of height and width left to right. */
export const horizontal_flip_keypoints = define(
  'horizontal_flip_keypoints',
  ['keypoints', 'canvas_size'],
  (keypoints: Tensor, canvas_size: Size): Tensor => flipPoints(keypoints, 0, canvas_size[1]),
)

/** Mirrors boxes on a canvas of height and width left to right. */
export const horizontal_flip_bounding_boxes = define(
  'horizontal_flip_bounding_boxes',
  ['bounding_boxes', 'format', 'canvas_size'],
  (bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size): Tensor =>
    flipBoxes(bounding_boxes, format, 0, canvas_size[1]),
)

/** Mirrors (…, H, W) upside down. */
export const vertical_flip_image = define('vertical_flip_image', ['image'], (image: Tensor): Tensor => image.flip(-2))

/** Mirrors (…, H, W) upside down. */
export const vertical_flip_mask = define('vertical_flip_mask', ['mask'], (mask: Tensor): Tensor => mask.flip(-2))

/** Mirrors (…, T, C, H, W) upside down. */
export const vertical_flip_video = define('vertical_flip_video', ['video'], (video: Tensor): Tensor => video.flip(-2))

/** Mirrors points (…, 2) on a canvas of height and width upside down. */
export const vertical_flip_keypoints = define(
  'vertical_flip_keypoints',
  ['keypoints', 'canvas_size'],
  (keypoints: Tensor, canvas_size: Size): Tensor => flipPoints(keypoints, 1, canvas_size[0]),
)

/** Mirrors boxes on a canvas of height and width upside down. */
export const vertical_flip_bounding_boxes = define(
  'vertical_flip_bounding_boxes',
  ['bounding_boxes', 'format', 'canvas_size'],
  (bounding_boxes: Tensor, format: BoundingBoxFormat, canvas_size: Size): Tensor =>
    flipBoxes(bounding_boxes, format, 1, canvas_size[0]),
)

/**
 * Mirrors left to right: pictures, tensors (…, H, W), boxes and points.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.horizontal_flip.html
 */
export const horizontal_flip = dispatcher<[], [], object>('horizontal_flip')
export { horizontal_flip as hflip }

registerKernels(horizontal_flip, {
  image: horizontal_flip_image,
  picture: (image: Image) => image.transpose('flip_left_right'),
  mask: horizontal_flip_mask,
  boxes: (x, { format, canvas_size }) => horizontal_flip_bounding_boxes(x, format, canvas_size),
  points: (x, { canvas_size }) => horizontal_flip_keypoints(x, canvas_size),
})

/**
 * Mirrors upside down: pictures, tensors (…, H, W), boxes and points.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.vertical_flip.html
 */
export const vertical_flip = dispatcher<[], [], object>('vertical_flip')
export { vertical_flip as vflip }

registerKernels(vertical_flip, {
  image: vertical_flip_image,
  picture: (image: Image) => image.transpose('flip_top_bottom'),
  mask: vertical_flip_mask,
  boxes: (x, { format, canvas_size }) => vertical_flip_bounding_boxes(x, format, canvas_size),
  points: (x, { canvas_size }) => vertical_flip_keypoints(x, canvas_size),
})
