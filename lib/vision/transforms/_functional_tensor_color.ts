/** The colours of tensor images (…, 1 or 3, H, W), with torchvision's arithmetic step by step. */
import { ValueError } from '../../_C/errors.js'
import { tensor } from '../../_creation.js'
import { get_default_dtype } from '../../_default_dtype.js'
import { conv2d, ones, ones_like, rsub, stack, where } from '../../_generated/torch.js'
import { type dtype, float32, int64, uint8 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { equalizeTable } from '../_image/tables.js'
import { checkTensorImage, convert_image_dtype, maxValue } from './_functional_tensor.js'

/** White: the largest number of an integer dtype, 1 for floats. */
function whiteOf(dtype: dtype): number {
  return maxValue.get(dtype) ?? 1
}

function channelsOf(img: Tensor): number {
  return img.dim() === 2 ? 1 : img.size(-3)
}

/** @throws {TypeError} for anything but 1 or 3 channels, or fewer dimensions than `dims` */
function checkChannels(img: unknown, dims = 2): asserts img is Tensor {
  checkTensorImage(img)
  if (img.dim() < dims)
    throw new TypeError(`Input image tensor should have at least ${dims} dimensions, but found ${img.dim()}`)
  const channels = channelsOf(img)
  if (channels !== 1 && channels !== 3)
    throw new TypeError(`Input image tensor permitted channel values are [1, 3], but found ${channels}`)
}

function checkBytes(img: Tensor): void {
  if (img.dtype !== uint8)
    throw new TypeError(`Only torch.uint8 image tensors are supported, but found ${img.dtype.toString()}`)
}

function checkFactor(name: string, factor: number): void {
  if (!(factor >= 0)) throw new ValueError(`${name} (${factor}) is not non-negative.`)
}

/** What Python makes of an integer tensor times a float; a whole JavaScript number would count as an int. */
function floating(img: Tensor): Tensor {
  return img.is_floating_point() ? img : img.to(get_default_dtype())
}

/** `img` at 1, `other` at 0, beyond both elsewhere; cut to the range of the dtype. */
function blend(img: Tensor, other: Tensor | null, ratio: number): Tensor {
  let mixed = floating(img).mul(ratio)
  // Black adds 0, which changes no number that is left after the cut.
  if (other) mixed = mixed.add(floating(other).mul(1 - ratio))
  return mixed.clamp(0, whiteOf(img.dtype)).to(img.dtype)
}

export function rgb_to_grayscale(img: Tensor, num_output_channels = 1): Tensor {
  checkChannels(img, 3)
  if (num_output_channels !== 1 && num_output_channels !== 3)
    throw new ValueError('num_output_channels should be either 1 or 3')
  let grey = img.clone()
  if (img.size(-3) === 3) {
    const [r, g, b] = floating(img).unbind(-3) as [Tensor, Tensor, Tensor]
    grey = r.mul(0.2989).add(g.mul(0.587)).add(b.mul(0.114)).to(img.dtype).unsqueeze(-3)
  }
  return num_output_channels === 3 ? grey.expand(img.shape) : grey
}

export function adjust_brightness(img: Tensor, factor: number): Tensor {
  checkFactor('brightness_factor', factor)
  checkChannels(img)
  return blend(img, null, factor)
}

export function adjust_contrast(img: Tensor, factor: number): Tensor {
  checkFactor('contrast_factor', factor)
  checkChannels(img)
  const grey = channelsOf(img) === 3 ? rgb_to_grayscale(img) : img
  const dtype = img.is_floating_point() ? img.dtype : float32
  return blend(img, grey.to(dtype).mean([-3, -2, -1], { keepdim: true }), factor)
}

export function adjust_saturation(img: Tensor, factor: number): Tensor {
  checkFactor('saturation_factor', factor)
  checkChannels(img)
  return channelsOf(img) === 1 ? img : blend(img, rgb_to_grayscale(img), factor)
}

export function adjust_hue(img: Tensor, factor: number): Tensor {
  checkChannels(img)
  if (channelsOf(img) === 1) return img
  const [h, s, v] = hsvOf(convert_image_dtype(img, float32))
  return convert_image_dtype(rgbOf(h.add(factor).remainder(1), s, v), img.dtype)
}

type Three = [Tensor, Tensor, Tensor]

function hsvOf(img: Tensor): Three {
  const [r, g, b] = img.unbind(-3) as Three
  const max = img.amax(-3)
  const min = img.amin(-3)
  const grey = max.eq(min)
  const one = ones_like(max)
  const range = max.sub(min)
  const saturation = range.div(where(grey, one, max))
  // Where all three are the same the numerators are 0, and the 1 keeps that.
  const divisor = where(grey, one, range)
  const [dr, dg, db] = [r, g, b].map(band => max.sub(band).div(divisor)) as Three
  const isRed = max.eq(r)
  const isGreen = max.eq(g)
  const notRed = max.ne(r)
  const red = isRed.mul(db.sub(dg))
  const green = isGreen.logical_and(notRed).mul(dr.add(2).sub(db))
  const blue = max.ne(g).logical_and(notRed).mul(dg.add(4).sub(dr))
  const hue = red.add(green).add(blue).div(6).add(1).fmod(1)
  return [hue, saturation, max]
}

function rgbOf(h: Tensor, s: Tensor, v: Tensor): Tensor {
  const sixth = h.mul(6).floor()
  const f = h.mul(6).sub(sixth)
  const part = (share: Tensor) => v.mul(rsub(share, 1)).clamp(0, 1)
  const p = part(s)
  const q = part(s.mul(f))
  const t = part(s.mul(rsub(f, 1)))
  const index = sixth.to(int64).remainder(6).unsqueeze(-3)
  const bands = [
    [v, q, p, p, t, v],
    [t, v, v, q, p, p],
    [p, p, t, v, v, q],
  ]
  return stack(
    bands.map(band => stack(band, -3).gather(-3, index).squeeze(-3)),
    -3,
  )
}

export function adjust_gamma(img: Tensor, gamma: number, gain: number): Tensor {
  checkChannels(img)
  const image = img.is_floating_point() ? img : convert_image_dtype(img, float32)
  return convert_image_dtype(image.pow(gamma).mul(gain).clamp(0, 1), img.dtype)
}

export function invert(img: Tensor): Tensor {
  checkChannels(img, 3)
  const white = whiteOf(img.dtype)
  return rsub(img, white === 2 ** 63 ? 2n ** 63n - 1n : white)
}

export function posterize(img: Tensor, bits: number): Tensor {
  checkTensorImage(img)
  if (img.dim() >= 3) checkBytes(img)
  checkChannels(img, 3)
  return img.bitwise_and(-(2 ** (8 - bits)))
}

export function solarize(img: Tensor, threshold: number): Tensor {
  checkChannels(img, 3)
  if (threshold > whiteOf(img.dtype)) throw new TypeError('Threshold should be less than bound of img.')
  return where(img.ge(threshold), invert(img), img)
}

export function adjust_sharpness(img: Tensor, factor: number): Tensor {
  checkFactor('sharpness_factor', factor)
  checkChannels(img)
  if (img.size(-1) <= 2 || img.size(-2) <= 2) return img
  return blend(img, smoothed(img), factor)
}

/** Every pixel but those of the border averaged with its neighbours, itself counting five times. */
function smoothed(img: Tensor): Tensor {
  const floats = img.is_floating_point()
  const dtype = floats ? img.dtype : float32
  const kernel = ones([3, 3], { dtype, device: img.device })
  kernel.select(0, 1).select(0, 1).fill_(5)
  const channels = img.size(-3)
  const weight = kernel.div(kernel.sum()).expand(channels, 1, 3, 3)
  const single = img.dim() < 4
  let inside = conv2d(single ? img.unsqueeze(0).to(dtype) : img.to(dtype), weight, { groups: channels })
  if (single) inside = inside.squeeze(0)
  if (!floats) inside = inside.round().to(img.dtype)
  const result = img.clone()
  result
    .narrow(-2, 1, img.size(-2) - 2)
    .narrow(-1, 1, img.size(-1) - 2)
    .copy_(inside)
  return result
}

export function autocontrast(img: Tensor): Tensor {
  checkChannels(img, 3)
  const white = whiteOf(img.dtype)
  const dtype = img.is_floating_point() ? img.dtype : float32
  const keepdim = { keepdim: true }
  const min = img.amin([-2, -1], keepdim).to(dtype)
  const max = img.amax([-2, -1], keepdim).to(dtype)
  const scale = max.sub(min).reciprocal().mul(white)
  const flat = scale.isfinite().logical_not()
  const stretched = img.sub(min.masked_fill(flat, 0)).mul(scale.masked_fill(flat, 1))
  return stretched.clamp(0, white).to(img.dtype)
}

export function equalize(img: Tensor): Tensor {
  checkTensorImage(img)
  if (img.dim() !== 3 && img.dim() !== 4)
    throw new TypeError(`Input image tensor should have 3 or 4 dimensions, but found ${img.dim()}`)
  checkBytes(img)
  checkChannels(img, 3)
  const images = img.dim() === 3 ? [img] : img.unbind(0)
  const equalized = images.map(image => stack(image.unbind(0).map(equalizeBand)))
  return img.dim() === 3 ? equalized[0]! : stack(equalized)
}

function equalizeBand(band: Tensor): Tensor {
  const histogram = band.reshape(-1).bincount({ minlength: 256 }).tolist() as (number | bigint)[]
  const table = tensor(equalizeTable(histogram.map(Number)), { device: band.device })
  return table.index_select(0, band.reshape(-1).to(int64)).view(band.shape)
}
