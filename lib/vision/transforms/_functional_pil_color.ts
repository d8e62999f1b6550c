/** The colours of Images, with Pillow's arithmetic. */
import { ValueError } from '../../_C/errors.js'
import { turnHue } from '../_image/hsv.js'
import { factsOf, type Mode } from '../_image/modes.js'
import { equalizeTable, stretchTable, tableOf } from '../_image/tables.js'
import { Image } from '../image.js'

const { fround } = Math

const everyMode: readonly Mode[] = ['L', 'LA', 'RGB', 'RGBA']
const opaqueModes: readonly Mode[] = ['L', 'RGB']

/** The pixels of an image whose bands are bytes. @throws {ValueError} for a wide mode */
function bytesOf(img: Image, modes = everyMode): Uint8Array {
  if (modes.includes(img.mode)) return img.data as Uint8Array
  throw new ValueError(`not supported for mode ${img.mode}; the modes are: ${modes.join(', ')}`)
}

/** `value` at a ratio of 1, `other` at 0, beyond both elsewhere, in float32. */
function mix(value: number, other: number, ratio: number): number {
  const mixed = fround(other + fround(ratio * (value - other)))
  return mixed <= 0 ? 0 : mixed >= 255 ? 255 : Math.trunc(mixed)
}

/** `img` at 1, `other` at 0; alpha stays. `other` gives the number of a band at its index. */
function blend(img: Image, factor: number, other: (index: number, band: number) => number): Image {
  const from = bytesOf(img)
  const bands = factsOf(img.mode).bands.length
  const colours = coloursOf(img)
  const result = img.copy()
  const to = result.data
  const ratio = fround(factor)
  for (let i = 0; i < from.length; i += bands)
    for (let band = 0; band < colours; band++) to[i + band] = mix(from[i + band]!, other(i + band, band), ratio)
  return result
}

/** `img` at 1, one grey at 0. */
function blendWithGrey(img: Image, factor: number, grey: number): Image {
  const ratio = fround(factor)
  const table = tableOf(value => mix(value, grey, ratio))
  const same = tableOf(value => value)
  const bands = factsOf(img.mode).bands.length
  const colours = coloursOf(img)
  return lookUp(
    img,
    Array.from({ length: bands }, (_, band) => (band < colours ? table : same)),
    everyMode,
  )
}

/** The number of bands without alpha, which is the last. */
function coloursOf(img: Image): number {
  const { bands } = factsOf(img.mode)
  return bands.includes('A') ? bands.length - 1 : bands.length
}

/** Every band looked up in a table of its own, `tables` being one for all or one for each. */
function lookUp(img: Image, tables: readonly Uint8Array[], modes = opaqueModes): Image {
  const from = bytesOf(img, modes)
  const result = img.copy()
  const to = result.data
  const step = tables.length
  for (let band = 0; band < step; band++) {
    const table = tables[band]!
    for (let i = band; i < from.length; i += step) to[i] = table[from[i]!]!
  }
  return result
}

function histograms(img: Image): number[][] {
  const pixels = bytesOf(img, opaqueModes)
  const bands = factsOf(img.mode).bands.length
  const counts = Array.from({ length: bands }, () => Array<number>(256).fill(0))
  for (let i = 0; i < pixels.length; i++) counts[i % bands]![pixels[i]!]!++
  return counts
}

export function adjust_brightness(img: Image, factor: number): Image {
  return blendWithGrey(img, factor, 0)
}

export function adjust_contrast(img: Image, factor: number): Image {
  bytesOf(img)
  const { data } = img.convert('L')
  let sum = 0
  for (const value of data) sum += value
  const mean = Math.trunc(sum / data.length + 0.5)
  return blendWithGrey(img, factor, mean)
}

export function adjust_saturation(img: Image, factor: number): Image {
  bytesOf(img)
  const grey = img.convert('L').data
  const bands = factsOf(img.mode).bands.length
  return blend(img, factor, (index, band) => grey[(index - band) / bands]!)
}

export function adjust_hue(img: Image, factor: number): Image {
  if (img.mode === 'L' || img.mode === 'I' || img.mode === 'F') return img
  const rgb = img.convert('RGB')
  return Image.frombytes('RGB', img.size, turnHue(rgb.data as Uint8Array, Math.trunc(factor * 255))).convert(img.mode)
}

export function adjust_gamma(img: Image, gamma: number, gain: number): Image {
  // As Python's product is written: the last bit decides where a number is cut.
  const table = tableOf(value => (255 + 1 - 1e-3) * gain * (value / 255) ** gamma)
  return lookUp(img.convert('RGB'), [table]).convert(img.mode)
}

export function to_grayscale(img: Image, num_output_channels: number): Image {
  if (num_output_channels !== 1 && num_output_channels !== 3)
    throw new ValueError('num_output_channels should be either 1 or 3')
  const grey = img.convert('L')
  return num_output_channels === 1 ? grey : grey.convert('RGB')
}

export function invert(img: Image): Image {
  return lookUp(img, [tableOf(value => 255 - value)])
}

export function posterize(img: Image, bits: number): Image {
  if (bits < 1) throw new ValueError('bits must be between or equal to 1 and 8')
  return lookUp(img, [tableOf(value => value & -(2 ** (8 - bits)))])
}

export function solarize(img: Image, threshold: number): Image {
  return lookUp(img, [tableOf(value => (value < threshold ? value : 255 - value))])
}

export function autocontrast(img: Image): Image {
  return lookUp(img, histograms(img).map(stretchTable))
}

export function equalize(img: Image): Image {
  return lookUp(img, histograms(img).map(equalizeTable))
}

/** Every pixel but those of the border averaged with its neighbours, itself counting five times, is what lies at 0. */
export function adjust_sharpness(img: Image, factor: number): Image {
  const from = bytesOf(img)
  const bands = factsOf(img.mode).bands.length
  const row = img.width * bands
  return blend(img, factor, (i, band) => {
    const x = ((i % row) - band) / bands
    const y = Math.floor(i / row)
    if (x === 0 || y === 0 || x === img.width - 1 || y === img.height - 1) return from[i]!
    let sum = 4 * from[i]!
    for (let line = i - row; line <= i + row; line += row)
      sum += from[line - bands]! + from[line]! + from[line + bands]!
    // Of whole numbers, the nearest to sum / 13.
    return Math.floor((sum + 6) / 13)
  })
}
