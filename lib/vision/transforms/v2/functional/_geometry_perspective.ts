/** Seen from elsewhere: kernels of `perspective`. */
import { define } from '../../../../_C/callable.js'
import { TorchError, ValueError } from '../../../../_C/errors.js'
import { tensor } from '../../../../_creation.js'
import { empty, linspace } from '../../../../_generated/torch.js'
import type { dtype } from '../../../../dtype.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image } from '../../../image.js'
import { perspectiveCoefficients } from '../../_functional_geometry.js'
import type { Fill } from '../../_geometry_arguments.js'
import * as picture from '../../_geometry_image.js'
import { type InterpolationMode, interpolationMode } from '../../interpolation_mode.js'
import { type BoundingBoxFormat, type ClampingMode, convertFormat, isRotated, type Size } from './_boxes.js'
import { clampBoxes, rectangles } from './_boxes_rotated.js'
import { registerKernels } from './_geometry_register.js'
import {
  boxesAround,
  checkSampling,
  fourCorners,
  gridDtype,
  homogeneous,
  sample,
  withChannel,
} from './_geometry_shared.js'
import { dispatcher } from './_utils.js'

/** Four corners `[x, y]` from the top left with the clock; null where there are coefficients. */
export type Corners = readonly (readonly number[])[] | null

/** `(x, y) → ((ax + by + c) / (gx + hy + 1), (dx + ey + f) / (gx + hy + 1))`, from where a pixel goes to where it was. */
type Coefficients = readonly [number, number, number, number, number, number, number, number]

function coefficientsOf(start: Corners, end: Corners, coefficients: readonly number[] | null): Coefficients {
  if (coefficients === null) {
    if (start === null || end === null)
      throw new ValueError('Either the startpoints/endpoints or the coefficients must have non `None` values.')
    return perspectiveCoefficients(start, end) as readonly number[] as Coefficients
  }
  if (start !== null && end !== null)
    throw new ValueError("The startpoints/endpoints and the coefficients shouldn't be defined concurrently.")
  if (coefficients.length !== 8) throw new ValueError('Argument coefficients should have 8 float values')
  return coefficients as Coefficients
}

/** What is above and below the fraction bar, (2, 3) each, for `points.matmul(theta.t())`. */
function fraction([a, b, c, d, e, f, g, h]: Coefficients, type: dtype): [above: Tensor, below: Tensor] {
  const rows = (values: number[][]) => tensor(values, { dtype: type })
  return [
    rows([
      [a, b, c],
      [d, e, f],
    ]),
    rows([
      [g, h, 1],
      [g, h, 1],
    ]),
  ]
}

function perspectiveImage(
  image: Tensor,
  startpoints: Corners,
  endpoints: Corners,
  interpolation: InterpolationMode = 'bilinear',
  fill: Fill | null = null,
  coefficients: readonly number[] | null = null,
): Tensor {
  const numbers = coefficientsOf(startpoints, endpoints, coefficients)
  checkSampling(image, interpolation, fill)
  const [height, width] = [image.size(-2), image.size(-1)]
  const type = gridDtype(image)
  const base = empty([1, height, width, 3], { dtype: type })
  const along = (size: number) => linspace(0.5, size - 0.5, size, { dtype: type })
  base.select(-1, 0).copy_(along(width))
  base.select(-1, 1).copy_(along(height).unsqueeze_(-1))
  base.select(-1, 2).fill_(1)
  const pixels = base.view(1, height * width, 3)
  const [above, below] = fraction(numbers, type).map(theta => theta.unsqueeze(0).transpose(1, 2)) as [Tensor, Tensor]
  const scaled = pixels.bmm(above.div(tensor([0.5 * width, 0.5 * height], { dtype: type })))
  const grid = scaled.div_(pixels.bmm(below)).sub_(1)
  return sample(image, grid.view(1, height, width, 2).to(image.device), interpolation, fill)
}

/** An image of Pillow's kind. */
export function perspectivePicture(
  image: Image,
  startpoints: Corners,
  endpoints: Corners,
  interpolation: InterpolationMode = 'bilinear',
  fill: Fill | null = null,
  coefficients: readonly number[] | null = null,
): Image {
  const numbers = coefficientsOf(startpoints, endpoints, coefficients)
  return picture.warp(image, image.size, numbers, interpolationMode(interpolation), fill)
}

/** Where points (N, 2) go: the coefficients the other way round. */
function movePoints(points: Tensor, [a, b, c, d, e, f, g, h]: Coefficients, what: string): Tensor {
  const bottom = a * e - b * d
  if (bottom === 0)
    throw new TorchError(
      `Provided perspective_coeffs [${[a, b, c, d, e, f, g, h].join(', ')}] can not be inverted to transform ${what}. ` +
        'Denominator is zero, denom=0',
    )
  const inverse = [
    (e - f * h) / bottom,
    (-b + c * h) / bottom,
    (b * f - c * e) / bottom,
    (-d + f * g) / bottom,
    (a - c * g) / bottom,
    (-a * f + c * d) / bottom,
    (-e * g + d * h) / bottom,
    (-a * h + b * g) / bottom,
  ] as const
  const type = gridDtype(points)
  const [above, below] = fraction(inverse, type).map(theta => theta.t().to(points.device)) as [Tensor, Tensor]
  const x = homogeneous(points.to(type), type)
  return x.matmul(above).div_(x.matmul(below))
}

