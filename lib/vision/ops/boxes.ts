/** Boxes: https://docs.pytorch.org/vision/stable/ops.html */
import { define } from '../../_C/callable.js'
import { valueError } from '../../_C/raise.js'
import * as torch from '../../_generated/torch.js'
import { bool, float32, float64, int32, int64 } from '../../dtype.js'
import { unique } from '../../functional.js'
import { slice } from '../../slice.js'
import type { Tensor } from '../../tensor.js'
import { callVision } from './_call.js'

/** Corners; a corner and a size; a centre and a size. */
export type BoxFormat = 'xyxy' | 'xywh' | 'cxcywh'

const FORMATS: readonly string[] = ['xyxy', 'xywh', 'cxcywh']

/** Products of half precision or small integers would overflow. */
function upcast(t: Tensor): Tensor {
  if (t.is_floating_point()) return t.dtype === float32 || t.dtype === float64 ? t : t.float()
  return t.dtype === int32 || t.dtype === int64 ? t : t.int()
}

/** Column `i` of the last dimension. */
const column = (boxes: Tensor, i: number): Tensor => boxes.select(-1, i)
/** Every pair of the boxes of two sets: [..., N, 1, 2] and [..., 1, M, 2]. */
const rowsOf = (part: Tensor): Tensor => part.unsqueeze(-2)
const columnsOf = (part: Tensor): Tensor => part.unsqueeze(-3)

/** Two corners [..., 2] each. */
function corners(boxes: Tensor, fmt: string): [low: Tensor, high: Tensor] {
  const [first, second] = [boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2)]
  if (fmt === 'xyxy') return [first, second]
  if (fmt === 'xywh') return [first, first.add(second)]
  const half = second.div(2)
  return [first.sub(half), first.add(half)]
}

/**
 * Keeps, from the highest score down, the boxes that overlap no kept one by more than `iou_threshold`. `boxes` (N, 4) as
 * corners, `scores` (N); the result are indices, int64.
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.nms.html
 */
export const nms = define(
  'nms',
  ['boxes', 'scores', 'iou_threshold'],
  (boxes: Tensor, scores: Tensor, iou_threshold: number): Tensor =>
    callVision('nms', boxes, scores, iou_threshold) as Tensor,
)

/** Beyond so many numbers the classes go one by one, as in torchvision. */
const MANY = 4000

/**
 * `nms` among the boxes of each class: `idxs` (N) tells the classes.
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.batched_nms.html
 */
export const batched_nms = define(
  'batched_nms',
  ['boxes', 'scores', 'idxs', 'iou_threshold'],
  (boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: number): Tensor => {
    if (boxes.numel() === 0) return torch.empty([0], { dtype: int64, device: boxes.device })
    if (boxes.numel() <= MANY) {
      // Each class is moved to where no other's boxes are.
      const offsets = idxs.to(boxes).mul(boxes.max().add(1))
      return nms(boxes.add(offsets.unsqueeze(1)), scores, iou_threshold)
    }
    const kept = torch.zeros_like(scores, { dtype: bool })
    for (const id of (unique(idxs) as Tensor).unbind()) {
      const mine = idxs.eq(id).nonzero().squeeze(1)
      kept.setAt([mine.at(nms(boxes.at(mine), scores.at(mine), iou_threshold))], true)
    }
    const indices = kept.nonzero().squeeze(1)
    return indices.at(scores.at(indices).sort(-1, true)[1])
  },
)

/**
 * Indices of the boxes whose sides are all at least `min_size`.
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.remove_small_boxes.html
 */
export const remove_small_boxes = define(
  'remove_small_boxes',
  ['boxes', 'min_size'],
  (boxes: Tensor, min_size: number): Tensor => {
    const [low, high] = corners(boxes, 'xyxy')
    return high.sub(low).ge(min_size).all(-1).nonzero().squeeze(1)
  },
)

/**
 * Moves what is outside an image of `size` (height, width) to its border.
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.clip_boxes_to_image.html
 */
export const clip_boxes_to_image = define(
  'clip_boxes_to_image',
  ['boxes', 'size'],
  (boxes: Tensor, size: readonly [number, number]): Tensor => {
    const [height, width] = size
    const x = boxes.at('...', slice(0, null, 2)).clamp(0, width)
    const y = boxes.at('...', slice(1, null, 2)).clamp(0, height)
    return torch.stack([x, y], boxes.dim()).reshape(boxes.shape)
  },
)

/**
 * Boxes (..., 4) in another format.
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.box_convert.html
 *
 * @throws {ValueError} for a format that is none of `xyxy`, `xywh` and `cxcywh`
 */
export const box_convert = define(
  'box_convert',
  ['boxes', 'in_fmt', 'out_fmt'],
  (boxes: Tensor, in_fmt: BoxFormat, out_fmt: BoxFormat): Tensor => {
    if (!FORMATS.includes(in_fmt) || !FORMATS.includes(out_fmt))
      throw valueError(`Unsupported Bounding Box Conversions for given in_fmt ${in_fmt} and out_fmt ${out_fmt}`)
    if (in_fmt === out_fmt) return boxes.clone()
    const [low, high] = in_fmt === 'cxcywh' ? centred(boxes) : corners(boxes, in_fmt)
    if (out_fmt === 'xyxy') return torch.cat([low, high], -1)
    const size = high.sub(low)
    return torch.cat([out_fmt === 'xywh' ? low : low.add(high).div(2), size], -1)
  },
)

