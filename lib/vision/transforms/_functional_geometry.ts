/** The geometric transforms of `functional`: of an Image as Pillow does them, of a Tensor (…, C, H, W) as torchvision does. */
import { typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { tensor } from '../../_creation.js'
import { lstsq } from '../../_generated/linalg.js'
import { float32, float64 } from '../../dtype.js'
import { Tensor } from '../../tensor.js'
import { Image } from '../image.js'
import { checkTensorImage } from './_functional_tensor.js'
import {
  checkSequence,
  type Fill,
  fillOf,
  gridMode,
  type PaddingMode,
  paddingMode,
  sidesOf,
  sizeOf,
} from './_geometry_arguments.js'
import * as I from './_geometry_image.js'
import * as T from './_geometry_tensor.js'
import { to_pil_image } from './_to_pil_image.js'
import { center_crop, crop, get_dimensions, get_image_size, hflip, pil_to_tensor, resize, vflip } from './functional.js'
import type { InterpolationMode } from './interpolation_mode.js'

/**
 * Adds `padding` pixels on all sides; on left and right, top and bottom; or on the left, top, right and bottom. Negative
 * padding cuts. `fill` is what `constant` adds: a number, for images also one for each band.
 */
export function pad<X extends Image | Tensor>(
  img: X,
  padding: number | readonly number[],
  fill: Fill | null = 0,
  padding_mode: PaddingMode = 'constant',
): X {
  const sides = sidesOf(padding)
  paddingMode(padding_mode)
  if (img instanceof Image) return I.pad(img, sides, fillOf(fill), padding_mode) as X
  checkTensorImage(img)
  if (fill !== null && typeof fill !== 'number') throw new TypeError('Got inappropriate fill arg')
  return T.pad(img, sides, fill ?? 0, padding_mode) as X
}

/** `crop`, then `resize` to `size`. */
export function resized_crop<X extends Image | Tensor>(
  img: X,
  top: number,
  left: number,
  height: number,
  width: number,
  size: number | readonly number[],
  interpolation: InterpolationMode = 'bilinear',
  antialias: boolean | null = true,
): X {
  return resize(crop(img, top, left, height, width), size, interpolation, null, antialias)
}

/** The corners top left, top right, bottom left, bottom right, and the middle; `size` is height and width. */
export function five_crop<X extends Image | Tensor>(img: X, size: number | readonly number[]): [X, X, X, X, X] {
  const [height, width] = sizeOf(size)
  const [, imageHeight, imageWidth] = get_dimensions(img)
  if (width > imageWidth || height > imageHeight)
    throw new ValueError(
      `Requested crop size (${height}, ${width}) is bigger than input size (${imageHeight}, ${imageWidth})`,
    )
  const [bottom, right] = [imageHeight - height, imageWidth - width]
  const at = (top: number, left: number): X => crop(img, top, left, height, width)
  return [at(0, 0), at(0, right), at(bottom, 0), at(bottom, right), center_crop(img, [height, width])]
}

/** `five_crop` of the image, then of its mirror image: left to right, or with `vertical_flip` upside down. */
export function ten_crop<X extends Image | Tensor>(
  img: X,
  size: number | readonly number[],
  vertical_flip = false,
): [X, X, X, X, X, X, X, X, X, X] {
  return [...five_crop(img, size), ...five_crop(vertical_flip ? vflip(img) : hflip(img), size)]
}

/** From the result's pixels to the image's: two rows of three. Angles in degrees. */
function inverseAffineMatrix(
  [cx, cy]: readonly [number, number],
  angle: number,
  [tx, ty]: readonly [number, number],
  scale: number,
  shear: readonly [number, number],
): number[] {
  const radians = (degrees: number) => degrees * (Math.PI / 180)
  const [rotation, sx, sy] = [radians(angle), radians(shear[0]), radians(shear[1])]
  const a = Math.cos(rotation - sy) / Math.cos(sy)
  const b = (-Math.cos(rotation - sy) * Math.tan(sx)) / Math.cos(sy) - Math.sin(rotation)
  const c = Math.sin(rotation - sy) / Math.cos(sy)
  const d = (-Math.sin(rotation - sy) * Math.tan(sx)) / Math.cos(sy) + Math.cos(rotation)
  const [m0, m1, m3, m4] = [d / scale, -b / scale, -c / scale, a / scale]
  const m2 = m0 * (-cx - tx) + m1 * (-cy - ty) + cx
  const m5 = m3 * (-cx - tx) + m4 * (-cy - ty) + cy
  return [m0, m1, m2, m3, m4, m5]
}

/** `center` from the middle of the image. */
function fromMiddle(img: Image | Tensor, center: readonly number[] | null): [number, number] {
  if (center === null) return [0, 0]
  const [width, height] = get_image_size(img)
  return [center[0]! - width * 0.5, center[1]! - height * 0.5]
}

/**
 * Turns by `angle` degrees against the clock about `center`, `[x, y]`, or the middle. With `expand` the result holds the
 * whole image. `fill` is for what comes from outside. Modes: nearest, bilinear, and bicubic for images.
 */
export function rotate<X extends Image | Tensor>(
  img: X,
  angle: number,
  interpolation: InterpolationMode = 'nearest',
  expand = false,
  center: readonly number[] | null = null,
  fill: Fill | null = null,
): X {
  if (typeof angle !== 'number') throw new TypeError('Argument angle should be int or float')
  if (center !== null) checkSequence(center, 'center', 2)
  fillOf(fill)
  gridMode(interpolation, img instanceof Tensor)
  if (img instanceof Image) return I.rotate(img, angle, interpolation, expand, center, fill) as X
  checkTensorImage(img)
  const matrix = inverseAffineMatrix(fromMiddle(img, center), -angle, [0, 0], 1, [0, 0])
  return T.affine(img, matrix, interpolation, fill, expand) as X
}

/**
 * Turns by `angle` degrees with the clock about `center`, `[x, y]`, or the middle, moves by `translate` pixels, `[x, y]`,
 * scales and shears by degrees along x and y; the size stays.
 *
 * @throws {ValueError} for a scale that is not above 0
 */
export function affine<X extends Image | Tensor>(
  img: X,
  angle: number,
  translate: readonly number[],
  scale: number,
  shear: number | readonly number[],
  interpolation: InterpolationMode = 'nearest',
  fill: Fill | null = null,
  center: readonly number[] | null = null,
): X {
  if (typeof angle !== 'number') throw new TypeError('Argument angle should be int or float')
  if (!Array.isArray(translate)) throw new TypeError('Argument translate should be a sequence')
  if (translate.length !== 2) throw new ValueError('Argument translate should be a sequence of length 2')
  if (!(scale > 0)) throw new ValueError('Argument scale should be positive')
  const shears = typeof shear === 'number' ? [shear, 0] : shear
  checkSequence(shears, 'Shear', 1, 2)
  if (center !== null) checkSequence(center, 'center', 2)
  fillOf(fill)
  gridMode(interpolation, img instanceof Tensor)
  const [width, height] = get_image_size(img)
  const around: readonly [number, number] =
    img instanceof Image ? [center?.[0] ?? width * 0.5, center?.[1] ?? height * 0.5] : fromMiddle(img, center)
  const both = [shears[0]!, shears[1] ?? shears[0]!] as const
  const matrix = inverseAffineMatrix(around, angle, [translate[0], translate[1]], scale, both)
  if (img instanceof Image) return I.warp(img, img.size, matrix, interpolation, fill) as X
  return T.affine(img as Tensor, matrix, interpolation, fill) as X
}

/** The eight numbers that take `endpoints` to `startpoints`. @internal */
export function perspectiveCoefficients(startpoints: readonly Point[], endpoints: readonly Point[]): number[] {
  if (startpoints.length !== 4 || endpoints.length !== 4)
    throw new ValueError(
      `Please provide exactly four corners, got ${startpoints.length} startpoints and ${endpoints.length} endpoints.`,
    )
  const rows = endpoints.flatMap(([x, y], i) => {
    const [u, v] = startpoints[i]!
    return [
      [x!, y!, 1, 0, 0, 0, -u! * x!, -u! * y!],
      [0, 0, 0, x!, y!, 1, -v! * x!, -v! * y!],
    ]
  })
  const a = tensor(rows, { dtype: float64 })
  const b = tensor(startpoints.flat(), { dtype: float64 })
  return lstsq(a, b, null, { driver: 'gels' }).solution.to(float32).tolist() as number[]
}

/** `[x, y]` in pixels. */
type Point = readonly number[]

/**
 * Moves the corners `startpoints`, four `[x, y]` from the top left with the clock, to `endpoints`, and the image with them.
 * Modes: nearest, bilinear, and bicubic for images.
 */
export function perspective<X extends Image | Tensor>(
  img: X,
  startpoints: readonly Point[],
  endpoints: readonly Point[],
  interpolation: InterpolationMode = 'bilinear',
  fill: Fill | null = null,
): X {
  for (const point of [...startpoints, ...endpoints]) checkSequence(point, 'a corner', 2)
  const coefficients = perspectiveCoefficients(startpoints, endpoints)
  fillOf(fill)
  gridMode(interpolation, img instanceof Tensor)
  if (img instanceof Image) return I.warp(img, img.size, coefficients, interpolation, fill) as X
  checkTensorImage(img)
  return T.perspective(img, coefficients, interpolation, fill) as X
}

/** `change` of the image as a tensor, back as an image of the same mode. */
function throughTensor<X extends Image | Tensor>(img: X, change: (t: Tensor) => Tensor): X {
  if (img instanceof Image) return to_pil_image(change(pil_to_tensor(img)), img.mode) as X
  checkTensorImage(img)
  return change(img) as X
}

/**
 * Moves each pixel's source by `displacement` (1, H, W, 2): x and y, where 2 is the image's width or height.
 *
 * @throws {ValueError} for a displacement of another shape
 */
export function elastic_transform<X extends Image | Tensor>(
  img: X,
  displacement: Tensor,
  interpolation: InterpolationMode = 'bilinear',
  fill: Fill | null = null,
): X {
  if (!(displacement instanceof Tensor)) throw new TypeError('Argument displacement should be a Tensor')
  gridMode(interpolation, true)
  fillOf(fill)
  const [width, height] = get_image_size(img)
  const shape = `1, ${height}, ${width}, 2`
  if (displacement.shape.join(', ') !== shape)
    throw new ValueError(
      `Argument displacement shape should be (${shape}), but given (${displacement.shape.join(', ')})`,
    )
  return throughTensor(img, t => T.elastic_transform(t, displacement, interpolation, fill))
}

/**
 * Blurs with a Gaussian of `kernel_size` pixels, odd, and a deviation of `sigma` pixels, each one number or `[x, y]`;
 * `sigma` is by default `0.15 * kernel_size + 0.35`. Edges mirror.
 */
export function gaussian_blur<X extends Image | Tensor>(
  img: X,
  kernel_size: number | readonly number[],
  sigma: number | readonly number[] | null = null,
): X {
  const kernel = typeof kernel_size === 'number' ? [kernel_size, kernel_size] : kernel_size
  if (!Array.isArray(kernel))
    throw new TypeError(`kernel_size should be int or a sequence of integers. Got ${typeName(kernel_size)}`)
  if (kernel.length !== 2)
    throw new ValueError(`If kernel_size is a sequence its length should be 2. Got ${kernel.length}`)
  if (!kernel.every(size => Number.isInteger(size) && size % 2 === 1))
    throw new ValueError(`kernel_size should have odd and positive integers. Got [${kernel.join(', ')}]`)
  const given = sigma ?? kernel.map(size => size * 0.15 + 0.35)
  const sigmas = typeof given === 'number' ? [given, given] : given
  if (!Array.isArray(sigmas))
    throw new TypeError(`sigma should be either float or sequence of floats. Got ${typeName(sigma)}`)
  if (sigmas.length !== 1 && sigmas.length !== 2)
    throw new ValueError(`If sigma is a sequence, its length should be 2. Got ${sigmas.length}`)
  if (!sigmas.every(value => value > 0))
    throw new ValueError(`sigma should have positive values. Got [${sigmas.join(', ')}]`)
  const deviations = [sigmas[0]!, sigmas[1] ?? sigmas[0]!] as const
  return throughTensor(img, t => T.gaussian_blur(t, [kernel[0]!, kernel[1]!], deviations))
}

/** Row `i`, column `j`, `h` rows and `w` columns of a Tensor (…, C, H, W) set to `v`, which spreads over them. */
export function erase(img: Tensor, i: number, j: number, h: number, w: number, v: Tensor, inplace = false): Tensor {
  if (!(img instanceof Tensor)) throw new TypeError(`img should be Tensor Image. Got ${typeName(img)}`)
  checkTensorImage(img)
  const result = inplace ? img : img.clone()
  const end = (start: number, length: number, size: number) => Math.max(0, Math.min(start + length, size) - start)
  result
    .narrow(-2, i, end(i, h, img.size(-2)))
    .narrow(-1, j, end(j, w, img.size(-1)))
    .copy_(v)
  return result
}
