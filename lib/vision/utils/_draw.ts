/** What the functions that draw on tensors share. */
import { typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { type dtype, uint8 } from '../../dtype.js'
import { Tensor } from '../../tensor.js'
import { Drawing } from '../_image/draw.js'
import { tensorPixels } from '../_image/tensor.js'
import { type DrawColor, type RGB, rgbOf } from './_colors.js'

/** One colour for all, one for each, or null for a palette. */
export type DrawColors = DrawColor | readonly DrawColor[] | null

/** @throws {TypeError} for what is no tensor @throws {ValueError} for one that is no picture */
export function checkPicture(image: unknown, expected: string): asserts image is Tensor {
  if (!(image instanceof Tensor)) throw new TypeError(`${expected}, got ${typeName(image)}`)
  if (image.dtype !== uint8 && !image.is_floating_point())
    throw new ValueError(`The image dtype must be uint8 or float, got torch.${image.dtype.name}`)
  if (image.dim() !== 3) throw new ValueError('Pass individual images, not batches')
}

/** @throws {ValueError} for a picture without three channels */
export function checkRgb(image: Tensor): void {
  if (image.size(0) !== 3) throw new ValueError('Pass an RGB image. Other Image formats are not supported')
}

function isTriple(colors: readonly unknown[]): colors is RGB {
  return colors.length > 0 && colors.every(part => typeof part === 'number')
}

/** A colour for each of `count` things. @throws {ValueError} for fewer colours than things, or what is no colour */
export function colorsOf(colors: DrawColors, count: number): RGB[] {
  if (colors === null) return Array.from({ length: count }, (_, i) => paletteColor(i))
  if (typeof colors === 'string') return Array<RGB>(count).fill(rgbOf(colors))
  if (!Array.isArray(colors))
    throw new ValueError(`colors must be a tuple or a string, or a list thereof, but got ${typeName(colors)}.`)
  if (isTriple(colors)) {
    if (colors.length !== 3)
      throw new ValueError(`If passed as tuple, colors should be an RGB triplet, but got (${colors.join(', ')}).`)
    return Array<RGB>(count).fill(colors)
  }
  if (colors.length < count)
    throw new ValueError(
      `Number of colors must be equal or larger than the number of objects, but got ${colors.length} < ${count}.`,
    )
  return (colors as readonly DrawColor[]).map(rgbOf)
}

function paletteColor(i: number): RGB {
  return [((2 ** 25 - 1) * i) % 255, ((2 ** 15 - 1) * i) % 255, ((2 ** 21 - 1) * i) % 255]
}

/** A picture (3, H, W) of bytes or of floats from 0 to 1 with what `draw` puts on a copy, in the same dtype. */
export function drawn(image: Tensor, draw: (drawing: Drawing) => void): Tensor {
  const [height, width] = [image.size(1), image.size(2)]
  const bytes = image.is_floating_point() ? image.mul(256 - 1e-3).to(uint8) : image
  const pixels = tensorPixels(bytes.permute(1, 2, 0).to('cpu')) as Uint8Array
  draw(new Drawing(pixels, width, height))
  const result = native.fromBytes(pixels, uint8.scalarType, [height, width, 3], false).permute(2, 0, 1)
  return (image.is_floating_point() ? toFloat(result, image.dtype) : result.contiguous()).to(image.device)
}

function toFloat(bytes: Tensor, type: dtype): Tensor {
  return bytes.to(type).mul_(1 / 255)
}

/** A warning as Python's `warnings.warn`. */
export function warn(message: string): void {
  process.emitWarning(message, 'TorchWarning')
}
