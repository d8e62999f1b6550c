/** Image files in and out: JPEG through libjpeg-turbo where there is one, all others through sharp. */
import { readFileSync, statSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sharp, SharpInput } from 'sharp'
import { ValueError } from '../../_C/errors.js'
import { jpegOrientation } from './exif.js'
import { encodeJpegAsync, hasTurboJpeg, isJpeg, JpegSource, readJpegHeader, unreadable } from './jpeg.js'
import { factsOf, type Mode, type Pixels } from './modes.js'
import { readNetpbm } from './netpbm.js'

export interface Opened {
  mode: Mode
  width: number
  height: number
  /** Of JPEG files what decodes them when somebody looks. */
  pixels: Pixels | JpegSource
  /** `jpeg`, `png`, … */
  format: string
  /** Which way up it is: EXIF's number, 1 to 8. */
  orientation: number
}

/** Where an encoded image comes from. */
export type ImageSource = string | URL | Uint8Array | ArrayBuffer

/** sharp, loaded when the first image needs it: it takes longer to load than the rest of this package. */
async function loadSharp(): Promise<typeof import('sharp').default> {
  return (await import('sharp')).default
}

/** Pillow's limit of pixels, above which a file is taken for an attack. */
export const defaultMaxPixels = 178_956_970

/** Keywords of `Image.open`. */
export interface OpenOptions {
  /** Larger pictures are refused before they are decoded. Default 178,956,970, as Pillow's. */
  maxPixels?: number
  /** Take what there is of a file that is cut off; the rest is grey. Default false. Pillow's `LOAD_TRUNCATED_IMAGES`. */
  loadTruncated?: boolean
}

/**
 * A file's bytes. Small ones at once: the four trips to another thread that an asynchronous read takes cost more than
 * everything else that opening a picture does.
 */
async function readSource(path: string | URL): Promise<Uint8Array> {
  const facts = statSync(path)
  return facts.isFile() && facts.size <= 1 << 20 ? readFileSync(path) : readFile(path)
}

export async function open(
  source: ImageSource,
  { maxPixels = defaultMaxPixels, loadTruncated = false }: OpenOptions = {},
): Promise<Opened> {
  const isPath = typeof source === 'string' || source instanceof URL
  const name = isPath ? `'${source instanceof URL ? fileURLToPath(source) : source}'` : 'from memory'
  const bytes = isPath ? await readSource(source) : source instanceof ArrayBuffer ? new Uint8Array(source) : source
  const jpeg = bytes instanceof Uint8Array && isJpeg(bytes) ? openJpeg(bytes, !isPath, loadTruncated, name) : null
  if (jpeg) {
    if (jpeg.width * jpeg.height > maxPixels)
      throw unreadable(name, new Error(`the picture exceeds pixel limit ${maxPixels}`))
    return jpeg
  }
  const netpbm = readNetpbm(bytes, name, maxPixels)
  if (netpbm) return { ...netpbm, orientation: 1 }
  const sharp = await loadSharp()
  // ignoreIcc: Pillow gives the stored numbers, not colours converted to sRGB.
  const options = {
    failOn: loadTruncated ? 'none' : 'truncated',
    ignoreIcc: true,
    limitInputPixels: maxPixels,
  } as const
  try {
    const image = sharp(bytes as SharpInput, options)
    const { channels, depth, format, hasAlpha, space, orientation = 1 } = await image.metadata()
    const grey = (channels ?? 3) <= 2
    const inks = space === 'cmyk' && !hasAlpha
    const wide = grey && !hasAlpha && depth === 'ushort'
    const { data, info } = await image
      // Of a grey picture 'b-w' would drop the alpha.
      .toColourspace(inks ? 'cmyk' : wide ? 'grey16' : grey && !hasAlpha ? 'b-w' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const pixels = wide ? wideNumbers(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const { width, height } = info
    const facts = { width, height, format, orientation }
    if (grey && hasAlpha) return { ...facts, mode: 'LA', pixels: greyAndAlpha(pixels) }
    const mode = inks ? 'CMYK' : wide ? 'I;16' : modeOfBands[info.channels]
    if (!mode) throw new Error(`a picture of ${info.channels} bands is not supported`)
    return { ...facts, mode, pixels }
  } catch (error) {
    throw unreadable(name, error)
  }
}

/** Null where sharp shall read the file, or say why it can't. `shared`: the caller may change the bytes later. */
function openJpeg(bytes: Uint8Array, shared: boolean, loadTruncated: boolean, name: string): Opened | null {
  if (!hasTurboJpeg()) return null
  try {
    const header = readJpegHeader(bytes)
    const pixels = new JpegSource(shared ? bytes.slice() : bytes, header, loadTruncated, name)
    const { mode, width, height } = pixels
    return { mode, width, height, pixels, format: 'jpeg', orientation: jpegOrientation(bytes) }
  } catch {
    return null
  }
}

/** One picture of several. */
export interface Decoded {
  width: number
  height: number
  pixels: Uint8Array
}

/** All frames of a GIF file, three bands each, as they look one after the other. */
export async function decodeFrames(bytes: Uint8Array, name: string): Promise<Decoded[]> {
  const sharp = await loadSharp()
  try {
    const image = sharp(bytes, { failOn: 'truncated', animated: true, limitInputPixels: defaultMaxPixels })
    const { pages = 1 } = await image.metadata()
    const { data, info } = await image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true })
    const { width } = info
    const height = info.height / pages
    const size = width * height * 3
    return Array.from({ length: pages }, (_, i) => {
      const pixels = new Uint8Array(data.buffer, data.byteOffset + i * size, size)
      return { width, height, pixels }
    })
  } catch (error) {
    throw unreadable(name, error)
  }
}

