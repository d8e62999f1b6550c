/** Turned boxes cut to the canvas; and rectangles made of what a warp leaves of them. */
import { atan2, cat, max, min, ones_like, stack, where, zeros_like } from '../../../../_generated/torch.js'
import { float32, float64, int64 } from '../../../../dtype.js'
import { slice } from '../../../../slice.js'
import type { Tensor } from '../../../../tensor.js'
import {
  type BoundingBoxFormat,
  type ClampingMode,
  clampUnrotated,
  convertFormat,
  isRotated,
  type Size,
} from './_boxes.js'

const xs = (boxes: Tensor): Tensor => boxes.at('...', slice(0, null, 2))
const ys = (boxes: Tensor): Tensor => boxes.at('...', slice(1, null, 2))

/** Where the corners (N, 8) must come from so that the leftmost is the first; of two, the upper one. */
function leftmostFirst(boxes: Tensor): Tensor {
  const [x, y] = [xs(boxes), ys(boxes)]
  const largest = (values: Tensor) => values.abs().max(1, true)[0]
  const [, first] = y
    .div(largest(y))
    .add(x.div(largest(x)).mul(100))
    .min(1)
  const steps = ones_like(boxes)
  steps.select(-1, 0).copy_(first.mul(2))
  return steps.cumsum_(1).remainder_(8).to(int64)
}

/** Slopes and intercepts (N, 4) of the lines through a corner and the next. */
function linesOf(boxes: Tensor): [slope: Tensor, intercept: Tensor] {
  const [x, y] = [xs(boxes), ys(boxes)]
  const toNext = (values: Tensor) => values.diff({ append: values.narrow(-1, 0, 1) })
  const slope = toNext(y).div(toNext(x))
  return [slope, y.sub(slope.mul(x))]
}

/** The corners (N, 8) where a line meets the one before. */
function cornersOf(slope: Tensor, intercept: Tensor): Tensor {
  const fromLast = (values: Tensor) => values.diff({ prepend: values.narrow(-1, 3, 1) })
  const x = fromLast(intercept).neg().div(fromLast(slope))
  const y = slope.mul(x).add(intercept)
  return cat([x.unsqueeze(-1), y.unsqueeze(-1)], -1).view(slope.size(0), 8)
}

/** The intercepts (N, 4) of the lines of a box inside the canvas and the original box. */
function clampedIntercepts(boxes: Tensor, original: Tensor, [height, width]: Size, mode: ClampingMode): Tensor {
  const [slopes, intercepts] = linesOf(boxes)
  const [a1, a2, a3, a4] = slopes.unbind(-1) as [Tensor, Tensor, Tensor, Tensor]
  let [b1, b2, b3, b4] = intercepts.unbind(-1) as [Tensor, Tensor, Tensor, Tensor]
  const [low1, low2, high1, high2] = linesOf(original)[1].unbind(-1) as [Tensor, Tensor, Tensor, Tensor]
  b1 = b2.clamp(b1, b3).clamp(0, height)
  b4 = b3.clamp(b2, b4).clamp(0, height)
  const inside1 = (b: Tensor) => b.clamp(low1, high1)
  const inside2 = (b: Tensor) => b.clamp(low2, high2)
  if (mode !== 'hard') return stack([inside1(b1), inside2(b2), inside1(b3), inside2(b4)], -1)
  const middle = b1.add(b4).div(2)
  // The largest box: the lines at the top must not pass y = 0 and x = width, those below y = height and x = width.
  const above = [
    middle.mul(a2).div(a1),
    b3.mul(a2).div(a3),
    a1.sub(a2).mul(width).add(middle),
    a3.sub(a2).mul(width).add(b3),
  ]
  b2 = max(stack(above, 1), 1)[0].clamp(null, b2)
  const fromBelow = (slope: Tensor, b: Tensor) => {
    const ratio = a3.div(slope)
    return ratio.neg().add(1).mul(height).add(b.mul(a3).div(slope))
  }
  const below = [
    fromBelow(a4, middle),
    fromBelow(a2, b2),
    a2.sub(a3).mul(width).add(b2),
    a4.sub(a3).mul(width).add(middle),
  ]
  b3 = min(stack(below, 1), 1)[0].clamp(b3)
  const both = inside2(inside1(middle))
  return stack([both, inside2(b2), inside1(b3), both], -1)
}

