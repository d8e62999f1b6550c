/** Images of one dtype as images of another. */
import { TorchError } from '../../../../_C/errors.js'
import { bool, type dtype, float32, float64, int8, int16, int32, int64, uint8, uint16 } from '../../../../dtype.js'
import type { Tensor } from '../../../../tensor.js'
import { maxValue } from '../../_functional_tensor.js'

const bits = new Map<dtype, number>([
  [uint8, 8],
  [int8, 7],
  [int16, 15],
  [uint16, 16],
  [int32, 31],
  [int64, 63],
])

/** The bits of a number without its sign. @throws {TypeError} for dtypes that are no integers */
export function valueBits(type: dtype): number {
  const count = bits.get(type)
  if (count === undefined)
    throw new TypeError(`Number of value bits is only defined for integer dtypes, but got ${type}.`)
  return count
}

/** White: the largest number of an integer dtype, 1 for floats. */
export function whiteOf(type: dtype): number {
  return maxValue.get(type) ?? 1
}

/** What Python makes of an integer tensor times a float; a whole JavaScript number would count as an int. */
export function floating(image: Tensor): Tensor {
  return image.is_floating_point() ? image : image.to(float32)
}

/**
 * `image` as `type`; with `scale` its numbers are spread over that of the other: uint8 0 to 255 ↔ float 0 to 1.
 *
 * @throws {TorchError} from float32 to int32 or int64, and from float64 to int64, which would overflow
 */
export function convertDtype(image: Tensor, type: dtype = float32, scale = false): Tensor {
  if (image.dtype === type) return image
  if (!scale) return image.to(type)
  const { dtype: from } = image
  if (image.is_floating_point()) {
    if (type.is_floating_point) return image.to(type)
    const overflows = from === float32 ? type === int32 || type === int64 : from === float64 && type === int64
    if (overflows) throw new TorchError(`The conversion from ${from} to ${type} cannot be performed safely.`)
    // Just under max + 1, so that every number has an equal share of 0 to 1.
    return image.mul(whiteOf(type) + 1 - 1e-3).to(type)
  }
  if (type.is_floating_point) return image.to(type).mul_(1 / whiteOf(from))
  if (from === bool || type === bool) valueBits(bool)
  const shift = valueBits(from) - valueBits(type)
  if (shift > 0)
    return from === uint16
      ? image
          .to(float32)
          .div(2 ** shift)
          .to(type)
      : image.bitwise_right_shift(shift).to(type)
  return type === uint16 ? image.to(type).mul(2 ** -shift) : image.to(type).bitwise_left_shift_(-shift)
}
