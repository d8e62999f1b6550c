/** Transforms as functions: https://docs.pytorch.org/vision/stable/transforms.html#functional-transforms */
import { typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { native } from '../../_C/native.js'
import { type dtype, dtypes, float32, int16, uint16 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { factsOf } from '../_image/modes.js'
import { pixelTensor } from '../_image/tensor.js'
import { Image } from '../image.js'
import * as T from './_functional_tensor.js'
import { roundHalfEven } from './_random.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

export {
  adjust_brightness,
  adjust_contrast,
  adjust_gamma,
  adjust_hue,
  adjust_saturation,
  adjust_sharpness,
  autocontrast,
  equalize,
  invert,
  posterize,
  rgb_to_grayscale,
  solarize,
  to_grayscale,
} from './_functional_color.js'
export {
  affine,
  elastic_transform,
  erase,
  five_crop,
  gaussian_blur,
  pad,
  perspective,
  resized_crop,
  rotate,
  ten_crop,
} from './_functional_geometry.js'
export { convert_image_dtype, normalize } from './_functional_tensor.js'
export { to_pil_image } from './_to_pil_image.js'

function checkImage(pic: unknown): asserts pic is Image {
  if (!(pic instanceof Image)) throw new TypeError(`pic should be Image. Got ${typeName(pic)}`)
}

/** Image → Tensor (C, H, W) of the default float dtype; 8-bit pixels become 0 to 1, others keep their numbers and dtype. */
export function to_tensor(pic: Image): Tensor {
  checkImage(pic)
  const floats = floatImage(pic)
  if (floats) return floats
  const image = chw(pic, int16).contiguous()
  if (!(pic.data instanceof Uint8Array)) return image.clone()
  return image.to(dtypes[native.getDefaultDtype()]!).div(255)
}

/**
 * `to_tensor`, and `normalize` of that where `mean` and `std` are given, in one pass over the pixels; null for what one pass
 * does not do: pixels of more than 8 bits, another default dtype, numbers that `normalize` refuses. @internal
 */
export function floatImage(pic: Image, mean: readonly number[] = [], std: readonly number[] = []): Tensor | null {
  const bands = factsOf(pic.mode).bands.length
  if (native.getDefaultDtype() !== float32.scalarType) return null
  if (mean.length !== std.length || (mean.length !== 0 && mean.length !== bands)) return null
  if (std.some(value => Math.fround(value) === 0)) return null
  return pic._floats(mean, std)
}

/** Image → Tensor (C, H, W) of the image's own dtype, unscaled. */
export function pil_to_tensor(pic: Image): Tensor {
  checkImage(pic)
  return chw(pic, uint16).clone()
}

/** The image's memory as (C, H, W). torchvision reads 16-bit pixels as int16 here and as uint16 there. */
function chw(pic: Image, wide: dtype): Tensor {
  const bands = factsOf(pic.mode).bands.length
  return pixelTensor(pic.data, pic.size, bands, pic.data instanceof Uint16Array ? wide : undefined).permute(2, 0, 1)
}

/** `[channels, height, width]` of an Image or Tensor. */
export function get_dimensions(img: Image | Tensor): [channels: number, height: number, width: number] {
  if (img instanceof Image) return [factsOf(img.mode).bands.length, img.height, img.width]
  T.checkTensorImage(img)
  return [img.dim() === 2 ? 1 : img.size(-3), img.size(-2), img.size(-1)]
}

/** `[width, height]` of an Image or Tensor. */
export function get_image_size(img: Image | Tensor): [width: number, height: number] {
  const [, height, width] = get_dimensions(img)
  return [width, height]
}

export function get_image_num_channels(img: Image | Tensor): number {
  return get_dimensions(img)[0]
}

/** Mirrors left to right. */
export function hflip<T extends Image | Tensor>(img: T): T {
  if (img instanceof Image) return img.transpose('flip_left_right') as T
  T.checkTensorImage(img)
  return img.flip(-1) as T
}

/** Mirrors upside down. */
export function vflip<T extends Image | Tensor>(img: T): T {
  if (img instanceof Image) return img.transpose('flip_top_bottom') as T
  T.checkTensorImage(img)
  return img.flip(-2) as T
}

/** The rectangle from `top`, `left`; what lies outside the image is 0. */
export function crop<T extends Image | Tensor>(img: T, top: number, left: number, height: number, width: number): T {
  if (img instanceof Image) return img.crop([left, top, left + width, top + height]) as T
  T.checkTensorImage(img)
  return T.crop(img, top, left, height, width) as T
}

/** The middle, `[height, width]` or one number for both; with zeros around where the image is smaller. */
export function center_crop<T extends Image | Tensor>(img: T, output_size: number | readonly number[]): T {
  const [height, width] = heightAndWidth(output_size)
  const [, imageHeight, imageWidth] = get_dimensions(img)
  // Where the crop is larger, the missing pixel of an odd difference goes to the right and below.
  const start = (image: number, wanted: number) =>
    wanted > image ? -Math.floor((wanted - image) / 2) : roundHalfEven((image - wanted) / 2)
  return crop(img, start(imageHeight, height), start(imageWidth, width), height, width)
}

/** Scales to `[height, width]`, or the shorter side to one number, the longer then being at most `max_size`. */
export function resize<T extends Image | Tensor>(
  img: T,
  size: number | readonly number[],
  interpolation: InterpolationMode = 'bilinear',
  max_size: number | null = null,
  antialias: boolean | null = true,
): T {
  interpolationMode(interpolation)
  const wanted = checkedSize(size)
  if (max_size !== null && typeof wanted !== 'number' && wanted.length !== 1)
    throw new ValueError('max_size should only be passed if size specifies the length of the smaller edge')
  const [, imageHeight, imageWidth] = get_dimensions(img)
  const [height, width] = resizedSize([imageHeight, imageWidth], wanted, max_size)
  if (imageHeight === height && imageWidth === width) return img
  if (img instanceof Image) {
    // For images Pillow's 'nearest' is both.
    return img.resize([width, height], interpolation === 'nearest-exact' ? 'nearest' : interpolation) as T
  }
  return T.resize(img, [height, width], interpolation, antialias ?? false) as T
}

function resizedSize(
  [height, width]: [height: number, width: number],
  size: number | readonly number[],
  maxSize: number | null,
): [height: number, width: number] {
  if (typeof size !== 'number' && size.length === 2) return [size[0]!, size[1]!]
  let short = typeof size === 'number' ? size : size[0]!
  let long = Math.trunc((short * Math.max(height, width)) / Math.min(height, width))
  if (maxSize !== null) {
    if (maxSize <= short)
      throw new ValueError(
        `max_size = ${maxSize} must be strictly greater than the requested size for the smaller edge size = ${short}`,
      )
    if (long > maxSize) [short, long] = [Math.trunc((maxSize * short) / long), maxSize]
  }
  return width <= height ? [long, short] : [short, long]
}

/** @throws {TypeError | ValueError} for what is no size @internal */
export function checkedSize(size: number | readonly number[]): number | readonly number[] {
  if (typeof size !== 'number' && !Array.isArray(size))
    throw new TypeError(`Size should be int or sequence. Got ${typeName(size)}`)
  const sides = typeof size === 'number' ? [size] : size
  if (sides.length !== 1 && sides.length !== 2)
    throw new ValueError('If size is a sequence, it should have 1 or 2 values')
  if (!sides.every(side => Number.isInteger(side) && side > 0))
    throw new ValueError(`Size should be whole numbers above 0, got ${sides.join(', ')}`)
  return size
}

/** `size` for both sides. @internal */
export function heightAndWidth(size: number | readonly number[]): [height: number, width: number] {
  const checked = checkedSize(size)
  if (typeof checked === 'number') return [checked, checked]
  return [checked[0]!, checked[1] ?? checked[0]!]
}
