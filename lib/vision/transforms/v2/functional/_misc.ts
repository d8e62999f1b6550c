/** Normalisation, blur, noise and dtypes of pictures, tensors (…, C, H, W) and videos. */

import { typeName } from '../../../../_C/args.js'
import { define } from '../../../../_C/callable.js'
import { ValueError } from '../../../../_C/errors.js'
import { as_tensor } from '../../../../_creation.js'
import { conv2d, linspace, randn_like, softmax } from '../../../../_generated/torch.js'
import { type dtype, float32, int16, uint8 } from '../../../../dtype.js'
import { pad } from '../../../../nn/functional/index.js'
import { Tensor } from '../../../../tensor.js'
import type { Image as Picture } from '../../../image.js'
import { BoundingBoxes, Image, KeyPoints, Mask, Video } from '../../../tv_tensors/index.js'
import { to_pil_image } from '../../_to_pil_image.js'
import { pil_to_tensor } from '../../functional.js'
import { convertDtype } from './_dtype.js'
import { dispatcher, registerImageKernels, registerKernel } from './_utils.js'

type PerChannel = readonly number[] | number | Tensor

function normalized(image: Tensor, mean: PerChannel, std: PerChannel, inplace = false): Tensor {
  if (!image.is_floating_point()) throw new TypeError(`Input tensor should be a float tensor. Got ${image.dtype}.`)
  if (image.dim() < 3)
    throw new ValueError(
      `Expected tensor to be a tensor image of size (..., C, H, W). Got [${image.shape.join(', ')}].`,
    )
  if (Array.isArray(std) ? std.includes(0) : std === 0)
    throw new ValueError('std evaluated to zero, leading to division by zero.')
  const { dtype, device } = image
  const perChannel = (values: PerChannel): Tensor => {
    const t = as_tensor(values, { dtype, device })
    return t.dim() === 1 ? t.view(-1, 1, 1) : t
  }
  return (inplace ? image.sub_(perChannel(mean)) : image.sub(perChannel(mean))).div_(perChannel(std))
}

/** `normalize` of a tensor. */
export const normalize_image = define('normalize_image', ['image', 'mean', 'std', 'inplace?'], normalized)
/** `normalize` of a tensor (…, T, C, H, W). */
export const normalize_video = define('normalize_video', ['video', 'mean', 'std', 'inplace?'], normalized)

/** `(x - mean) / std`, channel by channel, of floats. */
export const normalize = dispatcher<
  [mean: PerChannel, std: PerChannel],
  [inplace: boolean],
  { mean: PerChannel; std: PerChannel; inplace: boolean }
>('normalize', 'mean', 'std', ['inplace', false])
registerImageKernels(normalize, { image: normalized })

type OneOrTwo = number | readonly number[]

/** The weights of a row of `size` pixels. */
function gaussian(size: number, sigma: number, like: Tensor): Tensor {
  const limit = (size - 1) / (2 * Math.sqrt(2))
  const x = linspace(-limit, limit, size, { dtype: like.dtype, device: like.device })
  return softmax(x.div(sigma).pow(2).neg(), 0)
}

function sizesOf(kernel_size: OneOrTwo): [x: number, y: number] {
  const sizes = typeof kernel_size === 'number' ? [kernel_size, kernel_size] : kernel_size
  if (!Array.isArray(sizes) || sizes.length !== 2)
    throw new ValueError(`If kernel_size is a sequence its length should be 2. Got ${String(kernel_size)}`)
  if (!sizes.every(size => Number.isInteger(size) && size > 0 && size % 2 === 1))
    throw new ValueError(`kernel_size should have odd and positive integers. Got [${sizes.join(', ')}]`)
  return [sizes[0]!, sizes[1]!]
}

function sigmasOf(sigma: OneOrTwo | null, sizes: readonly number[]): [x: number, y: number] {
  const given = sigma ?? sizes.map(size => size * 0.15 + 0.35)
  if (typeof given !== 'number' && !Array.isArray(given))
    throw new TypeError(`sigma should be either float or sequence of floats. Got ${typeName(sigma)}`)
  const sigmas = typeof given === 'number' ? [given] : given
  if (sigmas.length !== 1 && sigmas.length !== 2)
    throw new ValueError(`If sigma is a sequence, its length should be 2. Got ${sigmas.length}`)
  if (!sigmas.every(value => value > 0))
    throw new ValueError(`sigma should have positive values. Got [${sigmas.join(', ')}]`)
  return [sigmas[0]!, sigmas[1] ?? sigmas[0]!]
}