/** Corners from centres, rounded as torchvision's conversion does. */
function centred(boxes: Tensor): [low: Tensor, high: Tensor] {
  const [middle, half] = [boxes.narrow(-1, 0, 2), boxes.narrow(-1, 2, 2).mul(0.5)]
  return [middle.sub(half), middle.add(half)]
}

/**
 * Areas (...) of boxes (..., 4).
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.box_area.html
 */
export const box_area = define('box_area', ['boxes', 'fmt?'], (boxes: Tensor, fmt: BoxFormat = 'xyxy'): Tensor => {
  if (!FORMATS.includes(fmt)) throw valueError(`Unsupported Bounding Box area for given format ${fmt}`)
  const wide = upcast(boxes)
  if (fmt !== 'xyxy') return column(wide, 2).mul(column(wide, 3))
  return column(wide, 2)
    .sub(column(wide, 0))
    .mul(column(wide, 3).sub(column(wide, 1)))
})

const product = (size: Tensor): Tensor => column(size, 0).mul(column(size, 1))

function intersectionAndUnion(boxes1: Tensor, boxes2: Tensor, fmt: BoxFormat): [inter: Tensor, union: Tensor] {
  const [low1, high1] = corners(boxes1, fmt)
  const [low2, high2] = corners(boxes2, fmt)
  const low = torch.maximum(rowsOf(low1), columnsOf(low2))
  const high = torch.minimum(rowsOf(high1), columnsOf(high2))
  const inter = product(upcast(high.sub(low)).clamp(0))
  const areas = box_area(boxes1, fmt).unsqueeze(-1).add(box_area(boxes2, fmt).unsqueeze(-2))
  return [inter, areas.sub(inter)]
}

/** Width and height [..., N, M, 2] of the smallest boxes that hold a pair. */
function enclosing(boxes1: Tensor, boxes2: Tensor): Tensor {
  const [low1, high1] = corners(boxes1, 'xyxy')
  const [low2, high2] = corners(boxes2, 'xyxy')
  const low = torch.minimum(rowsOf(low1), columnsOf(low2))
  const high = torch.maximum(rowsOf(high1), columnsOf(high2))
  return upcast(high.sub(low)).clamp(0)
}

/**
 * Intersection over union of every pair: (..., N, 4) and (..., M, 4) give (..., N, M). With `fmt` `cxcywhr` boxes are (N, 5):
 * centre, size and degrees.
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.box_iou.html
 */
export const box_iou = define(
  'box_iou',
  ['boxes1', 'boxes2', 'fmt?'],
  (boxes1: Tensor, boxes2: Tensor, fmt: BoxFormat | 'cxcywhr' = 'xyxy'): Tensor => {
    if (fmt === 'cxcywhr') return callVision('box_iou_rotated', boxes1, boxes2) as Tensor
    if (!FORMATS.includes(fmt)) throw valueError(`Unsupported format '${fmt}'`)
    const [inter, union] = intersectionAndUnion(boxes1, boxes2, fmt)
    return inter.div(union)
  },
)

/** https://docs.pytorch.org/vision/stable/generated/torchvision.ops.generalized_box_iou.html */
export const generalized_box_iou = define(
  'generalized_box_iou',
  ['boxes1', 'boxes2'],
  (boxes1: Tensor, boxes2: Tensor): Tensor => {
    const [inter, union] = intersectionAndUnion(boxes1, boxes2, 'xyxy')
    const area = product(enclosing(boxes1, boxes2))
    return inter.div(union).sub(area.sub(union).div(area))
  },
)

function distanceIou(boxes1: Tensor, boxes2: Tensor, eps: number): [diou: Tensor, iou: Tensor] {
  const iou = box_iou(boxes1, boxes2)
  const size = enclosing(boxes1, boxes2)
  const diagonal = column(size, 0).pow(2).add(column(size, 1).pow(2)).add(eps)
  const centre = (boxes: Tensor, i: number): Tensor =>
    column(boxes, i)
      .add(column(boxes, i + 2))
      .div(2)
  const apart = (i: number): Tensor =>
    upcast(centre(boxes1, i).unsqueeze(-1).sub(centre(boxes2, i).unsqueeze(-2))).pow(2)
  return [iou.sub(apart(0).add(apart(1)).div(diagonal)), iou]
}

/** https://docs.pytorch.org/vision/stable/generated/torchvision.ops.distance_box_iou.html */
export const distance_box_iou = define(
  'distance_box_iou',
  ['boxes1', 'boxes2', 'eps?'],
  (boxes1: Tensor, boxes2: Tensor, eps = 1e-7): Tensor => distanceIou(upcast(boxes1), upcast(boxes2), eps)[0],
)

/**
 * The boxes (N, 4) around what is not zero in masks (N, H, W); zeros for an empty mask.
 *
 * https://docs.pytorch.org/vision/stable/generated/torchvision.ops.masks_to_boxes.html
 */
export const masks_to_boxes = define('masks_to_boxes', ['masks'], (masks: Tensor): Tensor => {
  if (masks.numel() === 0) return torch.zeros([0, 4], { device: masks.device, dtype: float32 })
  const [, height, width] = masks.shape as unknown as [number, number, number]
  const seen = masks.to(bool)
  const rows = seen.any(2).float()
  const columns = seen.any(1).float()
  const last = (size: number, line: Tensor): Tensor =>
    line
      .flip([1])
      .argmax(1)
      .neg()
      .add(size - 1)
  const boxes = torch.stack([columns.argmax(1), rows.argmax(1), last(width, columns), last(height, rows)], 1).float()
  return boxes.mul(seen.flatten(1).any(1).unsqueeze(1))
})
