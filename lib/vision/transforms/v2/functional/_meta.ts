/** What inputs are like: sizes, channels, frames. */
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import type { Tensor } from '../../../../tensor.js'
import { type BoundingBoxFormat, type ClampingMode, clampPoints, convertFormat, type Size } from './_boxes.js'
import { clampBoxes } from './_boxes_rotated.js'

/** @throws {TypeError} for fewer than two dimensions */
function sizeOf(x: Tensor): [height: number, width: number] {
  if (x.dim() < 2) throw new TypeError(`Input tensor should have at least two dimensions, but got ${x.dim()}`)
  return [x.size(-2), x.size(-1)]
}

/** `[height, width]` of (…, H, W). */
export const get_size_image = define('get_size_image', ['image'], sizeOf)

/** `[height, width]` of (…, T, C, H, W). */
export const get_size_video = define('get_size_video', ['video'], sizeOf)

/** `[height, width]` of (…, H, W). */
export const get_size_mask = define('get_size_mask', ['mask'], sizeOf)

function channelsOf(x: Tensor): number {
  sizeOf(x)
  return x.dim() === 2 ? 1 : x.size(-3)
}

/** How many channels (…, C, H, W) has; (H, W) has one. */
export const get_num_channels_image = define('get_num_channels_image', ['image'], channelsOf)

/** How many channels (…, T, C, H, W) has. */
export const get_num_channels_video = define('get_num_channels_video', ['video'], channelsOf)

const dimensionsOf = (x: Tensor): [channels: number, height: number, width: number] => [channelsOf(x), ...sizeOf(x)]

/** `[channels, height, width]` of (…, C, H, W) or (H, W). */
export const get_dimensions_image = define('get_dimensions_image', ['image'], dimensionsOf)

/** `[channels, height, width]` of (…, T, C, H, W). */
export const get_dimensions_video = define('get_dimensions_video', ['video'], dimensionsOf)

/** How many frames (…, T, C, H, W) has. */
export const get_num_frames_video = define('get_num_frames_video', ['video'], (video: Tensor): number => video.size(-4))

/** From `old_format` to `new_format`. */
export const convert_bounding_box_format = define(
  'convert_bounding_box_format',
  ['inpt', 'old_format?', 'new_format?', 'inplace?'],
  (
    inpt: Tensor,
    old_format: BoundingBoxFormat | null = null,
    new_format: BoundingBoxFormat | null = null,
    inplace = false,
  ): Tensor => {
    if (new_format === null)
      throw new TypeError("convert_bounding_box_format() missing 1 required argument: 'new_format'")
    if (old_format === null) throw new ValueError('For pure tensor inputs, `old_format` has to be passed.')
    return convertFormat(inpt, old_format, new_format, inplace)
  },
)

/** Cuts boxes to the canvas. */
export const clamp_bounding_boxes = define(
  'clamp_bounding_boxes',
  ['inpt', 'format?', 'canvas_size?', 'clamping_mode?'],
  (
    inpt: Tensor,
    format: BoundingBoxFormat | null = null,
    canvas_size: Size | null = null,
    clamping_mode: ClampingMode | 'auto' = 'auto',
  ): Tensor => {
    if (format === null || canvas_size === null || clamping_mode === 'auto')
      throw new ValueError('For pure tensor inputs, `format`, `canvas_size` and `clamping_mode` have to be passed.')
    return clampBoxes(inpt, format, canvas_size, clamping_mode)
  },
)

/** Moves points to the nearest pixel of the canvas. */
export const clamp_keypoints = define(
  'clamp_keypoints',
  ['inpt', 'canvas_size?'],
  (inpt: Tensor, canvas_size: Size | null = null): Tensor => {
    if (canvas_size === null) throw new ValueError('For pure tensor inputs, `canvas_size` has to be passed.')
    return clampPoints(inpt, canvas_size)
  },
)
