/** Affine moves: what they are made of, and where they take images, points and boxes. */
import { ValueError } from '../../../../_C/errors.js'
import { tensor } from '../../../../_creation.js'
import { empty, linspace } from '../../../../_generated/torch.js'
import { float32 } from '../../../../dtype.js'
import type { Tensor } from '../../../../tensor.js'
import { checkSequence, type Fill } from '../../_geometry_arguments.js'
import type { InterpolationMode } from '../../interpolation_mode.js'
import { type BoundingBoxFormat, type ClampingMode, convertFormat, isRotated, type Size } from './_boxes.js'
import { clampBoxes, rectangles } from './_boxes_rotated.js'
import { boxesAround, checkSampling, fourCorners, gridDtype, homogeneous, sample } from './_geometry_shared.js'

/** `[x, y]` in pixels. */
type Pair = readonly [x: number, y: number]

/** Degrees along x and y, or one number: along x as a number, along both in an array. */
export type Shear = number | readonly number[]

/** What an affine transform is made of: degrees with the clock, pixels, a factor, degrees. */
export interface Move {
  angle: number
  translate: Pair
  scale: number
  shear: Pair
}

export function moveOf(angle: number, translate: readonly number[], scale: number, shear: Shear): Move {
  if (typeof angle !== 'number') throw new TypeError('Argument angle should be int or float')
  checkSequence(translate, 'Argument translate', 2)
  if (!(scale > 0)) throw new ValueError('Argument scale should be positive')
  const shears = typeof shear === 'number' ? [shear, 0] : shear
  checkSequence(shears, 'Shear', 1, 2)
  return { angle, translate: [translate[0]!, translate[1]!], scale, shear: [shears[0]!, shears[1] ?? shears[0]!] }
}

export const turnBy = (angle: number): Move => ({ angle, translate: [0, 0], scale: 1, shear: [0, 0] })

/** Two rows of three: from pixels to where they go, or `inverted` from pixels to where they come from. */
export function matrixOf({ angle, translate, scale, shear }: Move, [cx, cy]: Pair, inverted = true): number[] {
  const radians = (degrees: number) => degrees * (Math.PI / 180)
  const [turn, sx, sy] = [radians(angle), radians(shear[0]), radians(shear[1])]
  const [cos, tan] = [Math.cos(sy), Math.tan(sx)]
  const [x, y] = [cx + translate[0], cy + translate[1]]
  const a = Math.cos(turn - sy) / cos
  const b = -(a * tan + Math.sin(turn))
  const c = Math.sin(turn - sy) / cos
  const d = Math.cos(turn) - c * tan
  if (!inverted) {
    const m = [a * scale, b * scale, c * scale, d * scale] as const
    return [m[0], m[1], x - m[0] * cx - m[1] * cy, m[2], m[3], y - m[2] * cx - m[3] * cy]
  }
  const m = [d / scale, -b / scale, -c / scale, a / scale] as const
  return [m[0], m[1], cx - m[0] * x - m[1] * y, m[2], m[3], cy - m[2] * x - m[3] * y]
}

/** What holds the whole turned canvas. Float32, and 1e-4 that do not count, as torchvision has it. */
function expandedSize(matrix: readonly number[], [height, width]: Size): [height: number, width: number] {
  const [x, y] = [0.5 * width, 0.5 * height]
  const corners = [
    [-x, -y, 1],
    [-x, y, 1],
    [x, y, 1],
    [x, -y, 1],
  ]
  const theta = tensor(matrix, { dtype: float32 }).view(2, 3)
  const points = tensor(corners, { dtype: float32 }).matmul(theta.t())
  const half = tensor([x, y], { dtype: float32 })
  const cut = (t: Tensor) =>
    t
      .add(half)
      .mul(1 / 1e-4)
      .trunc_()
      .mul_(1e-4)
  const size = cut(points.amax(0))
    .ceil_()
    .sub(cut(points.amin(0)).floor_())
  const [newWidth, newHeight] = size.tolist() as [number, number]
  return [newHeight, newWidth]
}

