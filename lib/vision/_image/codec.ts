/** Image files in and out, through sharp. */
import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sharp, SharpInput } from 'sharp'
import { ValueError } from '../../_C/errors.js'
import { factsOf, type Mode, type Pixels } from './modes.js'
import { readNetpbm } from './netpbm.js'

export interface Decoded {
  mode: Mode
  width: number
  height: number
  pixels: Pixels
  /** `jpeg`, `png`, … */
  format: string
}

/** Where an encoded image comes from. */
export type ImageSource = string | URL | Uint8Array | ArrayBuffer

/** sharp, loaded when the first image needs it: it takes longer to load than the rest of this package. */
async function loadSharp(): Promise<typeof import('sharp').default> {
  return (await import('sharp')).default
}

/** Keywords of `Image.open`. */
export interface OpenOptions {
  /** Larger pictures are refused before they are decoded. Default 178,956,970, as Pillow's. */
  maxPixels?: number
}

export async function decode(source: ImageSource, { maxPixels = 178_956_970 }: OpenOptions = {}): Promise<Decoded> {
  const isPath = typeof source === 'string' || source instanceof URL
  const name = isPath ? `'${source instanceof URL ? fileURLToPath(source) : source}'` : 'from memory'
  const bytes = isPath ? await readFile(source) : source
  const netpbm = readNetpbm(bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes, name, maxPixels)
  if (netpbm) return netpbm
  const sharp = await loadSharp()
  // ignoreIcc: Pillow gives the stored numbers, not colours converted to sRGB.
  const options = { failOn: 'truncated', ignoreIcc: true, limitInputPixels: maxPixels } as const
  try {
    const image = sharp(bytes as SharpInput, options)
    const { channels, depth, format, hasAlpha } = await image.metadata()
    const grey = (channels ?? 3) <= 2
    const wide = grey && !hasAlpha && depth === 'ushort'
    const { data, info } = await image
      // Of a grey picture 'b-w' would drop the alpha.
      .toColourspace(wide ? 'grey16' : grey && !hasAlpha ? 'b-w' : 'srgb')
      .raw({ depth: wide ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true })
    const pixels = wide ? wideNumbers(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const { width, height } = info
    if (grey && hasAlpha) return { mode: 'LA', width, height, pixels: greyAndAlpha(pixels), format }
    const mode = wide ? 'I;16' : modeOfBands[info.channels]
    if (!mode) throw new Error(`a picture of ${info.channels} bands is not supported`)
    return { mode, width, height, pixels, format }
  } catch (error) {
    throw new ValueError(`cannot identify or read image file ${name}: ${(error as Error).message}`)
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
}

type Encoder = (image: Sharp, options: SaveOptions) => Sharp

const encoders: Record<string, Encoder> = {
  png: image => image.png(),
  jpeg: (image, { quality = 75 }) => image.jpeg({ quality }),
  webp: (image, { quality = 80 }) => image.webp({ quality }),
  tiff: image => image.tiff({ compression: 'none' }),
  gif: image => image.gif(),
  avif: (image, { quality = 75 }) => image.avif({ quality }),
}
const formatOfExtension: Record<string, string> = { jpg: 'jpeg', tif: 'tiff' }

/** The encoded file. @throws {ValueError} for a format that there is not, or that cannot hold the mode */
export async function encode(
  image: Omit<Decoded, 'format'>,
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
  if (mode === 'I' || mode === 'F' || (wide && format !== 'png' && format !== 'tiff'))
    throw new ValueError(`cannot write mode ${mode} as ${format.toUpperCase()}`)
  if (format === 'jpeg' && (mode === 'RGBA' || mode === 'LA')) throw new ValueError(`cannot write mode ${mode} as JPEG`)
  const channels = factsOf(mode).bands.length as 1 | 2 | 3 | 4
  const sharp = await loadSharp()
  // A Uint16Array tells sharp that pixels have 16 bits; the type of its parameter knows only some of its inputs.
  const raw = sharp(pixels as Uint8Array | Uint16Array, { raw: { width, height, channels } })
  const colours = wide ? 'grey16' : channels <= 2 ? 'b-w' : 'srgb'
  return encoder(raw.toColourspace(colours), options).toBuffer()
}
