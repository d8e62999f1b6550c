/** The corners and the middle: kernels of `five_crop` and `ten_crop`. */
import { type Args, signature } from '../../../../_C/args.js'
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import type { Tensor } from '../../../../tensor.js'
import type { Image } from '../../../image.js'
import { sizeOf } from '../../_geometry_arguments.js'
import type { Size } from './_boxes.js'
import { center_crop_image, centerCropPicture, crop_image, cropPicture } from './_geometry_crop.js'
import { registerKernels } from './_geometry_register.js'
import { getKernel, type Input } from './_utils.js'

/** Height and width, or one number for both. */
export type CropSize = number | readonly number[]

export type Five<T> = [topLeft: T, topRight: T, bottomLeft: T, bottomRight: T, middle: T]
export type Ten<T> = [...Five<T>, ...Five<T>]

type Crop<T> = (top: number, left: number, height: number, width: number) => T

/** The corners of a canvas of height `h` and width `w` by `crop`, and the middle by `center`. */
function fiveOf<T>([h, w]: Size, size: CropSize, crop: Crop<T>, center: (size: Size) => T): Five<T> {
  const [height, width] = sizeOf(size)
  if (width > w || height > h)
    throw new ValueError(`Requested crop size (${height}, ${width}) is bigger than input size (${h}, ${w})`)
  const [bottom, right] = [h - height, w - width]
  const at = (top: number, left: number): T => crop(top, left, height, width)
  return [at(0, 0), at(0, right), at(bottom, 0), at(bottom, right), center([height, width])]
}

function fiveImage(image: Tensor, size: CropSize): Five<Tensor> {
  return fiveOf(
    [image.size(-2), image.size(-1)],
    size,
    (...rectangle) => crop_image(image, ...rectangle),
    middle => center_crop_image(image, middle),
  )
}

export function fivePicture(image: Image, size: CropSize): Five<Image> {
  return fiveOf(
    [image.height, image.width],
    size,
    (...rectangle) => cropPicture(image, ...rectangle),
    middle => centerCropPicture(image, middle),
  )
}

function tenImage(image: Tensor, size: CropSize, vertical_flip = false): Ten<Tensor> {
  return [...fiveImage(image, size), ...fiveImage(image.flip(vertical_flip ? -2 : -1), size)]
}

export function tenPicture(image: Image, size: CropSize, vertical_flip = false): Ten<Image> {
  const mirror = image.transpose(vertical_flip ? 'flip_top_bottom' : 'flip_left_right')
  return [...fivePicture(image, size), ...fivePicture(mirror, size)]
}

/** The corners and the middle of an image (…, C, H, W); see `five_crop`. */
export const five_crop_image = define('five_crop_image', ['image', 'size'], fiveImage)

/** The corners and the middle of a video (…, T, C, H, W); see `five_crop`. */
export const five_crop_video = define('five_crop_video', ['video', 'size'], fiveImage)

/** `five_crop_image` of the image and its mirror image; see `ten_crop`. */
export const ten_crop_image = define('ten_crop_image', ['image', 'size', 'vertical_flip?'], tenImage)

/** `five_crop_video` of the video and its mirror image; see `ten_crop`. */
export const ten_crop_video = define('ten_crop_video', ['video', 'size', 'vertical_flip?'], tenImage)

const fiveParameters = signature<{ size: CropSize }>('five_crop', 'size')

/**
 * The corners top left, top right, bottom left, bottom right, and the middle, of a picture or a tensor (…, C, H, W); `size` is
 * height and width, or one number for both.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.five_crop.html
 */
export function five_crop<T extends Input>(inpt: T, ...args: Args<[size: CropSize], [], { size: CropSize }>): Five<T> {
  const { size } = fiveParameters(args)
  return getKernel(five_crop, inpt)(inpt, size) as Five<T>
}

registerKernels(five_crop, { image: fiveImage, picture: fivePicture })

interface TenOptions {
  size: CropSize
  /** Mirror upside down rather than left to right. Default false. */
  vertical_flip: boolean
}

const tenParameters = signature<TenOptions>('ten_crop', 'size', ['vertical_flip', false])

/**
 * `five_crop` of the image, then of its mirror image.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.functional.ten_crop.html
 */
export function ten_crop<T extends Input>(
  inpt: T,
  ...args: Args<[size: CropSize], [vertical_flip: boolean], TenOptions>
): Ten<T> {
  const { size, vertical_flip } = tenParameters(args)
  return getKernel(ten_crop, inpt)(inpt, size, vertical_flip) as Ten<T>
}

registerKernels(ten_crop, { image: tenImage, picture: tenPicture })
