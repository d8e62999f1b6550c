/** What a pixel is made of, and how one kind becomes another, with Pillow's arithmetic. */
import { ValueError } from '../../_C/errors.js'

/** How pixels are stored: 8 bits a band, but `I;16` (unsigned 16 bits), `I` (signed 32) and `F` (float32). */
export type Mode = 'L' | 'LA' | 'RGB' | 'RGBA' | 'CMYK' | 'I;16' | 'I' | 'F'

/** The memory of an image: rows from the top, pixels from the left, bands together. */
export type Pixels = Uint8Array | Uint16Array | Int32Array | Float32Array

interface ModeFacts {
  bands: readonly string[]
  array: new (length: number) => Pixels
}

const modes: Record<Mode, ModeFacts> = {
  L: { bands: ['L'], array: Uint8Array },
  LA: { bands: ['L', 'A'], array: Uint8Array },
  RGB: { bands: ['R', 'G', 'B'], array: Uint8Array },
  RGBA: { bands: ['R', 'G', 'B', 'A'], array: Uint8Array },
  CMYK: { bands: ['C', 'M', 'Y', 'K'], array: Uint8Array },
  'I;16': { bands: ['I'], array: Uint16Array },
  I: { bands: ['I'], array: Int32Array },
  F: { bands: ['F'], array: Float32Array },
}

/** The facts of a mode. @throws {ValueError} for a mode that there is not */
export function factsOf(mode: Mode): ModeFacts {
  if (!Object.hasOwn(modes, mode))
    throw new ValueError(`unrecognized image mode '${String(mode)}'; there are: ${Object.keys(modes).join(', ')}`)
  return modes[mode]
}

/** One pixel as numbers of its bands, into the same of another mode. */
type Convert = (from: Pixels, i: number, to: Pixels, o: number) => void

/** ITU-R 601 luma in 16-bit fixed point. */
const luma = (p: Pixels, i: number): number => (p[i]! * 19595 + p[i + 1]! * 38470 + p[i + 2]! * 7471 + 0x8000) >> 16
const clip = (value: number): number => (value <= 0 ? 0 : value >= 255 ? 255 : Math.trunc(value))

const copyBands =
  (...bands: number[]): Convert =>
  (from, i, to, o) => {
    for (let band = 0; band < bands.length; band++) {
      const source = bands[band]!
      to[o + band] = source < 0 ? 255 : from[i + source]!
    }
  }
const opaque = -1
const fromL: Convert = (from, i, to, o) => {
  to[o] = from[i]!
}
const fromLuma: Convert = (from, i, to, o) => {
  to[o] = luma(from, i)
}
/** float32 luma, as Pillow makes an `F` image of colours. */
const fromFloatLuma: Convert = (from, i, to, o) => {
  to[o] = Math.fround(from[i]! * 299 + from[i + 1]! * 587 + from[i + 2]! * 114) / 1000
}
const clipped: Convert = (from, i, to, o) => {
  to[o] = clip(from[i]!)
}

/** `a * b / 255`, rounded. */
const product = (a: number, b: number): number => {
  const whole = a * b + 128
  return ((whole >> 8) + whole) >> 8
}
/** What black and one ink leave of white. */
const inkToLight = (p: Pixels, i: number, band: number): number => {
  const light = 255 - p[i + 3]!
  return clip(light - product(p[i + band]!, light))
}
const fromInks: Convert = (from, i, to, o) => {
  for (let band = 0; band < 3; band++) to[o + band] = inkToLight(from, i, band)
}
const toInks: Convert = (from, i, to, o) => {
  for (let band = 0; band < 3; band++) to[o + band] = 255 - from[i + band]!
  to[o + 3] = 0
}

const conversions: Record<Mode, Partial<Record<Mode, Convert>>> = {
  L: {
    LA: copyBands(0, opaque),
    RGB: copyBands(0, 0, 0),
    RGBA: copyBands(0, 0, 0, opaque),
    'I;16': fromL,
    I: fromL,
    F: fromL,
  },
  LA: { L: fromL, RGB: copyBands(0, 0, 0), RGBA: copyBands(0, 0, 0, 1) },
  RGB: {
    L: fromLuma,
    LA: (from, i, to, o) => {
      to[o] = luma(from, i)
      to[o + 1] = 255
    },
    RGBA: copyBands(0, 1, 2, opaque),
    CMYK: toInks,
    I: fromLuma,
    F: fromFloatLuma,
  },
  CMYK: {
    RGB: fromInks,
    RGBA: (from, i, to, o) => {
      fromInks(from, i, to, o)
      to[o + 3] = 255
    },
    L: (from, i, to, o) => {
      const rgb = [0, 0, 0]
      for (let band = 0; band < 3; band++) rgb[band] = inkToLight(from, i, band)
      to[o] = luma(Uint8Array.from(rgb), 0)
    },
  },
  RGBA: {
    L: fromLuma,
    LA: (from, i, to, o) => {
      to[o] = luma(from, i)
      to[o + 1] = from[i + 3]!
    },
    RGB: copyBands(0, 1, 2),
    I: fromLuma,
    F: fromFloatLuma,
  },
  'I;16': {
    L: (from, i, to, o) => {
      to[o] = from[i]! >> 8
    },
    I: fromL,
    F: fromL,
  },
  I: { L: clipped, F: fromL },
  F: {
    L: clipped,
    I: (from, i, to, o) => {
      to[o] = Math.trunc(from[i]!)
    },
  },
}

/** `pixels` in another mode, in new memory. @throws {ValueError} for a pair that has no conversion */
export function convertPixels(pixels: Pixels, from: Mode, to: Mode): Pixels {
  if (from === to) return pixels.slice()
  const convert = conversions[from][to]
  if (!convert) {
    const possible = Object.keys(conversions[from]).join(', ')
    throw new ValueError(`conversion from ${from} to ${to} not supported; ${from} converts to ${possible}`)
  }
  const { bands, array } = factsOf(to)
  const step = factsOf(from).bands.length
  const count = pixels.length / step
  const result = new array(count * bands.length)
  for (let pixel = 0; pixel < count; pixel++) convert(pixels, pixel * step, result, pixel * bands.length)
  return result
}

/** Colours times their alpha, the last band: what is averaged when an image with alpha is scaled. */
export function premultiply(pixels: Pixels, bands: number): Uint8Array {
  const result = Uint8Array.from(pixels)
  for (let i = 0; i < result.length; i += bands) {
    const alpha = result[i + bands - 1]!
    for (let band = 0; band < bands - 1; band++) {
      const product = result[i + band]! * alpha + 128
      result[i + band] = ((product >> 8) + product) >> 8
    }
  }
  return result
}

/** The inverse of `premultiply`, in place. */
export function unpremultiply(pixels: Uint8Array, bands: number): Uint8Array {
  for (let i = 0; i < pixels.length; i += bands) {
    const alpha = pixels[i + bands - 1]!
    if (alpha === 0 || alpha === 255) continue
    for (let band = 0; band < bands - 1; band++) pixels[i + band] = clip((255 * pixels[i + band]!) / alpha)
  }
  return pixels
}
