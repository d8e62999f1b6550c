/** Boxes and points from one format to another, cut to the image, and sorted out. */

import { typeName } from '../../../../_C/args.js'
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import type { Tensor } from '../../../../tensor.js'
import { boundingBoxFormat } from '../../../tv_tensors/bounding_boxes.js'
import {
  BoundingBoxes,
  type BoundingBoxFormat,
  type CanvasSize,
  type ClampingMode,
  KeyPoints,
  wrap,
} from '../../../tv_tensors/index.js'
import { clampPoints, convertFormat } from './_boxes.js'
import { clampBoxes } from './_boxes_rotated.js'
import { is_pure_tensor, plain } from './_utils.js'

type Format = BoundingBoxFormat | Lowercase<BoundingBoxFormat>

function wrongType(kind: string, inpt: unknown): TypeError {
  return new TypeError(`Input can either be a plain tensor or a ${kind} tv_tensor, but got ${typeName(inpt)} instead.`)
}

/** Boxes in `new_format`; `old_format` is that of a plain tensor, `BoundingBoxes` know theirs. */
export const convert_bounding_box_format = define(
  'convert_bounding_box_format',
  ['inpt', 'old_format?', 'new_format?', 'inplace?'],
  (inpt: Tensor, old_format: Format | null = null, new_format: Format | null = null, inplace = false): Tensor => {
    if (new_format === null)
      throw new TypeError("convert_bounding_box_format() missing 1 required argument: 'new_format'")
    const to = boundingBoxFormat(new_format)
    if (is_pure_tensor(inpt)) {
      if (old_format === null) throw new ValueError('For pure tensor inputs, `old_format` has to be passed.')
      return convertFormat(inpt, boundingBoxFormat(old_format), to, inplace)
    }
    if (!(inpt instanceof BoundingBoxes)) throw wrongType('bounding box', inpt)
    if (old_format !== null) throw new ValueError('For bounding box tv_tensor inputs, `old_format` must not be passed.')
    return wrap(convertFormat(plain(inpt), inpt.format, to, inplace), { like: inpt, format: to })
  },
)

/**
 * Boxes cut to the image. Turned ones keep their angle: `soft` gives the smallest box around what lies in the image, `hard`
 * the largest inside it; `auto` is what the boxes say.
 */
export const clamp_bounding_boxes = define(
  'clamp_bounding_boxes',
  ['inpt', 'format?', 'canvas_size?', 'clamping_mode?'],
  (
    inpt: Tensor,
    format: Format | null = null,
    canvas_size: CanvasSize | null = null,
    clamping_mode: ClampingMode | 'auto' = 'auto',
  ): Tensor => {
    if (clamping_mode !== null && !['soft', 'hard', 'auto'].includes(clamping_mode))
      throw new ValueError(`clamping_mode must be soft, hard, auto or None, got ${clamping_mode}`)
    if (is_pure_tensor(inpt)) {
      if (format === null || canvas_size === null || clamping_mode === 'auto')
        throw new ValueError('For pure tensor inputs, `format`, `canvas_size` and `clamping_mode` have to be passed.')
      return clampBoxes(inpt, boundingBoxFormat(format), canvas_size, clamping_mode)
    }
    if (!(inpt instanceof BoundingBoxes)) throw wrongType('bounding box', inpt)
    if (format !== null || canvas_size !== null)
      throw new ValueError('For bounding box tv_tensor inputs, `format` and `canvas_size` must not be passed.')
    const mode = clamping_mode === 'auto' ? inpt.clamping_mode : clamping_mode
    return wrap(clampBoxes(plain(inpt), inpt.format, inpt.canvas_size, mode), { like: inpt })
  },
)

/** Points moved to the nearest pixel of the image. */
export const clamp_keypoints = define(
  'clamp_keypoints',
  ['inpt', 'canvas_size?'],
  (inpt: Tensor, canvas_size: CanvasSize | null = null): Tensor => {
    if (is_pure_tensor(inpt)) {
      if (canvas_size === null) throw new ValueError('For pure tensor inputs, `canvas_size` has to be passed.')
      return clampPoints(inpt, canvas_size)
    }
    if (!(inpt instanceof KeyPoints)) throw wrongType('keypoints', inpt)
    if (canvas_size !== null) throw new ValueError('For keypoints tv_tensor inputs, `canvas_size` must not be passed.')
    return wrap(clampPoints(plain(inpt), inpt.canvas_size), { like: inpt })
  },
)

