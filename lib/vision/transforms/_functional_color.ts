/** Colours of Images and of Tensors (…, 1 or 3, H, W). An Image goes by Pillow's arithmetic, a tensor by torchvision's. */
import { typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { scope } from '../../memory.js'
import { Tensor } from '../../tensor.js'
import { Image } from '../image.js'
import * as P from './_functional_pil_color.js'
import * as T from './_functional_tensor_color.js'

type Picture = Image | Tensor

function onEither<I extends Picture>(img: I, image: (img: Image) => Image, tensor: (img: Tensor) => Tensor): I {
  if (img instanceof Image) return image(img) as I
  // The pictures between are large: their memory is used again at once.
  if (img instanceof Tensor) return scope(() => tensor(img)) as I
  throw new TypeError(`img should be Image or Tensor. Got ${typeName(img)}`)
}

/** @throws {TypeError} for what is no number: arithmetic would make a picture of it all the same */
function checkNumber(name: string, value: number): void {
  if (typeof value !== 'number' || Number.isNaN(value))
    throw new TypeError(`${name} should be a number, got ${typeName(value)}`)
}

/** 0 is black, 1 the image itself, 2 twice as bright. */
export function adjust_brightness<I extends Picture>(img: I, brightness_factor: number): I {
  checkNumber('brightness_factor', brightness_factor)
  return onEither(
    img,
    image => P.adjust_brightness(image, brightness_factor),
    tensor => T.adjust_brightness(tensor, brightness_factor),
  )
}

/** 0 is the mean grey, 1 the image itself, 2 twice the contrast. */
export function adjust_contrast<I extends Picture>(img: I, contrast_factor: number): I {
  checkNumber('contrast_factor', contrast_factor)
  return onEither(
    img,
    image => P.adjust_contrast(image, contrast_factor),
    tensor => T.adjust_contrast(tensor, contrast_factor),
  )
}

/** 0 is black and white, 1 the image itself, 2 twice as colourful. */
export function adjust_saturation<I extends Picture>(img: I, saturation_factor: number): I {
  checkNumber('saturation_factor', saturation_factor)
  return onEither(
    img,
    image => P.adjust_saturation(image, saturation_factor),
    tensor => T.adjust_saturation(tensor, saturation_factor),
  )
}

/**
 * Turns the hue: 0 is the image itself, -0.5 and 0.5 its complementary colours. Grey images stay as they are.
 *
 * @throws {ValueError} for a factor outside -0.5 to 0.5
 */
export function adjust_hue<I extends Picture>(img: I, hue_factor: number): I {
  checkNumber('hue_factor', hue_factor)
  if (!(hue_factor >= -0.5 && hue_factor <= 0.5))
    throw new ValueError(`hue_factor (${hue_factor}) is not in [-0.5, 0.5].`)
  return onEither(
    img,
    image => P.adjust_hue(image, hue_factor),
    tensor => T.adjust_hue(tensor, hue_factor),
  )
}

/** `gain * img ** gamma`, for pixels of 0 to 1: above 1 the shadows darken, below they lighten. */
export function adjust_gamma<I extends Picture>(img: I, gamma: number, gain = 1): I {
  checkNumber('gamma', gamma)
  checkNumber('gain', gain)
  if (gamma < 0) throw new ValueError('Gamma should be a non-negative real number')
  return onEither(
    img,
    image => P.adjust_gamma(image, gamma, gain),
    tensor => T.adjust_gamma(tensor, gamma, gain),
  )
}

/** 0 is blurred, 1 the image itself, 2 twice as sharp. */
export function adjust_sharpness<I extends Picture>(img: I, sharpness_factor: number): I {
  checkNumber('sharpness_factor', sharpness_factor)
  return onEither(
    img,
    image => P.adjust_sharpness(image, sharpness_factor),
    tensor => T.adjust_sharpness(tensor, sharpness_factor),
  )
}

/** The negative. An Image is of mode `L` or `RGB`. */
export function invert<I extends Picture>(img: I): I {
  return onEither(img, P.invert, T.invert)
}

/**
 * Keeps the highest `bits` of each band, 0 to 8 (an Image: 1 to 8). A tensor is of uint8, an Image of mode `L` or
 * `RGB`.
 *
 * @throws {ValueError} for another number of bits
 */
export function posterize<I extends Picture>(img: I, bits: number): I {
  if (!(Number.isInteger(bits) && bits >= 0 && bits <= 8))
    throw new ValueError(`The number of bits should be between 0 and 8. Got ${String(bits)}`)
  return onEither(
    img,
    image => P.posterize(image, bits),
    tensor => T.posterize(tensor, bits),
  )
}

/** Inverts what is at `threshold` or above. An Image is of mode `L` or `RGB`. */
export function solarize<I extends Picture>(img: I, threshold: number): I {
  checkNumber('threshold', threshold)
  return onEither(
    img,
    image => P.solarize(image, threshold),
    tensor => T.solarize(tensor, threshold),
  )
}

/** Stretches each band so that its darkest pixel becomes black, its lightest white. An Image is of mode `L` or `RGB`. */
export function autocontrast<I extends Picture>(img: I): I {
  return onEither(img, P.autocontrast, T.autocontrast)
}

/** Spreads the numbers of each band evenly. A tensor is of uint8 and 3 or 4 dimensions, an Image of mode `L` or `RGB`. */
export function equalize<I extends Picture>(img: I): I {
  return onEither(img, P.equalize, T.equalize)
}

/** Colours to grey, in 1 channel or 3 that are the same. */
export function rgb_to_grayscale<I extends Picture>(img: I, num_output_channels = 1): I {
  return onEither(
    img,
    image => P.to_grayscale(image, num_output_channels),
    tensor => T.rgb_to_grayscale(tensor, num_output_channels),
  )
}

/** An Image of any mode to mode `L`, or with 3 output channels to a grey `RGB`. Tensors have `rgb_to_grayscale`. */
export function to_grayscale(img: Image, num_output_channels = 1): Image {
  if (!(img instanceof Image)) throw new TypeError(`Input should be Image. Got ${typeName(img)}`)
  return P.to_grayscale(img, num_output_channels)
}