function blurred(image: Tensor, kernel_size: OneOrTwo, sigma: OneOrTwo | null = null): Tensor {
  const [width, height] = sizesOf(kernel_size)
  const [x, y] = sigmasOf(sigma, [width, height])
  if (image.numel() === 0) return image
  const channels = image.size(-3)
  const floats = image.is_floating_point()
  const batch = image.reshape(-1, ...image.shape.slice(-3)).to(floats ? image.dtype : float32)
  const weights = gaussian(height, y, batch)
    .unsqueeze(-1)
    .mul(gaussian(width, x, batch))
  const sides = [width >> 1, width >> 1, height >> 1, height >> 1]
  const padded = pad(batch, sides, { mode: 'reflect' })
  const output = conv2d(padded, weights.expand(channels, 1, height, width), { groups: channels }).reshape(image.shape)
  return floats ? output : output.round_().to(image.dtype)
}

function blurredPicture(image: Picture, kernel_size: OneOrTwo, sigma: OneOrTwo | null): Picture {
  return to_pil_image(blurred(pil_to_tensor(image), kernel_size, sigma), image.mode)
}

/** `gaussian_blur` of a tensor. */
export const gaussian_blur_image = define('gaussian_blur_image', ['image', 'kernel_size', 'sigma?'], blurred)
/** `gaussian_blur` of a tensor (…, T, C, H, W). */
export const gaussian_blur_video = define('gaussian_blur_video', ['video', 'kernel_size', 'sigma?'], blurred)

/**
 * Blurs with a Gaussian of odd `kernel_size`, `[x, y]` or one number for both, and deviation `sigma` in pixels, by default
 * 0.15 times the size plus 0.35.
 */
export const gaussian_blur = dispatcher<
  [kernel_size: OneOrTwo],
  [sigma: OneOrTwo | null],
  { kernel_size: OneOrTwo; sigma: OneOrTwo | null }
>('gaussian_blur', 'kernel_size', ['sigma', null])
registerImageKernels(gaussian_blur, { image: blurred, picture: blurredPicture })

function noisy(image: Tensor, mean = 0, sigma = 0.1, clip = true): Tensor {
  if (!(sigma >= 0)) throw new ValueError(`sigma shouldn't be negative. Got ${sigma}`)
  if (image.is_floating_point()) {
    const output = image.add(randn_like(image).mul(sigma).add(mean))
    return clip ? output.clamp(0, 1) : output
  }
  if (image.dtype !== uint8)
    throw new ValueError(`Input tensor is expected to be in uint8 or float dtype, got dtype=${image.dtype}`)
  const noise = randn_like(image, { dtype: float32 })
    .mul(sigma * 255)
    .add(mean * 255)
    .to(int16)
  const output = image.add(noise)
  return (clip ? output.clamp(0, 255) : output).to(uint8)
}

/** torchvision has no kernel for pictures either, and says it so. */
function noPictures(): never {
  throw new ValueError('Gaussian Noise is not implemented for PIL images.')
}

/** `gaussian_noise` of a tensor. */
export const gaussian_noise_image = define('gaussian_noise_image', ['image', 'mean?', 'sigma?', 'clip?'], noisy)
/** `gaussian_noise` of a tensor (…, T, C, H, W). */
export const gaussian_noise_video = define('gaussian_noise_video', ['video', 'mean?', 'sigma?', 'clip?'], noisy)

/** Adds normal noise to floats of 0 to 1 or to uint8; `mean` and `sigma` are those of floats for both. No pictures. */
export const gaussian_noise = dispatcher<
  [],
  [mean: number, sigma: number, clip: boolean],
  { mean: number; sigma: number; clip: boolean }
>('gaussian_noise', ['mean', 0], ['sigma', 0.1], ['clip', true])
registerImageKernels(gaussian_noise, { image: noisy, picture: noPictures })

/** `to_dtype` of a tensor. */
export const to_dtype_image = define('to_dtype_image', ['image', 'dtype?', 'scale?'], convertDtype)
/** `to_dtype` of a tensor (…, T, C, H, W). */
export const to_dtype_video = define('to_dtype_video', ['video', 'dtype?', 'scale?'], convertDtype)

/**
 * The dtype; with `scale` an image's numbers are spread over that of the other: uint8 0 to 255 ↔ float 0 to 1. Those of
 * boxes, masks and points are not.
 */
export const to_dtype = dispatcher<[], [dtype: dtype, scale: boolean], { dtype: dtype; scale: boolean }>(
  'to_dtype',
  ['dtype', float32],
  ['scale', false],
)
for (const type of [Tensor, Image, Video]) registerKernel(to_dtype, type, convertDtype)
for (const type of [BoundingBoxes, KeyPoints, Mask])
  registerKernel(to_dtype, type, (inpt: Tensor, type: dtype) => inpt.to(type), false)

/** An image in another dtype, its numbers spread over that of the other; `to_dtype` is the newer name. */
export const convert_image_dtype = define(
  'convert_image_dtype',
  ['image', 'dtype?'],
  (image: Tensor, type: dtype = float32): Tensor => convertDtype(image, type, true),
)