/** Which boxes lie in the image and are large enough; booleans (N). @internal */
export function validBoxes(
  boxes: Tensor,
  from: BoundingBoxFormat,
  canvas: CanvasSize,
  size: number,
  area: number,
): Tensor {
  const rotated = from === 'XYWHR' || from === 'CXCYWHR' || from === 'XYXYXYXY'
  const corners = convertFormat(plain(boxes), from, rotated ? 'XYXYXYXY' : 'XYXY')
  const column = (i: number) => corners.select(-1, i)
  const between = (a: number, b: number) => column(a).sub(column(b))
  const length = (x: Tensor, y: Tensor) => x.pow(2).add(y.pow(2)).sqrt()
  // The third difference mixes y and x as torchvision's does.
  const widths = rotated ? length(between(0, 2), between(1, 3)) : between(2, 0)
  const heights = rotated ? length(between(3, 5), between(4, 6)) : between(3, 1)
  let valid = widths
    .ge(size)
    .logical_and(heights.ge(size))
    .logical_and(corners.ge(0).all(-1))
    .logical_and(widths.mul(heights).ge(area))
  const [height, width] = canvas
  const lastOfX = rotated ? [0, 2, 4, 6] : [0, 2]
  for (const i of lastOfX) valid = valid.logical_and(column(i).le(width)).logical_and(column(i + 1).le(height))
  return valid
}

/**
 * The boxes that lie in the image, no side shorter than `min_size` and no smaller than `min_area`; and which they are,
 * booleans (N). A plain tensor needs `format` and `canvas_size`.
 */
export const sanitize_bounding_boxes = define(
  'sanitize_bounding_boxes',
  ['bounding_boxes', 'format?', 'canvas_size?', 'min_size?', 'min_area?'],
  (
    bounding_boxes: Tensor,
    format: Format | null = null,
    canvas_size: CanvasSize | null = null,
    min_size = 1,
    min_area = 1,
  ): [boxes: Tensor, valid: Tensor] => {
    if (is_pure_tensor(bounding_boxes)) {
      if (format === null || canvas_size === null)
        throw new ValueError(
          'format and canvas_size cannot be None if bounding_boxes is a pure tensor. ' +
            'Set those to appropriate values or pass bounding_boxes as a tv_tensors.BoundingBoxes object.',
        )
      const valid = validBoxes(bounding_boxes, boundingBoxFormat(format), canvas_size, min_size, min_area)
      return [bounding_boxes.at(valid), valid]
    }
    if (!(bounding_boxes instanceof BoundingBoxes))
      throw new ValueError('bounding_boxes must be a tv_tensors.BoundingBoxes instance or a pure tensor.')
    if (format !== null || canvas_size !== null)
      throw new ValueError(
        'format and canvas_size must be None when bounding_boxes is a tv_tensors.BoundingBoxes instance.',
      )
    const valid = validBoxes(bounding_boxes, bounding_boxes.format, bounding_boxes.canvas_size, min_size, min_area)
    return [wrap(bounding_boxes.at(valid), { like: bounding_boxes }), valid]
  },
)

/** Which points, or groups of them, lie in the image; booleans (N). @internal */
export function validPoints(points: Tensor, [height, width]: CanvasSize): Tensor {
  const [x, y] = [points.select(-1, 0), points.select(-1, 1)]
  const valid = x.ge(0).logical_and(x.lt(width)).logical_and(y.ge(0)).logical_and(y.lt(height))
  return valid.dim() > 1 ? valid.flatten(1).all(1) : valid
}

/** The points, or groups of points, that lie in the image; and which they are, booleans (N). */
export const sanitize_keypoints = define(
  'sanitize_keypoints',
  ['key_points', 'canvas_size?'],
  (key_points: Tensor, canvas_size: CanvasSize | null = null): [points: Tensor, valid: Tensor] => {
    if (is_pure_tensor(key_points)) {
      if (canvas_size === null)
        throw new ValueError(
          'canvas_size cannot be None if key_points is a pure tensor. ' +
            'Set it to an appropriate value or pass key_points as a tv_tensors.KeyPoints object.',
        )
      const valid = validPoints(key_points, canvas_size)
      return [key_points.at(valid), valid]
    }
    if (!(key_points instanceof KeyPoints))
      throw new ValueError('key_points must be a tv_tensors.KeyPoints instance or a pure tensor.')
    if (canvas_size !== null)
      throw new ValueError('canvas_size must be None when key_points is a tv_tensors.KeyPoints instance.')
    const valid = validPoints(key_points, key_points.canvas_size)
    return [wrap(key_points.at(valid), { like: key_points }), valid]
  },
)
