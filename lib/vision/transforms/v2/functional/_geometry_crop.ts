/** Cutting out: kernels of `crop`, `center_crop` and `resized_crop`. */
import { define } from '../../../../_C/callable.js'
import { constant_pad_nd } from '../../../../_generated/torch.js'
import { slice } from '../../../../slice.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image } from '../../../image.js'
import * as picture from '../../_geometry_image.js'
import { roundHalfEven } from '../../_random.js'
import { heightAndWidth } from '../../functional.js'
import type { BoundingBoxFormat, ClampingMode, Size } from './_boxes.js'
import { clampBoxes, rectangles } from './_boxes_rotated.js'
import { padWith, shift } from './_geometry_pad.js'
import { registerKernels } from './_geometry_register.js'
import {
  type NewSize,
  type ResizeMode,
  resize_bounding_boxes,
  resize_image,
  resize_keypoints,
  resize_mask,
  resizePicture,
} from './_geometry_resize.js'
import { withChannel } from './_geometry_shared.js'
import { dispatcher } from './_utils.js'

function cropImage(image: Tensor, top: number, left: number, height: number, width: number): Tensor {
  const [h, w] = [image.size(-2), image.size(-1)]
  const [bottom, right] = [top + height, left + width]
  if (left >= 0 && top >= 0 && right <= w && bottom <= h) return image.narrow(-2, top, height).narrow(-1, left, width)
  const inside = image.at('...', slice(Math.max(top, 0), bottom), slice(Math.max(left, 0), right))
  const sides = [
    Math.max(Math.min(right, 0) - left, 0),
    Math.max(Math.min(bottom, 0) - top, 0),
    Math.max(right - Math.max(w, left), 0),
    Math.max(bottom - Math.max(h, top), 0),
  ] as const
  return padWith(inside, sides, 0, 'constant')
}

/** A rectangle of an image of Pillow's kind. */
export function cropPicture(image: Image, top: number, left: number, height: number, width: number): Image {
  return image.crop([left, top, left + width, top + height])
}

const rectangle = ['top', 'left', 'height', 'width'] as const

/** Cuts a rectangle out of an image (…, C, H, W), with zeros where it lies outside. */
export const crop_image = define('crop_image', ['image', ...rectangle], cropImage)

/** Cuts a rectangle out of a video (…, T, C, H, W), with zeros where it lies outside. */
export const crop_video = define('crop_video', ['video', ...rectangle], cropImage)

/** Cuts a rectangle out of a mask (…, H, W), with zeros where it lies outside. */
export const crop_mask = define(
  'crop_mask',
  ['mask', ...rectangle],
  (mask: Tensor, top: number, left: number, height: number, width: number): Tensor =>
    withChannel(mask, x => cropImage(x, top, left, height, width)),
)

/** Points (…, 2) seen from a rectangle's corner, and its height and width. */
export const crop_keypoints = define(
  'crop_keypoints',
  ['keypoints', ...rectangle],
  (keypoints: Tensor, top: number, left: number, height: number, width: number): [Tensor, Size] => [
    keypoints.sub(shift(keypoints, 'XYWH', left, top).narrow(0, 0, 2)),
    [height, width],
  ],
)

/** Boxes seen from a rectangle's corner, and its height and width. */
export const crop_bounding_boxes = define(
  'crop_bounding_boxes',
  ['bounding_boxes', 'format', ...rectangle, 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    format: BoundingBoxFormat,
    top: number,
    left: number,
    height: number,
    width: number,
    clamping_mode: ClampingMode = 'soft',
  ): [Tensor, Size] => {
    const moved = bounding_boxes.sub(shift(bounding_boxes, format, left, top))
    const boxes = format === 'XYXYXYXY' ? rectangles(moved) : moved
    return [clampBoxes(boxes, format, [height, width], clamping_mode), [height, width]]
  },
)

/** Left, top, right and bottom of what a smaller image lacks; the odd pixel goes to the right and below. */
function missing([height, width]: Size, [h, w]: Size): readonly [number, number, number, number] {
  const [x, y] = [Math.max(width - w, 0), Math.max(height - h, 0)]
  return [Math.floor(x / 2), Math.floor(y / 2), Math.ceil(x / 2), Math.ceil(y / 2)]
}