/** Boxes (N, 8), the leftmost corner first, with nothing left of x = 0. */
function clampLeft(boxes: Tensor, original: Tensor, canvas: Size, mode: ClampingMode): Tensor {
  const [slopes] = linesOf(boxes)
  const [x1, y1, x2, y2, x3, y3, x4, y4] = boxes.unbind(-1) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ]
  const cut = cornersOf(slopes, clampedIntercepts(boxes, original, canvas, mode))
  const upright = boxes.clone()
  upright.select(-1, 0).clamp_(0)
  upright.select(-1, 6).clamp_(0)
  const isCut = x1.lt(0).logical_and(cut.isnan().any(-1).logical_not())
  const isUpright = y1.isclose(y2).logical_or(y3.isclose(y4))
  const outside = x1.le(0).logical_and(x2.le(0)).logical_and(x3.le(0)).logical_and(x4.le(0))
  const isGone = outside
    .logical_or(y1.isclose(y4))
    .logical_or(y2.isclose(y3))
    .logical_or(isUpright.logical_and(x1.isclose(x2)))
  const pick = (condition: Tensor, yes: Tensor, no: Tensor) => where(condition.unsqueeze(1).expand(-1, 8), yes, no)
  return pick(isGone, zeros_like(boxes), pick(isUpright, upright, pick(isCut, cut, boxes)))
}

/**
 * Turned boxes cut to the canvas with their angle kept. `soft` gives the smallest box around what lies on the canvas, `hard`
 * the largest one inside it.
 */
export function clampRotated(boxes: Tensor, format: BoundingBoxFormat, canvas: Size, mode: ClampingMode): Tensor {
  let [height, width] = canvas
  let x = convertFormat(boxes.clone(), format, 'XYXYXYXY', true).reshape(-1, 8)
  let original = x.clone()
  const quarterTurn = (t: Tensor) => stack([ys(t), xs(t).neg().add(width)], -1).flatten(1)
  // One side of the canvas after the other comes to lie on the left.
  for (let side = 0; side < 4; side++) {
    const order = leftmostFirst(x)
    x = clampLeft(x.gather(1, order), original.gather(1, order), [height, width], mode)
    // torchvision orders the corners back by the same indices; so they stay where those lead.
    x = x.gather(1, order)
    original = original.gather(1, order).gather(1, order)
    ;[x, original] = [quarterTurn(x), quarterTurn(original)]
    ;[height, width] = [width, height]
  }
  return convertFormat(x, 'XYXYXYXY', format, true).reshape(boxes.shape)
}

/** Boxes cut to the canvas, by `mode`; null leaves them as they are. The result is a new tensor. */
export function clampBoxes(boxes: Tensor, format: BoundingBoxFormat, canvas: Size, mode: ClampingMode): Tensor {
  if (mode === null) return boxes.clone()
  return isRotated(format) ? clampRotated(boxes, format, canvas, mode) : clampUnrotated(boxes, format, canvas)
}

/** Rectangles of parallelograms (…, 8): the longer diagonal stays, the other two corners move. */
export function rectangles(parallelograms: Tensor): Tensor {
  const { dtype, shape } = parallelograms
  const t = dtype === float32 || dtype === float64 ? parallelograms : parallelograms.to(float32)
  const [x1, y1, x2, y2, x3, y3, x4, y4] = t.unbind(-1) as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ]
  const [cx, cy] = [x1.add(x3).div(2), y1.add(y3).div(2)]
  const length = (x: Tensor, y: Tensor) => x.sub(x1).pow(2).add(y.sub(y1).pow(2)).sqrt()
  const [across, down] = [length(x2, y2), length(x4, y4)]
  const angleAcross = atan2(y1.sub(y2), x2.sub(x1))
  const angleDown = atan2(y1.sub(y4), x4.sub(x1))
  const between = angleAcross.sub(angleDown)
  const [cosBetween, sinBetween] = [between.cos(), between.sin()]
  const sign = where(between.gt(Math.PI / 2), -1, 1)
  const [wider, taller] = [across.gt(down), down.gt(across)]
  const w = where(taller, across.mul(sinBetween), across.add(down.mul(cosBetween).mul(sign))).div(2)
  const h = where(wider, down.mul(sinBetween), down.add(across.mul(cosBetween).mul(sign))).div(2)
  const angle = where(taller, angleDown.add(Math.PI / 2), angleAcross)
  const [cos, sin] = [angle.cos(), angle.sin()]
  const [wc, ws, hc, hs] = [w.mul(cos), w.mul(sin), h.mul(cos), h.mul(sin)]
  const corners = [
    cx.sub(wc).sub(hs),
    cy.sub(hc).add(ws),
    cx.add(wc).sub(hs),
    cy.sub(hc).sub(ws),
    cx.add(wc).add(hs),
    cy.add(hc).sub(ws),
    cx.sub(wc).add(hs),
    cy.add(hc).add(ws),
  ]
  return stack(corners, -1).reshape(shape).to(dtype)
}
