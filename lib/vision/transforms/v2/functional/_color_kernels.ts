/** The colours of tensor images (…, 1 or 3, H, W), with the arithmetic of torchvision's second transforms. */
import { ValueError } from '../../../../_C/errors.js'
import { tensor } from '../../../../_creation.js'
import { aminmax, cat, conv2d, ones_like, rsub, stack, where } from '../../../../_generated/torch.js'
import { float32, int32, int64, uint8 } from '../../../../dtype.js'
import { slice } from '../../../../slice.js'
import type { Tensor } from '../../../../tensor.js'
import { convertDtype, floating, valueBits, whiteOf } from './_dtype.js'

/** @throws {TypeError} for anything but 1 or 3 channels */
function channelsOf(image: Tensor): 1 | 3 {
  const channels = image.size(-3)
  if (channels === 1 || channels === 3) return channels
  throw new TypeError(`Input image tensor permitted channel values are 1 or 3, but found ${channels}`)
}

function checkFactor(name: string, factor: number): void {
  if (typeof factor !== 'number') throw new TypeError(`${name} should be a number, got ${typeof factor}`)
  if (!(factor >= 0)) throw new ValueError(`${name} (${factor}) is not non-negative.`)
}

/** Grey in 1 channel or 3 that are the same, in the dtype of `image` or as it was computed. */
function greyOf(image: Tensor, channels: number, keepDtype: boolean): Tensor {
  if (image.size(-3) === 1) {
    if (channels === 1) return image.clone()
    const repeats = Array<number>(image.dim()).fill(1)
    repeats[repeats.length - 3] = 3
    return image.repeat(repeats)
  }
  const [r, g, b] = image.unbind(-3) as [Tensor, Tensor, Tensor]
  let grey = floating(r).mul(0.2989).add_(g, { alpha: 0.587 }).add_(b, { alpha: 0.114 }).unsqueeze(-3)
  if (keepDtype) grey = grey.to(image.dtype)
  return channels === 3 ? grey.expand(image.shape) : grey
}

export function grayscale(image: Tensor, num_output_channels = 1): Tensor {
  if (num_output_channels !== 1 && num_output_channels !== 3)
    throw new ValueError(`num_output_channels must be 1 or 3, got ${num_output_channels}.`)
  return greyOf(image, num_output_channels, true)
}

export function toRgb(image: Tensor): Tensor {
  return image.size(-3) >= 3 ? image : greyOf(image, 3, true)
}

/** `image` at 1, `other` at 0, beyond both elsewhere; cut to the range of the dtype. */
function blend(image: Tensor, other: Tensor, ratio: number): Tensor {
  const mixed = floating(image)
    .mul(ratio)
    .add_(other, { alpha: 1 - ratio })
  return mixed.clamp_(0, whiteOf(image.dtype)).to(image.dtype)
}

export function brightness(image: Tensor, brightness_factor: number): Tensor {
  checkFactor('brightness_factor', brightness_factor)
  channelsOf(image)
  return floating(image).mul(brightness_factor).clamp_(0, whiteOf(image.dtype)).to(image.dtype)
}

/** Grey as a whole number where the image has whole numbers. */
function wholeGrey(image: Tensor): Tensor {
  const grey = greyOf(image, 1, false)
  return image.is_floating_point() ? grey : grey.floor_()
}

export function saturation(image: Tensor, saturation_factor: number): Tensor {
  checkFactor('saturation_factor', saturation_factor)
  return channelsOf(image) === 1 ? image : blend(image, wholeGrey(image), saturation_factor)
}

export function contrast(image: Tensor, contrast_factor: number): Tensor {
  checkFactor('contrast_factor', contrast_factor)
  const grey = channelsOf(image) === 3 ? wholeGrey(image) : floating(image)
  return blend(image, grey.mean([-3, -2, -1], { keepdim: true }), contrast_factor)
}

