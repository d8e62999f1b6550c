/** Scaling: kernels of `resize`. */
import { callByName } from '../../../../_C/call.js'
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import { native } from '../../../../_C/native.js'
import { float32, float64, int8, int16, int32, int64, uint8 } from '../../../../dtype.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image } from '../../../image.js'
import { checkedSize } from '../../functional.js'
import { type InterpolationMode, interpolationMode } from '../../interpolation_mode.js'
import { type BoundingBoxFormat, type ClampingMode, convertFormat, isRotated, type Size } from './_boxes.js'
import { clampBoxes, rectangles } from './_boxes_rotated.js'
import { registerKernels } from './_geometry_register.js'
import { floats, withChannel } from './_geometry_shared.js'
import { dispatcher } from './_utils.js'

/** Height and width, or the shorter side as one number; null where `max_size` says it all. */
export type NewSize = number | readonly number[] | null

/** How a scaled image is made; `lanczos` only for tensors, and with `antialias`. */
export type ResizeMode = InterpolationMode | 'lanczos'

const wholes: ReadonlySet<unknown> = new Set([uint8, int8, int16, int32, int64])

/** The size that `size` and `max_size`, the most for the longer side, make of a canvas. */
export function resizedSize([height, width]: Size, size: NewSize, max_size: number | null): [number, number] {
  const asked = size === null ? null : checkedSize(size)
  const sides = typeof asked === 'number' ? [asked] : asked
  const [short, long] = width <= height ? [width, height] : [height, width]
  const turned = (a: number, b: number): [number, number] => (width <= height ? [b, a] : [a, b])
  if (sides === null) {
    if (!Number.isInteger(max_size))
      throw new ValueError(`max_size must be an integer when size is None, but got ${max_size} instead.`)
    return turned(Math.trunc((max_size! * short) / long), max_size!)
  }
  if (sides.length === 2) {
    if (max_size !== null)
      throw new ValueError(
        'max_size should only be passed if size is None or specifies the length of the smaller edge, ' +
          'i.e. size should be an int or a sequence of length 1',
      )
    return [sides[0]!, sides[1]!]
  }
  const newShort = sides[0]!
  const newLong = Math.trunc((newShort * long) / short)
  if (max_size === null) return turned(newShort, newLong)
  if (max_size <= newShort)
    throw new ValueError(
      `max_size = ${max_size} must be strictly greater than the requested size for the smaller edge size = ${newShort}`,
    )
  return newLong > max_size ? turned(Math.trunc((max_size * newShort) / newLong), max_size) : turned(newShort, newLong)
}

function checkedMode(mode: ResizeMode): ResizeMode {
  return mode === 'lanczos' ? mode : interpolationMode(mode)
}

/** Whether the operator takes bytes as they are, as torchvision decides it: without vectors floats are faster. */
function takesBytes(mode: ResizeMode): boolean {
  if (mode !== 'bilinear') return true
  return process.arch === 'arm64' || ['AVX2', 'AVX512'].includes(native.cpuCapability())
}

function interpolate(x: Tensor, size: Size, mode: ResizeMode, antialias: boolean): Tensor {
  if (mode === 'nearest') return callByName('aten::upsample_nearest2d', null, x, size) as Tensor
  if (mode === 'nearest-exact') return callByName('aten::_upsample_nearest_exact2d', null, x, size) as Tensor
  const kernel = antialias ? `aten::_upsample_${mode}2d_aa` : `aten::upsample_${mode}2d`
  return callByName(kernel, null, x, size, false) as Tensor
}

function resizeImage(
  image: Tensor,
  size: NewSize,
  mode: ResizeMode = 'bilinear',
  max_size: number | null = null,
  antialias: boolean | null = true,
): Tensor {
  checkedMode(mode)
  if (mode === 'lanczos' && !antialias) throw new ValueError('InterpolationMode.LANCZOS requires antialias=True')
  const { shape, dtype } = image
  const [channels, height, width] = shape.slice(-3) as [number, number, number]
  const wanted = resizedSize([height, width], size, max_size)
  if (wanted[0] === height && wanted[1] === width) return image
  const newShape = [...shape.slice(0, -2), ...wanted]
  if (image.numel() === 0) return image.reshape(newShape)
  const batch = image.reshape(-1, channels, height, width)
  if (dtype === float32 || dtype === float64 || (dtype === uint8 && takesBytes(mode)))
    return interpolate(batch, wanted, mode, antialias ?? false).reshape(newShape)
  let x = interpolate(batch.to(float32), wanted, mode, antialias ?? false)
  if (wholes.has(dtype)) x = x.round_()
  return x.to(dtype).reshape(newShape)
}

