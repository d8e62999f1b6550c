/** Turning, moving, scaling and shearing: kernels of `affine` and `rotate`. */
import { define } from '../../../../_C/callable.js'
import { rot90 } from '../../../../_generated/torch.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image } from '../../../image.js'
import type { Fill } from '../../_geometry_arguments.js'
import * as picture from '../../_geometry_image.js'
import { type InterpolationMode, interpolationMode } from '../../interpolation_mode.js'
import type { BoundingBoxFormat, ClampingMode, Size } from './_boxes.js'
import {
  fromCorner,
  fromMiddle,
  type Move,
  matrixOf,
  moveBoxes,
  moveOf,
  movePoints,
  type Shear,
  turnBy,
  warp,
} from './_geometry_moves.js'
import { registerKernels } from './_geometry_register.js'
import { withChannel } from './_geometry_shared.js'
import { dispatcher } from './_utils.js'

export type { Shear } from './_geometry_moves.js'

function affineImage(
  image: Tensor,
  angle: number,
  translate: readonly number[],
  scale: number,
  shear: Shear,
  interpolation: InterpolationMode = 'nearest',
  fill: Fill | null = null,
  center: readonly number[] | null = null,
): Tensor {
  const move = moveOf(angle, translate, scale, shear)
  return warp(image, matrixOf(move, fromMiddle(image, center)), interpolation, fill, false)
}

/** An image of Pillow's kind. */
function affinePicture(
  image: Image,
  angle: number,
  translate: readonly number[],
  scale: number,
  shear: Shear,
  interpolation: InterpolationMode = 'nearest',
  fill: Fill | null = null,
  center: readonly number[] | null = null,
): Image {
  interpolationMode(interpolation)
  const matrix = matrixOf(moveOf(angle, translate, scale, shear), fromCorner([image.height, image.width], center))
  return picture.warp(image, image.size, matrix, interpolation, fill)
}

const moves = ['angle', 'translate', 'scale', 'shear'] as const

/** Turns, moves, scales and shears an image (…, C, H, W); see `affine`. */
export const affine_image = define(
  'affine_image',
  ['image', ...moves, 'interpolation?', 'fill?', 'center?'],
  affineImage,
)

/** Turns, moves, scales and shears a video (…, T, C, H, W); see `affine`. */
export const affine_video = define(
  'affine_video',
  ['video', ...moves, 'interpolation?', 'fill?', 'center?'],
  affineImage,
)

/** Turns, moves, scales and shears a mask (…, H, W), to the nearest pixels; see `affine`. */
export const affine_mask = define(
  'affine_mask',
  ['mask', ...moves, 'fill?', 'center?'],
  (
    mask: Tensor,
    angle: number,
    translate: readonly number[],
    scale: number,
    shear: Shear,
    fill: Fill | null = null,
    center: readonly number[] | null = null,
  ): Tensor => withChannel(mask, x => affineImage(x, angle, translate, scale, shear, 'nearest', fill, center)),
)

/** Turned, moved, scaled and sheared points (…, 2), and the canvas, which stays. */
export const affine_keypoints = define(
  'affine_keypoints',
  ['keypoints', 'canvas_size', ...moves, 'center?'],
  (
    keypoints: Tensor,
    canvas_size: Size,
    angle: number,
    translate: readonly number[],
    scale: number,
    shear: Shear,
    center: readonly number[] | null = null,
  ): [Tensor, Size] => movePoints(keypoints, canvas_size, moveOf(angle, translate, scale, shear), center, false),
)

/** Turned, moved, scaled and sheared boxes: what lies around unturned ones, rectangles of turned ones. */
export const affine_bounding_boxes = define(
  'affine_bounding_boxes',
  ['bounding_boxes', 'format', 'canvas_size', ...moves, 'center?', 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    format: BoundingBoxFormat,
    canvas_size: Size,
    angle: number,
    translate: readonly number[],
    scale: number,
    shear: Shear,
    center: readonly number[] | null = null,
    clamping_mode: ClampingMode = 'soft',
  ): Tensor => {
    const move = moveOf(angle, translate, scale, shear)
    return moveBoxes(bounding_boxes, format, canvas_size, move, center, false, clamping_mode)[0]
  },
)

function rotateImage(
  image: Tensor,
  angle: number,
  interpolation: InterpolationMode = 'nearest',
  expand = false,
  center: readonly number[] | null = null,
  fill: Fill | null = null,
): Tensor {
  if (typeof angle !== 'number') throw new TypeError('Argument angle should be int or float')
  const turn = ((angle % 360) + 360) % 360
  if (center === null) {
    if (turn === 0) return image.clone()
    if (turn === 180) return rot90(image, 2, [-2, -1])
    if ((turn === 90 || turn === 270) && (expand || image.size(-1) === image.size(-2)))
      return rot90(image, turn / 90, [-2, -1])
  }
  return warp(image, matrixOf(turnBy(-turn), fromMiddle(image, center)), interpolation, fill, expand)
}

/** Turns an image (…, C, H, W); see `rotate`. */
export const rotate_image = define(
  'rotate_image',
  ['image', 'angle', 'interpolation?', 'expand?', 'center?', 'fill?'],
  rotateImage,
)

/** Turns a video (…, T, C, H, W); see `rotate`. */
export const rotate_video = define(
  'rotate_video',
  ['video', 'angle', 'interpolation?', 'expand?', 'center?', 'fill?'],
  rotateImage,
)

