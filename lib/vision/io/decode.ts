import { readFile } from 'node:fs/promises'
import { typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { stack } from '../../_generated/torch.js'

import type { DeviceLike } from '../../device.js'
import { uint8 } from '../../dtype.js'
import { Tensor } from '../../tensor.js'
import { type Decoded, decodeFrames, defaultMaxPixels } from '../_image/codec.js'
import { jpegOrientation } from '../_image/exif.js'
import { decodeJpeg, decodeJpegAsync, hasTurboJpeg, isJpeg, readJpegHeader, unreadable } from '../_image/jpeg.js'
import { factsOf, type Mode } from '../_image/modes.js'
import { pixelTensor } from '../_image/tensor.js'
import { Image } from '../image.js'
import { type ImageReadMode, modeOf } from './image_read_mode.js'

const inMemory = 'from memory'

/** The bytes of a one-dimensional uint8 tensor: the same memory, for as long as the call lasts that asks for it. */
function bytesOf(input: Tensor): Uint8Array {
  if (!(input instanceof Tensor))
    throw new TypeError(`Expected the bytes of a file as a Tensor, got ${typeName(input)}`)
  if (input.device.type !== 'cpu') throw new ValueError('Input tensor must be a CPU tensor')
  if (input.dtype !== uint8 || input.dim() !== 1 || input.numel() === 0)
    throw new ValueError('Expected a non-empty one-dimensional uint8 tensor: the bytes of a file')
  return new Uint8Array(native.toArrayBuffer(input.contiguous(), true))
}

/** The image as uint8 (uint16 for 16-bit grey) (C, H, W) over its own memory. */
function channelsFirst(image: Image): Tensor {
  return pixelTensor(image.data, image.size, factsOf(image.mode).bands.length).permute(2, 0, 1)
}

/** A picture (C, H, W) of this EXIF orientation, upright. */
function upright(chw: Tensor, orientation: number): Tensor {
  const turned = orientation >= 5 ? chw.transpose(-1, -2) : chw
  const flips: Record<number, number[]> = { 2: [-1], 3: [-1, -2], 4: [-2], 6: [-1], 7: [-1, -2], 8: [-2] }
  const dims = flips[orientation]
  return dims ? turned.flip(dims) : turned
}

/** The bands that libjpeg gives directly for a mode; 0 where the picture must be converted. */
function directBands(bands: 1 | 3 | 4, mode: Mode | null): number {
  if (mode === null) return bands
  if (bands === 4) return 0
  return mode === 'L' ? 1 : mode === 'RGB' ? 3 : 0
}

async function decodeBytes(bytes: Uint8Array, mode: Mode | null, applyExif: boolean): Promise<Tensor> {
  if (isJpeg(bytes) && hasTurboJpeg()) {
    const header = jpegHeaderOf(bytes)
    const bands = directBands(header.bands, mode)
    if (bands) {
      const pixels = await decodeJpegAsync(bytes, bands, false).catch((error: unknown) => {
        throw unreadable(inMemory, error)
      })
      const chw = pixelTensor(pixels, [header.width, header.height], bands).permute(2, 0, 1)
      return applyExif ? upright(chw, jpegOrientation(bytes)) : chw
    }
  }
  const image = await Image.open(bytes)
  await image.load()
  const chw = channelsFirst(mode === null || mode === image.mode ? image : image.convert(mode))
  return applyExif ? upright(chw, image.orientation) : chw
}

function jpegHeaderOf(bytes: Uint8Array) {
  try {
    const header = readJpegHeader(bytes)
    if (header.width * header.height > defaultMaxPixels)
      throw new Error(`the picture exceeds pixel limit ${defaultMaxPixels}`)
    return header
  } catch (error) {
    throw unreadable(inMemory, error)
  }
}

/**
 * A file's picture as a uint8 Tensor (C, H, W), a GIF's of several frames as (N, C, H, W). `input` is a path or the file's
 * bytes. Asynchronous: decoding runs on other threads.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.io.decode_image.html
 *
 * @throws {ValueError} for what is no picture or is cut off
 */
export async function decode_image(
  input: Tensor | string,
  mode: ImageReadMode = 'UNCHANGED',
  apply_exif_orientation = false,
): Promise<Tensor> {
  const wanted = modeOf(mode)
  const bytes = typeof input === 'string' ? await readFile(input) : bytesOf(input)
  if (String.fromCharCode(...bytes.subarray(0, 4)) === 'GIF8') return decodeGif(bytes)
  return decodeBytes(bytes, wanted, apply_exif_orientation)
}

/** `decode_image` of a file. https://docs.pytorch.org/vision/stable/generated/torchvision.io.read_image.html */
export function read_image(
  path: string,
  mode: ImageReadMode = 'UNCHANGED',
  apply_exif_orientation = false,
): Promise<Tensor> {
  return decode_image(path, mode, apply_exif_orientation)
}

/**
 * A JPEG file's bytes, or a list of them, as uint8 (C, H, W).
 * https://docs.pytorch.org/vision/stable/generated/torchvision.io.decode_jpeg.html
 */
export async function decode_jpeg<T extends Tensor | readonly Tensor[]>(
  input: T,
  mode: ImageReadMode = 'UNCHANGED',
  device: DeviceLike = 'cpu',
  apply_exif_orientation = false,
): Promise<T extends Tensor ? Tensor : Tensor[]> {
  const wanted = modeOf(mode)
  const one = async (file: Tensor): Promise<Tensor> => {
    const picture = await decodeBytes(checkedFormat(bytesOf(file), 'JPEG'), wanted, apply_exif_orientation)
    return picture.to(device)
  }
  if (Array.isArray(input) && input.length === 0) throw new ValueError('Input list must contain at least one element')
  const result = Array.isArray(input) ? await Promise.all((input as Tensor[]).map(one)) : await one(input as Tensor)
  return result as T extends Tensor ? Tensor : Tensor[]
}

/**
 * `decode_jpeg` of one file at once, on this thread.
 *
 * @throws {ValueError} where there is no libjpeg-turbo (the optional package `@julusian/jpeg-turbo`, on Linux), and for modes
 * with alpha
 */
export function decode_jpegSync(
  input: Tensor,
  mode: ImageReadMode = 'UNCHANGED',
  apply_exif_orientation = false,
): Tensor {
  const wanted = modeOf(mode)
  const bytes = checkedFormat(bytesOf(input), 'JPEG')
  if (!hasTurboJpeg())
    throw new ValueError('decode_jpegSync needs the package @julusian/jpeg-turbo; await decode_jpeg does not')
  const header = jpegHeaderOf(bytes)
  const bands = directBands(header.bands, wanted)
  if (!bands) throw new ValueError(`decode_jpegSync does not make ${mode} of this file; await decode_jpeg does`)
  try {
    const pixels = decodeJpeg(bytes, bands, null, false)
    const chw = pixelTensor(pixels, [header.width, header.height], bands).permute(2, 0, 1)
    return apply_exif_orientation ? upright(chw, jpegOrientation(bytes)) : chw
  } catch (error) {
    throw unreadable(inMemory, error)
  }
}

/** How files of each format begin: bytes at an offset. */
const beginnings = {
  JPEG: [0, '\xff\xd8\xff'],
  PNG: [0, '\x89PNG'],
  GIF: [0, 'GIF8'],
  WebP: [8, 'WEBP'],
  AVIF: [4, 'ftypavi'],
} as const

function checkedFormat(bytes: Uint8Array, format: keyof typeof beginnings): Uint8Array {
  const [at, text] = beginnings[format]
  if (String.fromCharCode(...bytes.subarray(at, at + text.length)) !== text)
    throw new ValueError(`cannot identify or read image file ${inMemory}: not a ${format} file`)
  return bytes
}

/** A PNG file's bytes as uint8 (C, H, W), uint16 for 16-bit grey. https://docs.pytorch.org/vision/stable/generated/torchvision.io.decode_png.html */
export async function decode_png(
  input: Tensor,
  mode: ImageReadMode = 'UNCHANGED',
  apply_exif_orientation = false,
): Promise<Tensor> {
  return decodeBytes(checkedFormat(bytesOf(input), 'PNG'), modeOf(mode), apply_exif_orientation)
}

/** A WebP file's bytes as uint8 (C, H, W). https://docs.pytorch.org/vision/stable/generated/torchvision.io.decode_webp.html */
export async function decode_webp(input: Tensor, mode: ImageReadMode = 'UNCHANGED'): Promise<Tensor> {
  return decodeBytes(checkedFormat(bytesOf(input), 'WebP'), modeOf(mode), false)
}

/** An AVIF file's bytes as uint8 (C, H, W). https://docs.pytorch.org/vision/stable/generated/torchvision.io.decode_avif.html */
export async function decode_avif(input: Tensor, mode: ImageReadMode = 'UNCHANGED'): Promise<Tensor> {
  return decodeBytes(checkedFormat(bytesOf(input), 'AVIF'), modeOf(mode), false)
}

/** A GIF file's bytes as uint8 (3, H, W), of several frames (N, 3, H, W). https://docs.pytorch.org/vision/stable/generated/torchvision.io.decode_gif.html */
export async function decode_gif(input: Tensor): Promise<Tensor> {
  return decodeGif(checkedFormat(bytesOf(input), 'GIF'))
}

async function decodeGif(bytes: Uint8Array): Promise<Tensor> {
  const frames: Decoded[] = await decodeFrames(bytes, inMemory)
  const pictures = frames.map(({ pixels, width, height }) => pixelTensor(pixels, [width, height], 3).permute(2, 0, 1))
  return pictures.length === 1 ? pictures[0]! : stack(pictures)
}
