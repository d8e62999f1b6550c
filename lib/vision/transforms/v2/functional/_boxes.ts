/** Boxes and points as plain tensors: from one format to another, and cut to the canvas. */
import { ValueError } from '../../../../_C/errors.js'
import { atan2 } from '../../../../_generated/torch.js'
import { float32, float64 } from '../../../../dtype.js'
import { slice } from '../../../../slice.js'
import type { Tensor } from '../../../../tensor.js'
import type { BoundingBoxFormat, CanvasSize as Size } from '../../../tv_tensors/index.js'

export type { BoundingBoxFormat, CanvasSize as Size, ClampingMode } from '../../../tv_tensors/index.js'

type Format = BoundingBoxFormat

/** True for the formats with an angle or four corners. */
export const isRotated = (format: Format): boolean =>
  format === 'XYWHR' || format === 'CXCYWHR' || format === 'XYXYXYXY'

/** How many numbers a box has. */
export const widthOf = (format: Format): number => (format === 'XYXYXYXY' ? 8 : isRotated(format) ? 5 : 4)

/** Column `i` of the last dimension, a view. */
const column = (boxes: Tensor, i: number): Tensor => boxes.select(-1, i)

/** Halves; of whole numbers the lower. */
const halved = (x: Tensor): Tensor => x.div(2, { rounding_mode: x.is_floating_point() ? null : 'floor' })

function xywhToXyxy(boxes: Tensor): Tensor {
  boxes.narrow(-1, 2, 2).add_(boxes.narrow(-1, 0, 2))
  return boxes
}

function xyxyToXywh(boxes: Tensor): Tensor {
  boxes.narrow(-1, 2, 2).sub_(boxes.narrow(-1, 0, 2))
  return boxes
}

function xywhToCxcywh(boxes: Tensor): Tensor {
  boxes.narrow(-1, 0, 2).add_(halved(boxes.narrow(-1, 2, 2)))
  return boxes
}

/** From the centre to `corner` and size, or to both corners; whole numbers are cut from float32 ones. */
function fromCentre(boxes: Tensor, corners: boolean): Tensor {
  const floats = boxes.is_floating_point()
  const x = floats ? boxes : boxes.float()
  const [place, size] = [x.narrow(-1, 0, 2), x.narrow(-1, 2, 2)]
  place.sub_(size.div(2))
  if (corners) {
    size.add_(place)
    return floats ? x : boxes.copy_(x)
  }
  if (floats) return x
  // What is left between the corners once both have been cut.
  const end = place.add(size).to(boxes.dtype)
  boxes.copy_(x)
  boxes.narrow(-1, 2, 2).copy_(end.sub(boxes.narrow(-1, 0, 2)))
  return boxes
}

function xyxyToCxcywh(boxes: Tensor): Tensor {
  const [place, size] = [boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2)]
  size.sub_(place)
  place.copy_(halved(place.mul(2).add(size)))
  return boxes
}

/** Cosine and sine of the angle in degrees that column 4 is. */
function turnOf(boxes: Tensor): [cos: Tensor, sin: Tensor] {
  const radians = column(boxes, 4).mul(Math.PI).div(180)
  return [radians.cos(), radians.sin()]
}

/** Moves the place by half the size along the turned axes: `sign` 1 from the corner to the centre, -1 back. */
function moveByHalf(boxes: Tensor, sign: 1 | -1): Tensor {
  const size = boxes.narrow(-1, 2, 2)
  const half = size.div(-2, { rounding_mode: size.is_floating_point() ? null : 'floor' }).abs_()
  const [w, h] = [column(half, 0), column(half, 1)]
  const [cos, sin] = turnOf(boxes)
  const [x, y] = [column(boxes, 0), column(boxes, 1)]
  if (sign > 0) {
    x.add_(w.mul(cos)).add_(h.mul(sin))
    y.sub_(w.mul(sin)).add_(h.mul(cos))
  } else {
    x.sub_(w.mul(cos)).sub_(h.mul(sin))
    y.add_(w.mul(sin)).sub_(h.mul(cos))
  }
  return boxes
}

function xywhrToCorners(boxes: Tensor): Tensor {
  const [w, h] = [column(boxes, 2), column(boxes, 3)]
  const [cos, sin] = turnOf(boxes)
  const corners = boxes.narrow(-1, 0, 2).tile([1, 4])
  column(corners, 2).add_(w.mul(cos))
  column(corners, 3).sub_(w.mul(sin))
  column(corners, 4).add_(w.mul(cos).add(h.mul(sin)))
  column(corners, 5).sub_(w.mul(sin).sub(h.mul(cos)))
  column(corners, 6).add_(h.mul(sin))
  column(corners, 7).add_(h.mul(cos))
  return corners
}

function cornersToXywhr(boxes: Tensor): Tensor {
  const { dtype } = boxes
  const x = dtype === float32 || dtype === float64 ? boxes : boxes.to(float32)
  const angle = atan2(column(x, 1).sub(column(x, 3)), column(x, 2).sub(column(x, 0)))
  const [first, second, third] = [x.narrow(-1, 0, 2), x.narrow(-1, 2, 2), x.narrow(-1, 4, 2)]
  third.sub_(second)
  second.sub_(first)
  const length = (side: Tensor) => column(side, 0).pow(2).add(column(side, 1).pow(2)).sqrt()
  column(x, 2).copy_(length(second))
  column(x, 3).copy_(length(third))
  column(x, 4).copy_(angle.div_(Math.PI).mul_(180))
  return x.to(dtype).narrow(-1, 0, 5)
}

/** `boxes` (…, K) in another format: in the same memory where `inplace` allows and the width stays, else in a new one. */
export function convertFormat(boxes: Tensor, from: Format, to: Format, inplace = false): Tensor {
  if (from === to) return boxes
  if (isRotated(from) !== isRotated(to))
    throw new ValueError('Cannot convert between rotated and unrotated bounding boxes.')
  let x = inplace ? boxes : boxes.clone()
  if (from === 'XYWH' && to === 'CXCYWH') return xywhToCxcywh(x)
  if (from === 'CXCYWH' && to === 'XYWH') return fromCentre(x, false)
  if (from === 'XYWH') x = xywhToXyxy(x)
  else if (from === 'CXCYWH') x = fromCentre(x, true)
  else if (from === 'CXCYWHR') x = moveByHalf(x, -1)
  else if (from === 'XYXYXYXY') x = cornersToXywhr(x)
  if (to === 'XYWH') return xyxyToXywh(x)
  if (to === 'CXCYWH') return xyxyToCxcywh(x)
  if (to === 'CXCYWHR') return moveByHalf(x, 1)
  if (to === 'XYXYXYXY') return xywhrToCorners(x)
  return x
}

/** Boxes without a turn, cut to the canvas. */
export function clampUnrotated(boxes: Tensor, format: Format, [height, width]: Size): Tensor {
  const x = boxes.is_floating_point() ? boxes.clone() : boxes.float()
  const corners = convertFormat(x, format, 'XYXY', true)
  corners.at('...', slice(0, null, 2)).clamp_(0, width)
  corners.at('...', slice(1, null, 2)).clamp_(0, height)
  return convertFormat(corners, 'XYXY', format, true).to(boxes.dtype)
}

/** Points (…, 2) moved to the nearest pixel of the canvas. */
export function clampPoints(points: Tensor, [height, width]: Size): Tensor {
  const x = points.is_floating_point() ? points.clone() : points.float()
  column(x, 0).clamp_(0, width - 1)
  column(x, 1).clamp_(0, height - 1)
  return x.to(points.dtype)
}