/** Turns a mask (…, H, W), to the nearest pixels; see `rotate`. */
export const rotate_mask = define(
  'rotate_mask',
  ['mask', 'angle', 'expand?', 'center?', 'fill?'],
  (
    mask: Tensor,
    angle: number,
    expand = false,
    center: readonly number[] | null = null,
    fill: Fill | null = null,
  ): Tensor => withChannel(mask, x => rotateImage(x, angle, 'nearest', expand, center, fill)),
)

/** Turned points (…, 2), and the height and width of their canvas. */
export const rotate_keypoints = define(
  'rotate_keypoints',
  ['keypoints', 'canvas_size', 'angle', 'expand?', 'center?'],
  (
    keypoints: Tensor,
    canvas_size: Size,
    angle: number,
    expand = false,
    center: readonly number[] | null = null,
  ): [Tensor, Size] => movePoints(keypoints, canvas_size, turnBy(-angle), center, expand),
)

/** Turned boxes, and the height and width of their canvas. */
export const rotate_bounding_boxes = define(
  'rotate_bounding_boxes',
  ['bounding_boxes', 'format', 'canvas_size', 'angle', 'expand?', 'center?', 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    format: BoundingBoxFormat,
    canvas_size: Size,
    angle: number,
    expand = false,
    center: readonly number[] | null = null,
    clamping_mode: ClampingMode = 'soft',
  ): [Tensor, Size] => moveBoxes(bounding_boxes, format, canvas_size, turnBy(-angle), center, expand, clamping_mode),
)

type Center = readonly number[] | null

interface AffineOptions extends Omit<Move, 'translate' | 'shear'> {
  translate: readonly number[]
  shear: Shear
  /** `nearest`, `bilinear`, or for pictures `bicubic`. Default `nearest`; masks always take the nearest pixels. */
  interpolation: InterpolationMode
  /** What comes from outside. */
  fill: Fill | null
  /** `[x, y]` in pixels. Default: the middle. */
  center: Center
}

type AffineArgs = [angle: number, translate: readonly number[], scale: number, shear: Shear]

/**
 * Turns by `angle` degrees with the clock about `center`, moves by `translate` pixels, `[x, y]`, scales, and shears by degrees
 * along x and y; the size stays. Of pictures, tensors (…, C, H, W), masks, boxes and points.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.affine.html
 */
export const affine = dispatcher<
  AffineArgs,
  [interpolation: InterpolationMode, fill: Fill | null, center: Center],
  AffineOptions
>('affine', ...moves, ['interpolation', 'nearest'], ['fill', null], ['center', null])

registerKernels(affine, {
  image: affineImage,
  picture: affinePicture,
  mask: (
    mask: Tensor,
    angle: number,
    translate: readonly number[],
    scale: number,
    shear: Shear,
    _mode: InterpolationMode,
    fill: Fill | null,
    center: Center,
  ) => affine_mask(mask, angle, translate, scale, shear, fill, center),
  boxes: (
    x,
    { format, canvas_size, clamping_mode },
    ...args: [...AffineArgs, InterpolationMode, Fill | null, Center]
  ) => moveBoxes(x, format, canvas_size, moveOf(args[0], args[1], args[2], args[3]), args[6], false, clamping_mode),
  points: (x, { canvas_size }, ...args: [...AffineArgs, InterpolationMode, Fill | null, Center]) =>
    movePoints(x, canvas_size, moveOf(args[0], args[1], args[2], args[3]), args[6], false),
})

interface RotateOptions {
  angle: number
  /** `nearest`, `bilinear`, or for pictures `bicubic`. Default `nearest`; masks always take the nearest pixels. */
  interpolation: InterpolationMode
  /** Grow to hold the whole image. Default false. */
  expand: boolean
  /** `[x, y]` in pixels. Default: the middle. */
  center: Center
  /** What comes from outside. */
  fill: Fill | null
}

/**
 * Turns by `angle` degrees against the clock about `center`: pictures, tensors (…, C, H, W), masks, boxes and points.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.rotate.html
 */
export const rotate = dispatcher<
  [angle: number],
  [interpolation: InterpolationMode, expand: boolean, center: Center, fill: Fill | null],
  RotateOptions
>('rotate', 'angle', ['interpolation', 'nearest'], ['expand', false], ['center', null], ['fill', null])

registerKernels(rotate, {
  image: rotateImage,
  picture: (
    image: Image,
    angle: number,
    interpolation: InterpolationMode,
    expand: boolean,
    center: Center,
    fill: Fill | null,
  ) => picture.rotate(image, angle, interpolationMode(interpolation), expand, center, fill),
  mask: (mask: Tensor, angle: number, _mode: InterpolationMode, expand: boolean, center: Center, fill: Fill | null) =>
    rotate_mask(mask, angle, expand, center, fill),
  boxes: (
    x,
    { format, canvas_size, clamping_mode },
    angle: number,
    _mode: InterpolationMode,
    expand: boolean,
    center: Center,
  ) => rotate_bounding_boxes(x, format, canvas_size, angle, expand, center, clamping_mode),
  points: (x, { canvas_size }, angle: number, _mode: InterpolationMode, expand: boolean, center: Center) =>
    rotate_keypoints(x, canvas_size, angle, expand, center),
})