function resizeMask(
  mask: Tensor,
  size: NewSize,
  interpolation: ResizeMode = 'bilinear',
  max_size: number | null = null,
): Tensor {
  const mode = checkedMode(interpolation) === 'nearest-exact' ? 'nearest-exact' : 'nearest'
  return withChannel(mask, x => resizeImage(x, size, mode, max_size))
}

/** An image of Pillow's kind; the edges are always smoothed. */
export function resizePicture(
  image: Image,
  size: NewSize,
  mode: ResizeMode = 'bilinear',
  max_size: number | null = null,
): Image {
  const [height, width] = resizedSize([image.height, image.width], size, max_size)
  interpolationMode(mode as InterpolationMode)
  if (height === image.height && width === image.width) return image
  return image.resize([width, height], mode === 'nearest-exact' ? 'nearest' : (mode as 'nearest'))
}

const parameters = ['size', 'interpolation?', 'max_size?', 'antialias?'] as const

/** Scales an image (…, C, H, W); see `resize`. */
export const resize_image = define('resize_image', ['image', ...parameters], resizeImage)

/** Scales a video (…, T, C, H, W); see `resize`. */
export const resize_video = define('resize_video', ['video', ...parameters], resizeImage)

/** Scales a mask (…, H, W) to the nearest pixels, whatever the mode; see `resize`. */
export const resize_mask = define('resize_mask', ['mask', 'size', 'interpolation?', 'max_size?'], resizeMask)

/** Points (…, 2) on a scaled canvas, and its height and width. */
export const resize_keypoints = define(
  'resize_keypoints',
  ['keypoints', 'size', 'canvas_size', 'max_size?'],
  (keypoints: Tensor, size: NewSize, canvas_size: Size, max_size: number | null = null): [Tensor, Size] => {
    const [height, width] = resizedSize(canvas_size, size, max_size)
    if (height === canvas_size[0] && width === canvas_size[1]) return [keypoints, canvas_size]
    const ratios = floats([width / canvas_size[1], height / canvas_size[0]], keypoints)
    return [keypoints.mul(ratios).to(keypoints.dtype), [height, width]]
  },
)

/** Boxes on a scaled canvas, and its height and width. Turned ones stay rectangles. */
export const resize_bounding_boxes = define(
  'resize_bounding_boxes',
  ['bounding_boxes', 'canvas_size', 'size', 'max_size?', 'format?', 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    canvas_size: Size,
    size: NewSize,
    max_size: number | null = null,
    format: BoundingBoxFormat = 'XYXY',
    clamping_mode: ClampingMode = 'soft',
  ): [Tensor, Size] => {
    const [height, width] = resizedSize(canvas_size, size, max_size)
    if (height === canvas_size[0] && width === canvas_size[1]) return [bounding_boxes, canvas_size]
    const { dtype, shape } = bounding_boxes
    const ratio = [width / canvas_size[1], height / canvas_size[0]]
    if (!isRotated(format))
      return [bounding_boxes.mul(floats([...ratio, ...ratio], bounding_boxes)).to(dtype), [height, width]]
    const corners = convertFormat(bounding_boxes, format, 'XYXYXYXY').reshape(-1, 8)
    const ratios = floats([...ratio, ...ratio, ...ratio, ...ratio], bounding_boxes)
    const scaled = rectangles(corners.mul(ratios))
    const clamped = clampBoxes(scaled, 'XYXYXYXY', [height, width], clamping_mode)
    return [convertFormat(clamped, 'XYXYXYXY', format).to(dtype).reshape(shape), [height, width]]
  },
)

interface ResizeOptions {
  size: NewSize
  /** Default `bilinear`; masks always take the nearest pixels. */
  interpolation: ResizeMode
  /** The most for the longer side, where `size` is one number or null. Default: any. */
  max_size: number | null
  /** Smooth what gets smaller; pictures always do. Default true. */
  antialias: boolean | null
}

/**
 * Scales to `[height, width]`, or the shorter side to one number, or with null the longer one to `max_size`: pictures, tensors
 * (…, C, H, W), masks, boxes and points with their canvas.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.resize.html
 */
export const resize = dispatcher<
  [size: NewSize],
  [interpolation: ResizeMode, max_size: number | null, antialias: boolean | null],
  ResizeOptions
>('resize', 'size', ['interpolation', 'bilinear'], ['max_size', null], ['antialias', true])

registerKernels(resize, {
  image: resizeImage,
  picture: resizePicture,
  mask: resizeMask,
  boxes: (x, { format, canvas_size, clamping_mode }, size: NewSize, _mode: ResizeMode, max_size: number | null) =>
    resize_bounding_boxes(x, canvas_size, size, max_size, format, clamping_mode),
  points: (x, { canvas_size }, size: NewSize, _mode: ResizeMode, max_size: number | null) =>
    resize_keypoints(x, size, canvas_size, max_size),
})