export function sharpness(image: Tensor, sharpness_factor: number): Tensor {
  const channels = channelsOf(image)
  checkFactor('sharpness_factor', sharpness_factor)
  const [height, width] = [image.size(-2), image.size(-1)]
  if (image.numel() === 0 || height <= 2 || width <= 2) return image
  const floats = image.is_floating_point()
  const dtype = floats ? image.dtype : float32
  const output = image.reshape(image.dim() > 4 ? [-1, channels, height, width] : image.shape).to(dtype, { copy: true })
  const [a, b] = [1 / 13, 5 / 13]
  const weight = tensor(
    [
      [a, a, a],
      [a, b, a],
      [a, a, a],
    ],
    { dtype, device: image.device },
  ).expand(channels, 1, 3, 3)
  const blurred = conv2d(output, weight, { groups: channels })
  if (!floats) blurred.round_()
  const inside = output.narrow(-2, 1, height - 2).narrow(-1, 1, width - 2)
  inside.add_(blurred.sub_(inside), { alpha: 1 - sharpness_factor })
  return output.clamp_(0, whiteOf(image.dtype)).to(image.dtype).reshape(image.shape)
}

type Three = [Tensor, Tensor, Tensor]

export function hue(image: Tensor, hue_factor: number): Tensor {
  if (typeof hue_factor !== 'number') throw new TypeError(`hue_factor should be a number, got ${typeof hue_factor}`)
  if (!(hue_factor >= -0.5 && hue_factor <= 0.5))
    throw new ValueError(`hue_factor (${hue_factor}) is not in [-0.5, 0.5].`)
  if (channelsOf(image) === 1 || image.numel() === 0) return image
  const [h, s, v] = hsvOf(convertDtype(image, float32, true))
  return convertDtype(rgbOf(h.add(hue_factor).remainder(1), s, v), image.dtype, true)
}

function hsvOf(image: Tensor): Three {
  const [r, g] = image.unbind(-3) as Three
  const { min, max } = aminmax(image, { dim: -3 }) as unknown as { min: Tensor; max: Tensor }
  const grey = max.eq(min)
  const range = max.sub(min)
  const one = ones_like(max)
  const saturated = range.div(where(grey, one, max))
  // Where all three are the same the numerators are 0, and the 1 keeps that.
  const divisor = where(grey, one, range).unsqueeze(-3)
  const [dr, dg, db] = max.unsqueeze(-3).sub(image).div(divisor).unbind(-3) as Three
  const notRed = max.ne(r)
  const isGreen = max.eq(g)
  const green = dr.add(2).sub(db).mul(isGreen.logical_and(notRed))
  const red = db.sub(dg).mul(notRed.logical_not())
  const blue = dg.add(4).sub(dr).mul(notRed.logical_and(isGreen.logical_not()))
  const turn = red.add(green).add(blue)
  return [
    turn
      .mul(1 / 6)
      .add(1)
      .fmod(1),
    saturated,
    max,
  ]
}

/** For each sixth of the circle, which of v, p, q, t is red, green and blue. */
const sixths = [
  [0n, 2n, 1n, 1n, 3n, 0n],
  [3n, 0n, 0n, 2n, 1n, 1n],
  [1n, 1n, 3n, 0n, 0n, 2n],
]

function rgbOf(h: Tensor, s: Tensor, v: Tensor): Tensor {
  const turned = h.mul(6)
  const sixth = turned.floor()
  const f = turned.sub(sixth)
  const sf = s.mul(f)
  const rest = rsub(s, 1)
  const q = rsub(sf, 1).mul(v).clamp(0, 1)
  const t = sf.add(rest).mul(v).clamp(0, 1)
  const p = rest.mul(v).clamp(0, 1)
  const index = sixth.to(int32).remainder(6)
  let select = tensor(sixths, { device: h.device }).at(slice(), index.to(int64))
  if (select.dim() > 3) select = select.moveaxis(0, -3)
  return stack([v, p, q, t], -3).gather(-3, select)
}

