/** Turning and distorting pictures with Pillow's arithmetic. */
import { ValueError } from '../../_C/errors.js'
import { factsOf, type Mode, type Pixels, premultiply, unpremultiply } from './modes.js'
import type { Resample } from './resample.js'

type Size = readonly [width: number, height: number]

/**
 * Six numbers `(x, y) → (ax + by + c, dx + ey + f)` or eight, which divide both by `gx + hy + 1`: from pixels of the result
 * to pixels of the source.
 */
export type Coefficients = readonly number[]

/** A band at a place inside the picture, read between its pixels. */
type Sampler = (pixels: Pixels, size: Size, bands: number, band: number, x: number, y: number) => number

/** `pixels` seen through `coefficients`, in new memory; `fill`, a number for each band, where the source does not reach. */
export function warpPixels(
  pixels: Pixels,
  mode: Mode,
  from: Size,
  to: Size,
  coefficients: Coefficients,
  resample: Resample,
  fill: readonly number[],
): Pixels {
  const { bands, array } = factsOf(mode)
  const alpha = (mode === 'LA' || mode === 'RGBA') && resample !== 'nearest'
  const result = new array(to[0] * to[1] * bands.length)
  for (let i = 0; i < result.length; i++) result[i] = fill[i % bands.length]!
  if (resample === 'nearest') {
    const place = coefficients.length === 6 ? affineSource(coefficients, to) : pixelsOf(sourceOf(coefficients))
    return nearest(pixels, from, to, bands.length, place, result)
  }
  if (mode === 'I;16') throw new ValueError(`an image of mode ${mode} is turned only with 'nearest'`)
  // Pillow takes the fill as premultiplied already.
  const source = alpha ? premultiply(pixels, bands.length) : pixels
  between(source, from, to, bands.length, sourceOf(coefficients), resample === 'bilinear' ? bilinear : bicubic, result)
  return alpha ? unpremultiply(result as Uint8Array, bands.length) : result
}

/** The place in the source of the middle of a pixel of the result. */
type Source = (x: number, y: number) => readonly [x: number, y: number]

function sourceOf(coefficients: Coefficients): Source {
  const [a, b, c, d, e, f, g = 0, h = 0] = coefficients as [number, number, number, number, number, number]
  const projective = coefficients.length === 8
  return (x, y) => {
    const [cx, cy] = [x + 0.5, y + 0.5]
    const [u, v] = [a * cx + b * cy + c, d * cx + e * cy + f]
    if (!projective) return [u, v]
    const below = g * cx + h * cy + 1
    return [u / below, v / below]
  }
}

const pixel = (v: number): number => (v < 0 ? -1 : Math.trunc(v))
const pixelsOf =
  (source: Source): Source =>
  (x, y) => {
    const [u, v] = source(x, y)
    return [pixel(u), pixel(v)]
  }

/** Pillow steps through affine maps: in floats where they only scale, in 16.16 fixed point where that holds the picture. */
function affineSource(coefficients: Coefficients, to: Size): Source {
  const [a, b, c, d, e, f] = coefficients as [number, number, number, number, number, number]
  if (b === 0 && d === 0) {
    const steps = (start: number, step: number, count: number) => {
      const places: number[] = []
      for (let i = 0, at = start; i < count; i++, at += step) places.push(pixel(at))
      return places
    }
    const [columns, rows] = [steps(c + a * 0.5, a, to[0]), steps(f + e * 0.5, e, to[1])]
    return (x, y) => [columns[x]!, rows[y]!]
  }
  const reach = (x: number, y: number) => Math.abs(x * a + y * b + c) < 32768 && Math.abs(x * d + y * e + f) < 32768
  const fits = reach(0, 0) && reach(to[0], to[1]) && reach(0, to[1]) && reach(to[0], 0)
  if (!fits) return pixelsOf(sourceOf(coefficients))
  const fixed = (v: number) => Math.floor(v * 65536 + 0.5)
  const [fa, fb, fd, fe] = [fixed(a), fixed(b), fixed(d), fixed(e)]
  const [fc, ff] = [fixed(c + a * 0.5 + b * 0.5), fixed(f + d * 0.5 + e * 0.5)]
  return (x, y) => [(fc + y * fb + x * fa) >> 16, (ff + y * fe + x * fd) >> 16]
}

function nearest(
  pixels: Pixels,
  [w, h]: Size,
  [width, height]: Size,
  bands: number,
  place: Source,
  to: Pixels,
): Pixels {
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += bands) {
      const [u, v] = place(x, y)
      if (!(u >= 0 && u < w && v >= 0 && v < h)) continue
      const source = (v * w + u) * bands
      for (let band = 0; band < bands; band++) to[at + band] = pixels[source + band]!
    }
  return to
}

function between(
  pixels: Pixels,
  size: Size,
  [width, height]: Size,
  bands: number,
  place: Source,
  sampler: Sampler,
  to: Pixels,
): void {
  const bytes = to instanceof Uint8Array
  const whole = bytes || to instanceof Int32Array
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += bands) {
      const [u, v] = place(x, y)
      if (!(u >= 0 && u < size[0] && v >= 0 && v < size[1])) continue
      for (let band = 0; band < bands; band++) {
        const value = sampler(pixels, size, bands, band, u - 0.5, v - 0.5)
        // Pillow cuts fractions off rather than rounding.
        to[at + band] = bytes ? Math.min(255, Math.max(0, Math.trunc(value))) : whole ? Math.trunc(value) : value
      }
    }
}

const clamp = (i: number, size: number): number => (i < 0 ? 0 : i < size ? i : size - 1)
const mix = (a: number, b: number, d: number): number => a + (b - a) * d

const bilinear: Sampler = (pixels, [w, h], bands, band, u, v) => {
  const [x, y] = [Math.floor(u), Math.floor(v)]
  const [left, right] = [clamp(x, w), clamp(x + 1, w)]
  const row = (r: number) => mix(pixels[(r * w + left) * bands + band]!, pixels[(r * w + right) * bands + band]!, u - x)
  const above = row(clamp(y, h))
  return mix(above, y + 1 < h ? row(y + 1) : above, v - y)
}

/** Through four numbers, between the middle two. */
function cubic(a: number, b: number, c: number, d: number, t: number): number {
  return b + t * (-a + c + t * (2 * (a - b) + c - d + t * (-a + b - c + d)))
}

const bicubic: Sampler = (pixels, [w, h], bands, band, u, v) => {
  const [x, y] = [Math.floor(u), Math.floor(v)]
  const columns = [-1, 0, 1, 2].map(i => clamp(x + i, w) * bands + band)
  const row = (r: number) => {
    const [a, b, c, d] = columns.map(column => pixels[r * w * bands + column]!) as [number, number, number, number]
    return cubic(a, b, c, d, u - x)
  }
  const rows: number[] = [row(clamp(y - 1, h))]
  // A row beyond the picture is the one before it.
  for (let i = 0; i < 3; i++) rows.push(y + i >= 0 && y + i < h ? row(y + i) : rows[i]!)
  return cubic(...(rows as [number, number, number, number]), v - y)
}