const parameters = ['startpoints', 'endpoints', 'interpolation?', 'fill?', 'coefficients?'] as const

/** Shows an image (…, C, H, W) from elsewhere; see `perspective`. */
export const perspective_image = define('perspective_image', ['image', ...parameters], perspectiveImage)

/** Shows a video (…, T, C, H, W) from elsewhere; see `perspective`. */
export const perspective_video = define('perspective_video', ['video', ...parameters], perspectiveImage)

/** Shows a mask (…, H, W) from elsewhere, by its nearest pixels; see `perspective`. */
export const perspective_mask = define(
  'perspective_mask',
  ['mask', 'startpoints', 'endpoints', 'fill?', 'coefficients?'],
  (
    mask: Tensor,
    startpoints: Corners,
    endpoints: Corners,
    fill: Fill | null = null,
    coefficients: readonly number[] | null = null,
  ): Tensor => withChannel(mask, x => perspectiveImage(x, startpoints, endpoints, 'nearest', fill, coefficients)),
)

/** Points (…, 2) seen from elsewhere. */
export const perspective_keypoints = define(
  'perspective_keypoints',
  ['keypoints', 'canvas_size', 'startpoints', 'endpoints', 'coefficients?'],
  (
    keypoints: Tensor,
    _canvas_size: Size,
    startpoints: Corners,
    endpoints: Corners,
    coefficients: readonly number[] | null = null,
  ): Tensor => {
    if (keypoints.numel() === 0) return keypoints
    const numbers = coefficientsOf(startpoints, endpoints, coefficients)
    const moved = movePoints(keypoints.reshape(-1, 2), numbers, 'keypoints')
    return moved.to(keypoints.dtype).reshape(keypoints.shape)
  },
)

/** Boxes seen from elsewhere: what lies around unturned ones, rectangles of turned ones. */
export const perspective_bounding_boxes = define(
  'perspective_bounding_boxes',
  ['bounding_boxes', 'format', 'canvas_size', 'startpoints', 'endpoints', 'coefficients?', 'clamping_mode?'],
  (
    bounding_boxes: Tensor,
    format: BoundingBoxFormat,
    canvas_size: Size,
    startpoints: Corners,
    endpoints: Corners,
    coefficients: readonly number[] | null = null,
    clamping_mode: ClampingMode = 'soft',
  ): Tensor => {
    if (bounding_boxes.numel() === 0) return bounding_boxes
    const numbers = coefficientsOf(startpoints, endpoints, coefficients)
    const rotated = isRotated(format)
    const between = rotated ? 'XYXYXYXY' : 'XYXY'
    const corners = convertFormat(bounding_boxes, format, between).reshape(-1, rotated ? 8 : 4)
    const points = (rotated ? corners : fourCorners(corners)).reshape(-1, 2)
    const moved = movePoints(points, numbers, 'bounding boxes')
    const boxes = rotated ? rectangles(moved.reshape(-1, 8)) : boxesAround(moved.reshape(-1, 4, 2))
    const clamped = clampBoxes(boxes, between, canvas_size, clamping_mode)
    return convertFormat(clamped, between, format, true).reshape(bounding_boxes.shape).to(bounding_boxes.dtype)
  },
)

interface PerspectiveOptions {
  startpoints: Corners
  endpoints: Corners
  /** `nearest`, `bilinear`, or for pictures `bicubic`. Default `bilinear`; masks always take the nearest pixels. */
  interpolation: InterpolationMode
  /** What comes from outside. */
  fill: Fill | null
  /** Eight numbers in place of the points, from where a pixel goes to where it was. */
  coefficients: readonly number[] | null
}

/**
 * Moves the corners `startpoints`, four `[x, y]` from the top left with the clock, to `endpoints`, and everything with them:
 * pictures, tensors (…, C, H, W), masks, boxes and points.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.perspective.html
 */
export const perspective = dispatcher<
  [startpoints: Corners, endpoints: Corners],
  [interpolation: InterpolationMode, fill: Fill | null, coefficients: readonly number[] | null],
  PerspectiveOptions
>('perspective', 'startpoints', 'endpoints', ['interpolation', 'bilinear'], ['fill', null], ['coefficients', null])

type PerspectiveArgs = [Corners, Corners, InterpolationMode, Fill | null, readonly number[] | null]

registerKernels(perspective, {
  image: perspectiveImage,
  picture: perspectivePicture,
  mask: (mask: Tensor, ...[start, end, , fill, coefficients]: PerspectiveArgs) =>
    perspective_mask(mask, start, end, fill, coefficients),
  boxes: (x, { format, canvas_size, clamping_mode }, ...[start, end, , , coefficients]: PerspectiveArgs) =>
    perspective_bounding_boxes(x, format, canvas_size, start, end, coefficients, clamping_mode),
  points: (x, { canvas_size }, ...[start, end, , , coefficients]: PerspectiveArgs) =>
    perspective_keypoints(x, canvas_size, start, end, coefficients),
})
