/** What augmentations do to a part of an image, and JPEG's losses. */
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import { stack } from '../../../../_generated/torch.js'
import { uint8 } from '../../../../dtype.js'
import type { Tensor } from '../../../../tensor.js'
import { pixelTensor, tensorPixels } from '../../../_image/tensor.js'
import { Image as Picture } from '../../../image.js'
import { to_pil_image } from '../../_to_pil_image.js'
import { erase as eraseTensor, pil_to_tensor } from '../../functional.js'
import { throughJpeg } from './_jpeg.js'
import { dispatcher, registerImageKernels } from './_utils.js'

function erased(image: Tensor, i: number, j: number, h: number, w: number, v: Tensor, inplace = false): Tensor {
  return eraseTensor(image, i, j, h, w, v, inplace)
}

function erasedPicture(image: Picture, i: number, j: number, h: number, w: number, v: Tensor): Picture {
  return to_pil_image(eraseTensor(pil_to_tensor(image), i, j, h, w, v), image.mode)
}

const rectangle = ['i', 'j', 'h', 'w', 'v'] as const

/** `erase` of a tensor. */
export const erase_image = define('erase_image', ['image', ...rectangle, 'inplace?'], erased)
/** `erase` of a tensor (…, T, C, H, W). */
export const erase_video = define('erase_video', ['video', ...rectangle, 'inplace?'], erased)

/** Row `i`, column `j`, `h` rows and `w` columns set to `v`, which spreads over them. */
export const erase = dispatcher<
  [i: number, j: number, h: number, w: number, v: Tensor],
  [inplace: boolean],
  { i: number; j: number; h: number; w: number; v: Tensor; inplace: boolean }
>('erase', ...rectangle, ['inplace', false])
registerImageKernels(erase, { image: erased, picture: erasedPicture })

/** @throws {TypeError | ValueError} for what is no whole number of 1 to 100 */
function checkQuality(quality: number): void {
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100))
    throw new ValueError(`quality must be an integer from 1 to 100, got ${String(quality)}`)
}

function compressed(image: Tensor, quality: number): Tensor {
  checkQuality(quality)
  if (image.dtype !== uint8) throw new TypeError(`JPEG takes tensors of uint8, got ${image.dtype}`)
  const channels = image.size(-3)
  if (channels !== 1 && channels !== 3)
    throw new ValueError(`The number of channels should be 1 or 3, got: ${channels}`)
  if (image.numel() === 0) return image.clone()
  const [height, width] = [image.size(-2), image.size(-1)]
  const images = image.reshape(-1, channels, height, width).permute(0, 2, 3, 1).unbind(0)
  const decoded = images.map(hwc => {
    const pixels = throughJpeg(tensorPixels(hwc.cpu()) as Uint8Array, [width, height], channels, quality)
    return pixelTensor(pixels, [width, height], channels).permute(2, 0, 1)
  })
  return stack(decoded).view(image.shape)
}

function compressedPicture(image: Picture, quality: number): Picture {
  checkQuality(quality)
  if (image.mode !== 'L' && image.mode !== 'RGB') throw new ValueError(`cannot write mode ${image.mode} as JPEG`)
  const bands = image.mode === 'L' ? 1 : 3
  return Picture.frombytes(image.mode, image.size, throughJpeg(image.data as Uint8Array, image.size, bands, quality))
}

/** `jpeg` of a tensor. */
export const jpeg_image = define('jpeg_image', ['image', 'quality'], compressed)
/** `jpeg` of a tensor (…, T, C, H, W). */
export const jpeg_video = define('jpeg_video', ['video', 'quality'], compressed)

/** What a JPEG file of `quality` 1 to 100 keeps of uint8 images with 1 or 3 channels. */
export const jpeg = dispatcher<[quality: number], [], { quality: number }>('jpeg', 'quality')
registerImageKernels(jpeg, { image: compressed, picture: compressedPicture })