/** Top and left of the middle. */
function middle([height, width]: Size, [h, w]: Size): [top: number, left: number] {
  return [roundHalfEven((h - height) / 2), roundHalfEven((w - width) / 2)]
}

function centerCropImage(image: Tensor, output_size: number | readonly number[]): Tensor {
  const size = heightAndWidth(output_size)
  if (image.numel() === 0) return image.reshape(...image.shape.slice(0, -2), ...size)
  const [left, top, right, bottom] = missing(size, [image.size(-2), image.size(-1)])
  const large = left + top + right + bottom > 0 ? constant_pad_nd(image, [left, right, top, bottom], 0) : image
  const [y, x] = middle(size, [large.size(-2), large.size(-1)])
  return large.narrow(-2, y, size[0]).narrow(-1, x, size[1])
}

/** The middle of an image of Pillow's kind. */
export function centerCropPicture(image: Image, output_size: number | readonly number[]): Image {
  const size = heightAndWidth(output_size)
  const sides = missing(size, [image.height, image.width])
  const large = sides.some(side => side > 0) ? picture.pad(image, sides, 0, 'constant') : image
  const [top, left] = middle(size, [large.height, large.width])
  return cropPicture(large, top, left, ...size)
}

/** The middle of an image (…, C, H, W), with zeros around a smaller one. */
export const center_crop_image = define('center_crop_image', ['image', 'output_size'], centerCropImage)

/** The middle of a video (…, T, C, H, W), with zeros around a smaller one. */
export const center_crop_video = define('center_crop_video', ['video', 'output_size'], centerCropImage)

/** The middle of a mask (…, H, W), with zeros around a smaller one. */
export const center_crop_mask = define(
  'center_crop_mask',
  ['mask', 'output_size'],
  (mask: Tensor, output_size: number | readonly number[]): Tensor =>
    withChannel(mask, x => centerCropImage(x, output_size)),
)

/** Points (…, 2) on the middle of the canvas, and its height and width. */
export const center_crop_keypoints = define(
  'center_crop_keypoints',
  ['inpt', 'canvas_size', 'output_size'],
  (inpt: Tensor, canvas_size: Size, output_size: number | readonly number[]): [Tensor, Size] => {
    const size = heightAndWidth(output_size)
    return crop_keypoints(inpt, ...middle(size, canvas_size), ...size)
  },
)

/** Boxes on the middle of the canvas, and its height and width. */
export const center_crop_bounding_boxes = define(
  'center_crop_bounding_boxes',
  ['bounding_boxes', 'format', 'canvas_size', 'output_size', 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    format: BoundingBoxFormat,
    canvas_size: Size,
    output_size: number | readonly number[],
    clamping_mode: ClampingMode = 'soft',
  ): [Tensor, Size] => {
    const size = heightAndWidth(output_size)
    return crop_bounding_boxes(bounding_boxes, format, ...middle(size, canvas_size), ...size, clamping_mode)
  },
)

function resizedCropImage(
  image: Tensor,
  top: number,
  left: number,
  height: number,
  width: number,
  size: NewSize,
  interpolation: ResizeMode = 'bilinear',
  antialias: boolean | null = true,
): Tensor {
  return resize_image(cropImage(image, top, left, height, width), size, interpolation, null, antialias)
}

/** `crop_image`, then `resize_image`. */
export const resized_crop_image = define(
  'resized_crop_image',
  ['image', ...rectangle, 'size', 'interpolation?', 'antialias?'],
  resizedCropImage,
)

/** `crop_video`, then `resize_video`. */
export const resized_crop_video = define(
  'resized_crop_video',
  ['video', ...rectangle, 'size', 'interpolation?', 'antialias?'],
  resizedCropImage,
)

/** `crop_mask`, then `resize_mask`. */
export const resized_crop_mask = define(
  'resized_crop_mask',
  ['mask', ...rectangle, 'size'],
  (mask: Tensor, top: number, left: number, height: number, width: number, size: NewSize): Tensor =>
    resize_mask(crop_mask(mask, top, left, height, width), size),
)

