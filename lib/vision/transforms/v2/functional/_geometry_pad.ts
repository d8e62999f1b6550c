/** Adding pixels around: kernels of `pad`. */
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import { tensor } from '../../../../_creation.js'
import { slice } from '../../../../slice.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image } from '../../../image.js'
import { type Fill, fillOf, type PaddingMode, paddingMode, sidesOf } from '../../_geometry_arguments.js'
import * as picture from '../../_geometry_image.js'
import * as T from '../../_geometry_tensor.js'
import { type BoundingBoxFormat, type ClampingMode, type Size, widthOf } from './_boxes.js'
import { clampBoxes } from './_boxes_rotated.js'
import { registerKernels } from './_geometry_register.js'
import { withChannel } from './_geometry_shared.js'
import { dispatcher } from './_utils.js'

/** Pixels for all sides; for left and right, top and bottom; or for left, top, right and bottom. */
export type Padding = number | readonly number[]

type Sides = readonly [left: number, top: number, right: number, bottom: number]

/** `image` (…, C, H, W) with one number around it. */
export function padWith(image: Tensor, sides: Sides, fill: number, mode: PaddingMode): Tensor {
  const { shape } = image
  // Counted, since -1 means nothing for an image without pixels.
  const batch = shape.slice(0, -3).reduce((product, size) => product * size, 1)
  const padded = T.pad(image.reshape(batch, ...shape.slice(-3)), sides, fill, mode)
  return padded.reshape(...shape.slice(0, -2), ...padded.shape.slice(-2))
}

function padColours(image: Tensor, sides: Sides, colours: readonly number[]): Tensor {
  const [left, top, right, bottom] = sides
  const output = padWith(image, sides, 0, 'constant')
  const colour = tensor(colours, { device: image.device }).to(image.dtype).reshape(-1, 1, 1)
  if (top > 0) output.setAt(['...', slice(top), slice()], colour)
  if (left > 0) output.setAt(['...', slice(left)], colour)
  if (bottom > 0) output.setAt(['...', slice(-bottom, null), slice()], colour)
  if (right > 0) output.setAt(['...', slice(-right, null)], colour)
  return output
}

function padImage(
  image: Tensor,
  padding: Padding,
  fill: Fill | null = null,
  padding_mode: PaddingMode = 'constant',
): Tensor {
  const sides = sidesOf(padding)
  paddingMode(padding_mode)
  const colours = fillOf(fill) ?? 0
  if (typeof colours === 'number') return padWith(image, sides, colours, padding_mode)
  if (colours.length === 1) return padWith(image, sides, colours[0]!, padding_mode)
  if (padding_mode !== 'constant')
    throw new ValueError(`Padding mode '${padding_mode}' is not supported if fill is not scalar`)
  return padColours(image, sides, colours)
}

function padMask(
  mask: Tensor,
  padding: Padding,
  fill: Fill | null = null,
  padding_mode: PaddingMode = 'constant',
): Tensor {
  if (Array.isArray(fill)) throw new ValueError('Non-scalar fill value is not supported')
  return withChannel(mask, x => padImage(x, padding, fill, padding_mode))
}

const parameters = ['padding', 'fill?', 'padding_mode?'] as const

/** Pads an image (…, C, H, W); see `pad`. */
export const pad_image = define('pad_image', ['image', ...parameters], padImage)

/** Pads a video (…, T, C, H, W); see `pad`. */
export const pad_video = define('pad_video', ['video', ...parameters], padImage)

/** Pads a mask (…, H, W); see `pad`. */
export const pad_mask = define('pad_mask', ['mask', ...parameters], padMask)

/** The canvas with `padding` around it. @throws {ValueError} for modes that mirror, which would need more boxes or points */
function padCanvas([height, width]: Size, padding: Padding, mode: PaddingMode, what: string): [Sides, Size] {
  if (mode !== 'constant') throw new ValueError(`Padding mode '${mode}' is not supported with ${what}`)
  const sides = sidesOf(padding)
  const [left, top, right, bottom] = sides
  return [sides, [height + top + bottom, width + left + right]]
}

/** Points (…, 2) on a padded canvas, and its height and width. */
export const pad_keypoints = define(
  'pad_keypoints',
  ['keypoints', 'canvas_size', 'padding', 'padding_mode?'],
  (keypoints: Tensor, canvas_size: Size, padding: Padding, padding_mode: PaddingMode = 'constant'): [Tensor, Size] => {
    const [[left, top], size] = padCanvas(canvas_size, padding, padding_mode, 'KeyPoints')
    const { dtype, device } = keypoints
    return [keypoints.add(tensor([left, top], { dtype, device })), size]
  },
)

/** How far the numbers of a box go when the canvas moves by `x` and `y`. */
export function shift(boxes: Tensor, format: BoundingBoxFormat, x: number, y: number): Tensor {
  const places = format === 'XYXYXYXY' ? 4 : format === 'XYXY' ? 2 : 1
  const numbers = Array.from({ length: widthOf(format) }, (_, i) => (i >= 2 * places ? 0 : i % 2 ? y : x))
  return tensor(numbers, { dtype: boxes.dtype, device: boxes.device })
}

/** Boxes on a padded canvas, and its height and width. */
export const pad_bounding_boxes = define(
  'pad_bounding_boxes',
  ['bounding_boxes', 'format', 'canvas_size', 'padding', 'padding_mode?', 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    format: BoundingBoxFormat,
    canvas_size: Size,
    padding: Padding,
    padding_mode: PaddingMode = 'constant',
    clamping_mode: ClampingMode = 'soft',
  ): [Tensor, Size] => {
    const [[left, top], size] = padCanvas(canvas_size, padding, padding_mode, 'bounding boxes')
    const moved = bounding_boxes.add(shift(bounding_boxes, format, left, top))
    return [clampBoxes(moved, format, size, clamping_mode), size]
  },
)

interface PadOptions {
  padding: Padding
  /** What `constant` adds: a number, or for images one for each channel. Default 0. */
  fill: Fill | null
  /** Default `constant`, the only one for boxes and points. */
  padding_mode: PaddingMode
}

/**
 * Adds `padding` pixels on all sides; on left and right, top and bottom; or on the left, top, right and bottom. Negative
 * padding cuts. Of pictures, tensors (…, C, H, W), masks, boxes and points with their canvas.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.pad.html
 */
export const pad = dispatcher<[padding: Padding], [fill: Fill | null, padding_mode: PaddingMode], PadOptions>(
  'pad',
  'padding',
  ['fill', null],
  ['padding_mode', 'constant'],
)

registerKernels(pad, {
  image: padImage,
  picture: (image: Image, padding: Padding, fill: Fill | null, padding_mode: PaddingMode) =>
    picture.pad(image, sidesOf(padding), fillOf(fill), paddingMode(padding_mode)),
  mask: padMask,
  boxes: (x, { format, canvas_size, clamping_mode }, padding: Padding, _fill: Fill | null, padding_mode: PaddingMode) =>
    pad_bounding_boxes(x, format, canvas_size, padding, padding_mode, clamping_mode),
  points: (x, { canvas_size }, padding: Padding, _fill: Fill | null, padding_mode: PaddingMode) =>
    pad_keypoints(x, canvas_size, padding, padding_mode),
})