/** `image` through `matrix`, which is about the middle. */
export function warp(
  image: Tensor,
  matrix: number[],
  mode: InterpolationMode,
  fill: Fill | null,
  expand: boolean,
): Tensor {
  checkSampling(image, mode, fill)
  const { device } = image
  const [height, width] = [image.size(-2), image.size(-1)]
  const [newHeight, newWidth] = expand ? expandedSize(matrix, [height, width]) : [height, width]
  const dtype = gridDtype(image)
  const base = empty([1, newHeight, newWidth, 3], { dtype, device })
  const along = (size: number) => linspace((1 - size) * 0.5, (size - 1) * 0.5, size, { device })
  base.select(-1, 0).copy_(along(newWidth))
  base.select(-1, 1).copy_(along(newHeight).unsqueeze_(-1))
  base.select(-1, 2).fill_(1)
  const theta = tensor(matrix, { dtype, device }).reshape(1, 2, 3).transpose(1, 2)
  const scaled = theta.div(tensor([0.5 * width, 0.5 * height], { dtype, device }))
  const grid = base.view(1, newHeight * newWidth, 3).bmm(scaled)
  return sample(image, grid.view(1, newHeight, newWidth, 2), mode, fill)
}

/** `center` from the middle of the image. */
export function fromMiddle(image: Tensor, center: readonly number[] | null): Pair {
  if (center === null) return [0, 0]
  checkSequence(center, 'Argument center', 2)
  return [center[0]! - image.size(-1) * 0.5, center[1]! - image.size(-2) * 0.5]
}

/** `center` in pixels of the canvas. */
export function fromCorner([height, width]: Size, center: readonly number[] | null): Pair {
  if (center === null) return [width * 0.5, height * 0.5]
  checkSequence(center, 'Argument center', 2)
  return [center[0]!, center[1]!]
}

/** The way of points (N, 2) there, and with `expand` onto the canvas that holds all of it. */
function wayOf(move: Move, canvas: Size, center: readonly number[] | null, expand: boolean, like: Tensor) {
  const { dtype, device } = like
  const middle = fromCorner(canvas, center)
  const theta = tensor(matrixOf(move, middle, false), { dtype, device })
    .reshape(2, 3)
    .t()
  const there = (points: Tensor): Tensor => homogeneous(points, dtype).matmul(theta)
  if (!expand) return { there, origin: null, size: canvas }
  const [height, width] = canvas
  const corners = [
    [0, 0],
    [0, height],
    [width, height],
    [width, 0],
  ]
  const origin = there(tensor(corners, { dtype, device })).amin(0, true)
  return { there, origin, size: expandedSize(matrixOf(move, middle), canvas) }
}

export function movePoints(
  keypoints: Tensor,
  canvas: Size,
  move: Move,
  center: readonly number[] | null,
  expand: boolean,
): [Tensor, Size] {
  if (keypoints.numel() === 0) return [keypoints, canvas]
  const x = keypoints.is_floating_point() ? keypoints : keypoints.float()
  const { there, origin, size } = wayOf(move, canvas, center, expand, x)
  const moved = there(x.reshape(-1, 2))
  return [(origin ? moved.sub(origin) : moved).reshape(keypoints.shape).to(keypoints.dtype), size]
}

export function moveBoxes(
  boxes: Tensor,
  format: BoundingBoxFormat,
  canvas: Size,
  move: Move,
  center: readonly number[] | null,
  expand: boolean,
  clamping: ClampingMode,
): [Tensor, Size] {
  if (boxes.numel() === 0) return [boxes, canvas]
  const rotated = isRotated(format)
  const between = rotated ? 'XYXYXYXY' : 'XYXY'
  const x = boxes.is_floating_point() ? boxes.clone() : boxes.float()
  const corners = convertFormat(x, format, between, true).reshape(-1, rotated ? 8 : 4)
  const { there, origin, size } = wayOf(move, canvas, center, expand, x)
  const points = there((rotated ? corners : fourCorners(corners)).reshape(-1, 2))
  let moved = rotated ? rectangles(points.reshape(-1, 8)) : boxesAround(points.reshape(-1, 4, 2))
  if (origin) moved = moved.sub(origin.repeat(1, rotated ? 4 : 2))
  const clamped = clampBoxes(moved, between, size, clamping)
  return [convertFormat(clamped, between, format, true).reshape(boxes.shape).to(boxes.dtype), size]
}
