import { typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { uint8 } from '../../dtype.js'
import { Tensor } from '../../tensor.js'
import { tensorPixels } from '../_image/tensor.js'
import { Image } from '../image.js'
import { write_file } from './file.js'

/** uint8 (1 or 3, H, W), for grey pictures also (H, W), as an image. */
function imageOf(input: Tensor): Image {
  if (!(input instanceof Tensor)) throw new TypeError(`Expected a Tensor, got ${typeName(input)}`)
  if (input.dtype !== uint8) throw new ValueError(`Input tensor dtype should be uint8, got ${input.dtype}`)
  const chw = input.dim() === 2 ? input.unsqueeze(0) : input
  if (chw.dim() !== 3) throw new ValueError(`Input data should be a 3-dimensional tensor, got ${input.dim()}`)
  const [channels, height, width] = chw.shape as [number, number, number]
  if (channels !== 1 && channels !== 3)
    throw new ValueError(`The number of channels should be 1 or 3, got: ${channels}`)
  const pixels = tensorPixels(chw.permute(1, 2, 0).cpu())
  return Image.frombytes(channels === 1 ? 'L' : 'RGB', [width, height], pixels)
}

function fileTensor(bytes: Uint8Array): Tensor {
  return native.fromBytes(bytes, uint8.scalarType, [bytes.length], false)
}

/**
 * The bytes of a JPEG file, uint8 of one dimension, of a uint8 Tensor (C, H, W) of 1 or 3 channels; of a list a list.
 * `quality` is 1 to 100. https://docs.pytorch.org/vision/stable/generated/torchvision.io.encode_jpeg.html
 */
export async function encode_jpeg<T extends Tensor | readonly Tensor[]>(
  input: T,
  quality = 75,
): Promise<T extends Tensor ? Tensor : Tensor[]> {
  if (!(quality >= 1 && quality <= 100))
    throw new ValueError('Image quality should be a positive number between 1 and 100')
  const one = async (picture: Tensor): Promise<Tensor> =>
    fileTensor(await imageOf(picture).encode('jpeg', { quality: Math.trunc(quality) }))
  if (Array.isArray(input) && input.length === 0)
    throw new ValueError('encode_jpeg requires at least one input tensor when a list is passed')
  const result = Array.isArray(input) ? await Promise.all((input as Tensor[]).map(one)) : await one(input as Tensor)
  return result as T extends Tensor ? Tensor : Tensor[]
}

/** The bytes of a PNG file; `compression_level` is 0 to 9. https://docs.pytorch.org/vision/stable/generated/torchvision.io.encode_png.html */
export async function encode_png(input: Tensor, compression_level = 6): Promise<Tensor> {
  if (!(Number.isInteger(compression_level) && compression_level >= 0 && compression_level <= 9))
    throw new ValueError('Compression level should be between 0 and 9')
  return fileTensor(await imageOf(input).encode('png', { compressionLevel: compression_level }))
}

/** Writes `encode_jpeg` of `input`. https://docs.pytorch.org/vision/stable/generated/torchvision.io.write_jpeg.html */
export async function write_jpeg(input: Tensor, filename: string, quality = 75): Promise<void> {
  await write_file(filename, await encode_jpeg(input, quality))
}

/** Writes `encode_png` of `input`. https://docs.pytorch.org/vision/stable/generated/torchvision.io.write_png.html */
export async function write_png(input: Tensor, filename: string, compression_level = 6): Promise<void> {
  await write_file(filename, await encode_png(input, compression_level))
}
