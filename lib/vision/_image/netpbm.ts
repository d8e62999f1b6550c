/** PPM, PGM and PBM files, which sharp does not read. https://netpbm.sourceforge.net/doc/ppm.html */
import { ValueError } from '../../_C/errors.js'
import type { Mode, Pixels } from './modes.js'

/** A picture of such a file. */
interface NetpbmPicture {
  mode: Mode
  width: number
  height: number
  pixels: Pixels
  format: string
}

const isSpace = (byte: number | undefined) => byte === 32 || (byte !== undefined && byte >= 9 && byte <= 13)

/** Words between white space; `#` begins a comment up to the end of the line. */
class Words {
  at = 2

  constructor(readonly bytes: Uint8Array) {}

  /** The next whole number, or NaN. */
  number(): number {
    for (;;) {
      while (isSpace(this.bytes[this.at])) this.at++
      if (this.bytes[this.at] !== 0x23) break
      while (this.at < this.bytes.length && this.bytes[this.at] !== 10) this.at++
    }
    let value = Number.NaN
    for (let digit = this.bytes[this.at]! - 48; digit >= 0 && digit <= 9; digit = this.bytes[++this.at]! - 48)
      value = (Number.isNaN(value) ? 0 : value) * 10 + digit
    return value
  }

  /** The next digit 0 or 1 of a plain bitmap, whose pixels need no space between. */
  bit(): number {
    while (isSpace(this.bytes[this.at])) this.at++
    return this.bytes[this.at++]! - 48
  }
}

/**
 * The picture in the bytes of a file; null where they are of another format. Values are scaled to 8 bits.
 *
 * @throws {ValueError} for a damaged file, or more than `maxPixels`
 */
export function readNetpbm(bytes: Uint8Array, name: string, maxPixels: number): NetpbmPicture | null {
  const kind = bytes[1]! - 48
  if (bytes[0] !== 0x50 || !(kind >= 1 && kind <= 6) || !(isSpace(bytes[2]) || bytes[2] === 0x23)) return null
  const fail = (reason: string) => new ValueError(`cannot identify or read image file ${name}: ${reason}`)
  const words = new Words(bytes)
  const [width, height] = [words.number(), words.number()]
  const isBitmap = kind === 1 || kind === 4
  const most = isBitmap ? 1 : words.number()
  if (!(width > 0 && height > 0 && most > 0 && most < 65536)) throw fail('its header is damaged')
  if (width * height > maxPixels) throw fail(`it has more than ${maxPixels} pixels`)
  const bands = kind === 3 || kind === 6 ? 3 : 1
  const count = width * height * bands
  const isPlain = kind <= 3
  // After the header one byte of white space, then the pixels.
  const start = words.at + 1
  const width8 = Math.ceil(width / 8)
  const needed = kind === 4 ? width8 * height : isPlain ? count : count * (most > 255 ? 2 : 1)
  if (bytes.length - (isPlain ? words.at : start) < needed) throw fail('it is cut off')
  const stored = (i: number) => {
    if (isBitmap)
      return isPlain
        ? words.bit()
        : (bytes[start + Math.floor(i / width) * width8 + ((i % width) >> 3)]! >> (7 - ((i % width) & 7))) & 1
    if (isPlain) return words.number()
    return most > 255 ? bytes[start + 2 * i]! * 256 + bytes[start + 2 * i + 1]! : bytes[start + i]!
  }
  const pixels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const value = stored(i)
    if (!(value >= 0 && value <= most)) throw fail('a pixel is damaged')
    // In a bitmap 1 is black.
    pixels[i] = isBitmap ? 255 * (1 - value) : most === 255 ? value : Math.min(255, Math.round((value / most) * 255))
  }
  return { mode: bands === 3 ? 'RGB' : 'L', width, height, pixels, format: 'ppm' }
}