const modeOfBands: Record<number, Mode> = { 1: 'L', 3: 'RGB', 4: 'RGBA' }

function wideNumbers(data: Buffer): Uint16Array {
  return new Uint16Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength))
}

/** The first and last of four bands. */
function greyAndAlpha(rgba: Pixels): Uint8Array {
  return Uint8Array.from({ length: rgba.length / 2 }, (_, i) => rgba[(i >> 1) * 4 + (i & 1) * 3]!)
}

/** Keywords of `Image.save`. */
export interface SaveOptions {
  /** `png`, `jpeg`, `webp`, `tiff`, `gif` or `avif`; default by the file name's extension. */
  format?: string | null
  /** 1 to 100, for formats that lose detail. Default 75 for JPEG, 80 for WebP, as Pillow's. */
  quality?: number
  /** Of PNG, 0 to 9. Default 6. */
  compressionLevel?: number
}

type Encoder = (image: Sharp, options: SaveOptions) => Sharp

const encoders: Record<string, Encoder> = {
  png: (image, { compressionLevel = 6 }) => image.png({ compressionLevel }),
  jpeg: (image, { quality = 75 }) => image.jpeg({ quality }),
  webp: (image, { quality = 80 }) => image.webp({ quality }),
  tiff: image => image.tiff({ compression: 'none' }),
  gif: image => image.gif(),
  avif: (image, { quality = 75 }) => image.avif({ quality }),
}
const formatOfExtension: Record<string, string> = { jpg: 'jpeg', tif: 'tiff' }

/** The encoded file. @throws {ValueError} for a format that there is not, or that cannot hold the mode */
export async function encode(
  image: { mode: Mode; width: number; height: number; pixels: Pixels },
  path: string | null,
  options: SaveOptions,
): Promise<Buffer> {
  const { mode, width, height, pixels } = image
  const extension = path === null ? '' : extname(path).slice(1).toLowerCase()
  const asked = (options.format ?? extension).toLowerCase()
  const format = formatOfExtension[asked] ?? asked
  const encoder = encoders[format]
  if (!encoder) {
    const known = Object.keys(encoders).join(', ')
    throw new ValueError(asked ? `unknown image format: ${asked}; there are: ${known}` : `give a format: ${known}`)
  }
  const wide = mode === 'I;16'
  if (
    mode === 'I' ||
    mode === 'F' ||
    (mode === 'CMYK' && format !== 'jpeg' && format !== 'tiff') ||
    (wide && format !== 'png' && format !== 'tiff')
  )
    throw new ValueError(`cannot write mode ${mode} as ${format.toUpperCase()}`)
  if (format === 'jpeg' && (mode === 'RGBA' || mode === 'LA')) throw new ValueError(`cannot write mode ${mode} as JPEG`)
  const channels = factsOf(mode).bands.length as 1 | 2 | 3 | 4
  if (format === 'jpeg' && mode !== 'CMYK' && hasTurboJpeg())
    return encodeJpegAsync(pixels as Uint8Array, [width, height], channels, options.quality ?? 75)
  const sharp = await loadSharp()
  // A Uint16Array tells sharp that pixels have 16 bits; the type of its parameter knows only some of its inputs.
  const raw = sharp(pixels as Uint8Array | Uint16Array, { raw: { width, height, channels } })
  const colours = mode === 'CMYK' ? 'cmyk' : wide ? 'grey16' : channels <= 2 ? 'b-w' : 'srgb'
  return encoder(raw.toColourspace(colours), options).toBuffer()
}
