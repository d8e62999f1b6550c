/** The transforms of tensor images (…, C, H, W). */

import { typeName } from '../../_C/args.js'
import { callByName } from '../../_C/call.js'
import { TorchError, ValueError } from '../../_C/errors.js'
import { as_tensor } from '../../_creation.js'
import { constant_pad_nd } from '../../_generated/torch.js'
import { bool, type dtype, float32, float64, int8, int16, int32, int64, uint8, uint16 } from '../../dtype.js'
import { Tensor } from '../../tensor.js'
import type { InterpolationMode } from './interpolation_mode.js'

/** @throws {TypeError} for what is no tensor of at least two dimensions */
export function checkTensorImage(img: unknown): asserts img is Tensor {
  if (!(img instanceof Tensor)) throw new TypeError(`img should be Image or Tensor. Got ${typeName(img)}`)
  if (img.dim() < 2) throw new TypeError('Tensor is not a torch image.')
}

/**
 * `(x - mean) / std`, channel by channel.
 *
 * @throws {TypeError} for a tensor that is not of floats
 * @throws {ValueError} for fewer than three dimensions, or a std that is 0 in the tensor's dtype
 */
export function normalize(
  tensor: Tensor,
  mean: readonly number[] | Tensor,
  std: readonly number[] | Tensor,
  inplace = false,
): Tensor {
  if (!(tensor instanceof Tensor)) throw new TypeError(`img should be Tensor Image. Got ${typeName(tensor)}`)
  if (!tensor.is_floating_point())
    throw new TypeError(`Input tensor should be a float tensor. Got ${tensor.dtype.toString()}.`)
  if (tensor.dim() < 3)
    throw new ValueError(
      `Expected tensor to be a tensor image of size (..., C, H, W). Got tensor.size() = ${tensor.shape.toString()}`,
    )
  const { dtype, device } = tensor
  const perChannel = (values: readonly number[] | Tensor): Tensor => {
    const t = as_tensor(values, { dtype, device })
    return t.dim() === 1 ? t.view(-1, 1, 1) : t
  }
  const deviation = perChannel(std)
  if (deviation.eq(0).any().item())
    throw new ValueError(`std evaluated to zero after conversion to ${dtype.toString()}, leading to division by zero.`)
  const result = inplace ? tensor : tensor.clone()
  return result.sub_(perChannel(mean)).div_(deviation)
}

export function crop(img: Tensor, top: number, left: number, height: number, width: number): Tensor {
  const imageHeight = img.size(-2)
  const imageWidth = img.size(-1)
  const [bottom, right] = [top + height, left + width]
  const clamp = (value: number, max: number) => Math.min(Math.max(value, 0), max)
  const firstRow = clamp(top, imageHeight)
  const firstColumn = clamp(left, imageWidth)
  const rows = Math.max(0, Math.min(bottom, imageHeight) - firstRow)
  const columns = Math.max(0, Math.min(right, imageWidth) - firstColumn)
  const inside = img.narrow(-2, firstRow, rows).narrow(-1, firstColumn, columns)
  if (rows === height && columns === width) return inside
  const [before, above] = [clamp(-left, width), clamp(-top, height)]
  const padding = [before, width - columns - before, above, height - rows - above]
  return constant_pad_nd(inside, padding, 0)
}

export function resize(
  img: Tensor,
  size: readonly [height: number, width: number],
  mode: InterpolationMode,
  antialias: boolean,
): Tensor {
  checkTensorImage(img)
  const outDtype = img.dtype
  const single = img.dim() < 4
  let x = img.dim() === 2 ? img.unsqueeze(0) : img
  if (single) x = x.unsqueeze(0)
  const cast = outDtype !== float32 && outDtype !== float64
  if (cast) x = x.to(float32)
  x = interpolate(x, size, mode, antialias)
  if (mode === 'bicubic' && outDtype === uint8) x = x.clamp(0, 255)
  if (single) x = x.squeeze(0)
  if (img.dim() === 2) x = x.squeeze(0)
  if (!cast) return x
  const whole = !outDtype.is_floating_point && !outDtype.is_complex && outDtype !== bool
  return (whole ? x.round() : x).to(outDtype)
}

function interpolate(
  x: Tensor,
  size: readonly [height: number, width: number],
  mode: InterpolationMode,
  antialias: boolean,
): Tensor {
  if (mode === 'nearest') return callByName('aten::upsample_nearest2d', null, x, size) as Tensor
  if (mode === 'nearest-exact') return callByName('aten::_upsample_nearest_exact2d', null, x, size) as Tensor
  const kernel = antialias ? `aten::_upsample_${mode}2d_aa` : `aten::upsample_${mode}2d`
  return callByName(kernel, null, x, size, false) as Tensor
}

/** The largest number of an integer dtype, as an exact float64 where it has one; floats have none here. @internal */
export const maxValue = new Map<dtype, number>([
  [uint8, 255],
  [int8, 127],
  [int16, 32767],
  [uint16, 65535],
  [int32, 2147483647],
  [int64, 2 ** 63],
])

/**
 * A tensor image in another dtype, its values scaled to that dtype's range: uint8 0 to 255 ↔ float 0 to 1.
 *
 * @throws {TorchError} from float32 to int32 or int64, and from float64 to int64, which would overflow
 */
export function convert_image_dtype(image: Tensor, dtype: dtype = float32): Tensor {
  if (!(image instanceof Tensor)) throw new TypeError(`Input img should be Tensor Image. Got ${typeName(image)}`)
  if (image.dtype === dtype) return image
  const inputMax = maxValue.get(image.dtype) ?? 1
  const outputMax = maxValue.get(dtype) ?? 1
  if (image.is_floating_point()) {
    if (dtype.is_floating_point) return image.to(dtype)
    if (
      (image.dtype === float32 && (dtype === int32 || dtype === int64)) ||
      (image.dtype === float64 && dtype === int64)
    )
      throw new TorchError(`The cast from ${image.dtype.toString()} to ${dtype.toString()} cannot be performed safely.`)
    // Just under max + 1, so that every number has an equal share of 0 to 1.
    return image.mul(outputMax + 1 - 1e-3).to(dtype)
  }
  if (dtype.is_floating_point) return image.to(dtype).div(inputMax)
  const steps = (max: number) => (max === 2 ** 63 ? max : max + 1)
  if (inputMax > outputMax) {
    const factor = Math.floor(steps(inputMax) / steps(outputMax))
    return image.floor_divide(BigInt(factor)).to(dtype)
  }
  return image.to(dtype).mul(BigInt(Math.floor(steps(outputMax) / steps(inputMax))))
}
