/** JPEG through libjpeg-turbo, the library that Pillow decodes with: the pixels are the same. */
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Mode } from './modes.js'
import { callImage, takeBytes } from './native.js'
import { pixelTensor } from './tensor.js'

let found: boolean | null = null

/** Is there a libjpeg-turbo? It comes with the optional package `@julusian/jpeg-turbo`, on Linux. */
export function hasTurboJpeg(): boolean {
  if (found === null) found = load()
  return found
}

/** False: JPEG files go through sharp from here on, as where there is no libjpeg-turbo. For tests. @internal */
export function useTurboJpeg(use: boolean): void {
  found = use ? null : false
}

function load(): boolean {
  if (process.platform !== 'linux') return false
  let folder: string
  try {
    folder = dirname(createRequire(import.meta.url).resolve('@julusian/jpeg-turbo/package.json'))
  } catch {
    return false
  }
  const builds = [`linux-${process.arch}`, `linux-${process.arch}-musl`]
  return builds.some(build => {
    try {
      callImage('load_turbojpeg', join(folder, 'prebuilds', `jpeg-turbo-${build}`, 'libturbojpeg.so.0'))
      return true
    } catch {
      return false
    }
  })
}

/** Left, top, width, height. */
export type Region = readonly [left: number, top: number, width: number, height: number]

export interface JpegHeader {
  width: number
  height: number
  /** 1 grey, 3 colours, 4 CMYK. */
  bands: 1 | 3 | 4
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff
}

function fileTensor(bytes: Uint8Array): Tensor {
  return native.fromBytes(bytes, uint8.scalarType, [bytes.length], false)
}

/** @throws {Error} for bytes that are no JPEG file, or one of a kind that libjpeg-turbo's interface does not have */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  const file = fileTensor(bytes)
  try {
    const [width, height, bands] = callImage('jpeg_header', file) as number[]
    return { width: width!, height: height!, bands: bands as 1 | 3 | 4 }
  } finally {
    native.dispose(file)
  }
}

/** Pixels (height, width, bands) of the picture, or of a part of it. */
export function decodeJpeg(bytes: Uint8Array, bands: number, region: Region | null, truncated: boolean): Uint8Array {
  const file = fileTensor(bytes)
  try {
    return takeBytes(callImage('decode_jpeg', file, bands, region ?? [], truncated) as Tensor)
  } finally {
    native.dispose(file)
  }
}

/** The same on a thread of the addon's own. */
export async function decodeJpegAsync(bytes: Uint8Array, bands: number, truncated: boolean): Promise<Uint8Array> {
  const file = fileTensor(bytes)
  try {
    return takeBytes(await native.callByNameAsync('torch_node::decode_jpeg', '', [file, bands, [], truncated]))
  } finally {
    native.dispose(file)
  }
}

type Size = readonly [width: number, height: number]

/** The bytes of a file of 1 or 3 bands. */
export function encodeJpeg(pixels: Uint8Array, size: Size, bands: number, quality: number): Uint8Array {
  const hwc = pixelTensor(pixels, size, bands)
  try {
    return takeBytes(callImage('encode_jpeg', hwc, quality) as Tensor)
  } finally {
    native.dispose(hwc)
  }
}

/** The same on a thread of the addon's own. */
export async function encodeJpegAsync(pixels: Uint8Array, size: Size, bands: number, quality: number): Promise<Buffer> {
  const hwc = pixelTensor(pixels, size, bands)
  try {
    const bytes = takeBytes(await native.callByNameAsync('torch_node::encode_jpeg', '', [hwc, quality]))
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } finally {
    native.dispose(hwc)
  }
}

/** What is to be done to a file's pixels, in this order. */
interface Steps {
  readonly region: Region | null
  readonly size: Size | null
  readonly filter: 'bilinear' | 'bicubic'
  readonly mirrored: boolean
}

const asItIs: Steps = { region: null, size: null, filter: 'bilinear', mirrored: false }

/**
 * A JPEG file of which no pixel has been decoded yet, and what shall be done to its pixels then: so that only the needed part
 * is decoded, and what lies between never gets memory of its own.
 */
export class JpegSource {
  readonly width: number
  readonly height: number
  readonly mode: Mode
  readonly #bytes: Uint8Array
  readonly #header: JpegHeader
  readonly #truncated: boolean
  /** What errors call it. */
  readonly #name: string
  readonly #steps: Steps

  constructor(bytes: Uint8Array, header: JpegHeader, truncated: boolean, name: string, steps: Steps = asItIs) {
    this.#bytes = bytes
    this.#truncated = truncated
    this.#name = name
    this.#header = header
    this.#steps = steps
    const { region, size } = steps
    this.width = size?.[0] ?? region?.[2] ?? header.width
    this.height = size?.[1] ?? region?.[3] ?? header.height
    this.mode = header.bands === 1 ? 'L' : header.bands === 3 ? 'RGB' : 'CMYK'
  }

  #with(steps: Partial<Steps>): JpegSource {
    return new JpegSource(this.#bytes, this.#header, this.#truncated, this.#name, { ...this.#steps, ...steps })
  }

  /** A part of the whole picture; null where other steps come before. */
  cropped(region: Region): JpegSource | null {
    return this.#steps === asItIs ? this.#with({ region }) : null
  }

  resized(size: Size, filter: 'bilinear' | 'bicubic'): JpegSource | null {
    const { size: before, mirrored } = this.#steps
    // Of CMYK the numbers are turned around first.
    return before || mirrored || this.#header.bands === 4 ? null : this.#with({ size, filter })
  }

  mirrored(): JpegSource {
    return this.#with({ mirrored: !this.#steps.mirrored })
  }

  /** Does more than decoding? */
  get hasSteps(): boolean {
    return this.#steps !== asItIs
  }

  /** @throws {ValueError} for a file that cannot be decoded or is cut off */
  pixels(): Uint8Array {
    return this.#run(file => this.#settled(takeBytes(callImage('load_jpeg', ...this.#arguments(file)) as Tensor)))
  }

  /** float32 (bands, height, width), see `floatBands`; null for CMYK. */
  floats(mean: readonly number[], std: readonly number[]): Tensor | null {
    if (this.#header.bands === 4) return null
    return this.#run(file => callImage('load_jpeg_float', ...this.#arguments(file), mean, std) as Tensor)
  }

  /** `pixels` on a thread of the addon's own. */
  async pixelsAsync(): Promise<Uint8Array> {
    const file = fileTensor(this.#bytes)
    try {
      return this.#settled(takeBytes(await native.callByNameAsync('torch_node::load_jpeg', '', this.#arguments(file))))
    } catch (error) {
      throw unreadable(this.#name, error)
    } finally {
      native.dispose(file)
    }
  }

  #arguments(file: Tensor): unknown[] {
    const { region, size, filter, mirrored } = this.#steps
    return [file, this.#header.bands, region ?? [], this.#truncated, size ?? [], filter, mirrored]
  }

  #run<T>(use: (file: Tensor) => T): T {
    const file = fileTensor(this.#bytes)
    try {
      return use(file)
    } catch (error) {
      throw unreadable(this.#name, error)
    } finally {
      native.dispose(file)
    }
  }

  /** Adobe's CMYK files hold what is left of white; all others are taken for Adobe's, as Pillow does. */
  #settled(pixels: Uint8Array): Uint8Array {
    if (this.#header.bands === 4) for (let i = 0; i < pixels.length; i++) pixels[i] = 255 - pixels[i]!
    return pixels
  }
}

export function unreadable(name: string, error: unknown): ValueError {
  return new ValueError(`cannot identify or read image file ${name}: ${(error as Error).message}`)
}
