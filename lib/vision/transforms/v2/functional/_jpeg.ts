import { createRequire } from 'node:module'
import { TorchError } from '../../../../_C/errors.js'

/** What is used of the optional package `@julusian/jpeg-turbo`. */
interface TurboJpeg {
  FORMAT_RGB: number
  FORMAT_GRAY: number
  SAMP_420: number
  SAMP_GRAY: number
  compressSync(
    raw: Buffer,
    options: { format: number; width: number; height: number; subsampling: number; quality: number },
  ): Buffer
  decompressSync(image: Buffer, options: { format: number }): { data: Buffer }
}

let turbo: TurboJpeg | null = null

function loadTurbo(): TurboJpeg {
  try {
    turbo ??= createRequire(import.meta.url)('@julusian/jpeg-turbo') as TurboJpeg
    return turbo
  } catch {
    throw new TorchError('JPEG needs the optional package @julusian/jpeg-turbo: npm install @julusian/jpeg-turbo')
  }
}

/** What a JPEG file of `quality` 1 to 100 keeps of pixels (height, width, 1 or 3). */
export function throughJpeg(
  pixels: Uint8Array,
  [width, height]: readonly [width: number, height: number],
  bands: 1 | 3,
  quality: number,
): Uint8Array {
  const jpeg = loadTurbo()
  const format = bands === 3 ? jpeg.FORMAT_RGB : jpeg.FORMAT_GRAY
  const subsampling = bands === 3 ? jpeg.SAMP_420 : jpeg.SAMP_GRAY
  const raw = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength)
  const file = jpeg.compressSync(raw, { format, width, height, subsampling, quality })
  return Uint8Array.from(jpeg.decompressSync(file, { format }).data)
}
