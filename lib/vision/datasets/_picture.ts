/** Tensors of pixels as pictures. */
import type { Tensor } from '../../tensor.js'
import { tensorPixels } from '../_image/tensor.js'
import { Image } from '../image.js'

/** uint8 (height, width) → a grey picture. */
export function greyImage(pixels: Tensor): Image {
  return Image.frombytes('L', [pixels.size(1), pixels.size(0)], tensorPixels(pixels))
}

/** uint8 (height, width, 3) → a picture in colours. */
export function colourImage(pixels: Tensor): Image {
  return Image.frombytes('RGB', [pixels.size(1), pixels.size(0)], tensorPixels(pixels))
}