/** `crop_keypoints`, then `resize_keypoints`. */
export const resized_crop_keypoints = define(
  'resized_crop_keypoints',
  ['keypoints', ...rectangle, 'size'],
  (keypoints: Tensor, top: number, left: number, height: number, width: number, size: NewSize): [Tensor, Size] => {
    const [points, canvas] = crop_keypoints(keypoints, top, left, height, width)
    return resize_keypoints(points, size, canvas)
  },
)

/** `crop_bounding_boxes`, then `resize_bounding_boxes`. */
export const resized_crop_bounding_boxes = define(
  'resized_crop_bounding_boxes',
  ['bounding_boxes', 'format', ...rectangle, 'size', 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    format: BoundingBoxFormat,
    top: number,
    left: number,
    height: number,
    width: number,
    size: NewSize,
    clamping_mode: ClampingMode = 'soft',
  ): [Tensor, Size] => {
    const [boxes, canvas] = crop_bounding_boxes(bounding_boxes, format, top, left, height, width, clamping_mode)
    return resize_bounding_boxes(boxes, canvas, size, null, format, clamping_mode)
  },
)

interface Rectangle {
  top: number
  left: number
  height: number
  width: number
}

type RectangleArgs = [top: number, left: number, height: number, width: number]

/**
 * Cuts out the rectangle from `top`, `left`, with zeros where it lies outside: of pictures, tensors (…, C, H, W), masks, boxes
 * and points with their canvas.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.crop.html
 */
export const crop = dispatcher<RectangleArgs, [], Rectangle>('crop', ...rectangle)

registerKernels(crop, {
  image: cropImage,
  picture: cropPicture,
  mask: crop_mask,
  boxes: (x, { format, clamping_mode }, ...args: RectangleArgs) =>
    crop_bounding_boxes(x, format, ...args, clamping_mode),
  points: (x, _points, ...args: RectangleArgs) => crop_keypoints(x, ...args),
})

type OutputSize = number | readonly number[]

/**
 * Cuts out the middle, `[height, width]` or one number for both, with zeros around a smaller image: of pictures, tensors
 * (…, C, H, W), masks, boxes and points with their canvas.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.center_crop.html
 */
export const center_crop = dispatcher<[output_size: OutputSize], [], { output_size: OutputSize }>(
  'center_crop',
  'output_size',
)

registerKernels(center_crop, {
  image: centerCropImage,
  picture: centerCropPicture,
  mask: center_crop_mask,
  boxes: (x, { format, canvas_size, clamping_mode }, output_size: OutputSize) =>
    center_crop_bounding_boxes(x, format, canvas_size, output_size, clamping_mode),
  points: (x, { canvas_size }, output_size: OutputSize) => center_crop_keypoints(x, canvas_size, output_size),
})

interface ResizedCropOptions extends Rectangle {
  size: NewSize
  /** Default `bilinear`; masks always take the nearest pixels. */
  interpolation: ResizeMode
  /** Smooth what gets smaller; pictures always do. Default true. */
  antialias: boolean | null
}

/**
 * `crop`, then `resize` to `size`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.resized_crop.html
 */
export const resized_crop = dispatcher<
  [...RectangleArgs, size: NewSize],
  [interpolation: ResizeMode, antialias: boolean | null],
  ResizedCropOptions
>('resized_crop', ...rectangle, 'size', ['interpolation', 'bilinear'], ['antialias', true])

registerKernels(resized_crop, {
  image: resizedCropImage,
  picture: (
    image: Image,
    top: number,
    left: number,
    height: number,
    width: number,
    size: NewSize,
    interpolation: ResizeMode,
  ) => resizePicture(cropPicture(image, top, left, height, width), size, interpolation),
  mask: (mask: Tensor, top: number, left: number, height: number, width: number, size: NewSize) =>
    resized_crop_mask(mask, top, left, height, width, size),
  boxes: (x, { format, clamping_mode }, top: number, left: number, height: number, width: number, size: NewSize) =>
    resized_crop_bounding_boxes(x, format, top, left, height, width, size, clamping_mode),
  points: (x, _points, top: number, left: number, height: number, width: number, size: NewSize) =>
    resized_crop_keypoints(x, top, left, height, width, size),
})