export function gamma(image: Tensor, exponent: number, gain = 1): Tensor {
  for (const value of [exponent, gain])
    if (typeof value !== 'number') throw new TypeError(`gamma and gain should be numbers, got ${typeof value}`)
  if (!(exponent >= 0)) throw new ValueError('Gamma should be a non-negative real number')
  let output = (image.is_floating_point() ? image : convertDtype(image, float32, true)).pow(exponent)
  if (gain !== 1) output = output.mul_(gain).clamp_(0, 1)
  return convertDtype(output, image.dtype, true)
}

export function posterized(image: Tensor, bits: number): Tensor {
  if (!(Number.isInteger(bits) && bits >= 0 && bits <= 8))
    throw new TypeError(`bits must be a positive integer in the range [0, 8], got ${bits} instead.`)
  if (image.is_floating_point()) {
    const levels = 2 ** bits
    return image
      .mul(levels)
      .floor_()
      .clamp_(0, levels - 1)
      .mul_(1 / levels)
  }
  const all = valueBits(image.dtype)
  if (bits >= all) return image
  return image.bitwise_and(((1n << BigInt(bits)) - 1n) << BigInt(all - bits))
}

export function inverted(image: Tensor): Tensor {
  if (image.is_floating_point()) return rsub(image, 1)
  // The sign of signed numbers stays.
  return image.dtype === uint8 ? image.bitwise_not() : image.bitwise_xor((1n << BigInt(valueBits(image.dtype))) - 1n)
}

export function solarized(image: Tensor, threshold: number): Tensor {
  if (typeof threshold !== 'number') throw new TypeError(`threshold should be a number, got ${typeof threshold}`)
  if (threshold > whiteOf(image.dtype))
    throw new TypeError(`Threshold should be less or equal the maximum value of the dtype, but got ${threshold}`)
  return where(image.ge(threshold), inverted(image), image)
}

export function stretched(image: Tensor): Tensor {
  channelsOf(image)
  if (image.numel() === 0) return image
  const white = whiteOf(image.dtype)
  const x = floating(image)
  const min = x.amin([-2, -1], { keepdim: true })
  const max = x.amax([-2, -1], { keepdim: true })
  const flat = max.eq(min)
  const scale = max
    .sub(min)
    .mul_(1 / white)
    .masked_fill_(flat, 1)
  return x.sub(min.masked_fill_(flat, 0)).div_(scale).clamp_(0, white).to(image.dtype)
}

export function equalized(image: Tensor): Tensor {
  if (image.numel() === 0) return image
  const bytes = convertDtype(image, uint8, true)
  const batch = bytes.shape.slice(0, -2)
  const flat = bytes.flatten(-2).to(int64)
  const counts = flat.new_zeros([...batch, 256], { dtype: int32 })
  counts.scatter_add_(-1, flat, counts.new_ones([1]).expand(flat.shape))
  const sums = counts.cumsum(-1)
  // The first of the largest sums is that of the lightest pixels: how many are darker, Pillow asks.
  const lightest = sums.argmax(-1).unsqueeze(-1)
  const step = rsub(counts.gather(-1, lightest), flat.size(-1)).div(255, { rounding_mode: 'floor' })
  const table = sums
    .narrow(-1, 0, 255)
    .add(step.floor_divide(2))
    .div(step.clamp(1), { rounding_mode: 'floor' })
    .clamp(0, 255)
    .to(uint8)
  const whole = cat([table.new_zeros([...batch, 1]), table], -1)
  const result = where(step.ne(0).unsqueeze(-1), whole.gather(-1, flat).view(bytes.shape), bytes)
  return convertDtype(result, image.dtype, true)
}

export function permuted(image: Tensor, permutation: readonly number[] | Tensor): Tensor {
  const order = Array.isArray(permutation) ? (permutation as readonly number[]) : (permutation as Tensor).tolist()
  const channels = image.size(-3)
  const indices = (order as (number | bigint)[]).map(i => BigInt(i))
  if (indices.length !== channels)
    throw new ValueError(`Length of permutation does not match number of channels: ${indices.length} != ${channels}`)
  if (image.numel() === 0) return image
  return image.index_select(-3, tensor(indices, { device: image.device }))
}
