/** Padding and warping of images, as Pillow does them. */
import { ValueError } from '../../_C/errors.js'
import { factsOf } from '../_image/modes.js'
import { type Coefficients, warpPixels } from '../_image/warp.js'
import { Image } from '../image.js'
import type { Fill, PaddingMode } from './_geometry_arguments.js'
import type { InterpolationMode } from './interpolation_mode.js'

type Sides = readonly [left: number, top: number, right: number, bottom: number]

/** A number for each band, whole unless the mode is `F`. */
function colour(image: Image, fill: Fill | null): number[] {
  const bands = factsOf(image.mode).bands.length
  const values = fill === null ? [0] : typeof fill === 'number' ? [fill] : fill
  if (values.length !== 1 && values.length !== bands)
    throw new ValueError(
      `The number of elements in 'fill' does not match the number of channels of the image (${values.length} != ${bands})`,
    )
  return Array.from({ length: bands }, (_, band) => {
    const value = values[values.length === 1 ? 0 : band]!
    return image.mode === 'F' ? value : Math.trunc(value)
  })
}

export function pad(image: Image, [left, top, right, bottom]: Sides, fill: Fill | null, mode: PaddingMode): Image {
  const size = [image.width + left + right, image.height + top + bottom] as const
  if (mode === 'constant') {
    const result = Image.new(image.mode, size, colour(image, fill))
    result.paste(image, [left, top])
    return result
  }
  const columns = indices(image.width, left, right, mode)
  const rows = indices(image.height, top, bottom, mode)
  const result = Image.new(image.mode, [columns.length, rows.length])
  const bands = factsOf(image.mode).bands.length
  let at = 0
  for (const row of rows)
    for (const column of columns) {
      const from = (row * image.width + column) * bands
      for (let band = 0; band < bands; band++) result.data[at++] = image.data[from + band]!
    }
  return result
}

/** Where each pixel of a padded side comes from; negative padding cuts first. */
function indices(size: number, before: number, after: number, mode: PaddingMode): number[] {
  const first = Math.max(0, -before)
  const length = size - first - Math.max(0, -after)
  if (length <= 0) throw new ValueError(`padding of ${before} and ${after} leaves nothing of ${size} pixels`)
  const result: number[] = []
  for (let i = -Math.max(0, before); i < length + Math.max(0, after); i++) result.push(first + inside(i, length, mode))
  return result
}

function inside(i: number, length: number, mode: PaddingMode): number {
  if (mode === 'edge' || length === 1) return Math.min(Math.max(i, 0), length - 1)
  const period = mode === 'reflect' ? 2 * length - 2 : 2 * length
  const at = ((i % period) + period) % period
  if (at < length) return at
  return mode === 'reflect' ? period - at : period - 1 - at
}

/** `size` is that of the result: width and height. */
export function warp(
  image: Image,
  size: readonly [width: number, height: number],
  coefficients: Coefficients,
  interpolation: InterpolationMode,
  fill: Fill | null,
): Image {
  const resample = interpolation === 'nearest-exact' ? 'nearest' : interpolation
  const filling = colour(image, fill)
  const data = warpPixels(image.data, image.mode, image.size, size, coefficients, resample, filling)
  return Image.frombytes(image.mode, size, data)
}

export function rotate(
  image: Image,
  degrees: number,
  interpolation: InterpolationMode,
  expand: boolean,
  center: readonly number[] | null,
  fill: Fill | null,
): Image {
  const { width, height } = image
  const turn = ((degrees % 360) + 360) % 360
  if (center === null) {
    const quarter = quarterTurn(image, turn, expand)
    if (quarter) return quarter
  }
  const [cx, cy] = center ?? [width / 2, height / 2]
  const angle = -turn * (Math.PI / 180)
  const [cos, sin] = [Number(Math.cos(angle).toFixed(15)), Number(Math.sin(angle).toFixed(15))]
  const map = (x: number, y: number, c: number, f: number): [number, number] => [
    cos * x + sin * y + c,
    -sin * x + cos * y + f,
  ]
  let [c, f] = map(-cx!, -cy!, 0, 0)
  c += cx!
  f += cy!
  if (!expand) return warp(image, [width, height], [cos, sin, c, -sin, cos, f], interpolation, fill)
  const corners = [map(0, 0, c, f), map(width, 0, c, f), map(width, height, c, f), map(0, height, c, f)]
  const extent = (axis: 0 | 1) => {
    const values = corners.map(corner => corner[axis])
    return Math.ceil(Math.max(...values)) - Math.floor(Math.min(...values))
  }
  const size = [extent(0), extent(1)] as const
  ;[c, f] = map(-(size[0] - width) / 2, -(size[1] - height) / 2, c, f)
  return warp(image, size, [cos, sin, c, -sin, cos, f], interpolation, fill)
}

/** Turns that move pixels and mix none; null for others. */
function quarterTurn(image: Image, turn: number, expand: boolean): Image | null {
  const { width, height } = image
  if (turn === 0) return image.copy()
  if (turn === 180) return warp(image, [width, height], [-1, 0, width, 0, -1, height], 'nearest', null)
  if (!(expand || width === height)) return null
  if (turn === 90) return warp(image, [height, width], [0, -1, width, 1, 0, 0], 'nearest', null)
  if (turn === 270) return warp(image, [height, width], [0, 1, 0, -1, 0, height], 'nearest', null)
  return null
}
