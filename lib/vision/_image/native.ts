/** The addon's operators on pixels of 8 bits. */
import { callByName } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import type { Tensor } from '../../tensor.js'
import { pixelTensor } from './tensor.js'

type Size = readonly [width: number, height: number]

/** Calls `torch_node::name`. */
export function callImage(name: string, ...args: unknown[]): unknown {
  native.registerVisionOps()
  return callByName(`torch_node::${name}`, null, ...args)
}

/** The memory of a contiguous uint8 tensor that nobody else has; the tensor is gone after this. */
export function takeBytes(t: Tensor): Uint8Array {
  const bytes = new Uint8Array(native.toArrayBuffer(t, true))
  native.dispose(t)
  return bytes
}

/** `use` of a tensor over `pixels` that is gone after it. */
function withPixels<T>(pixels: Uint8Array, size: Size, bands: number, use: (hwc: Tensor) => T): T {
  const hwc = pixelTensor(pixels, size, bands)
  try {
    return use(hwc)
  } finally {
    native.dispose(hwc)
  }
}

/** Scales as Pillow does, to the last bit. */
export function resampleBytes(
  pixels: Uint8Array,
  bands: number,
  from: Size,
  [width, height]: Size,
  filter: 'bilinear' | 'bicubic',
): Uint8Array {
  return withPixels(pixels, from, bands, hwc => takeBytes(callImage('resample', hwc, width, height, filter) as Tensor))
}

/** Left to right. */
export function mirrorBytes(pixels: Uint8Array, size: Size, bands: number): Uint8Array {
  return withPixels(pixels, size, bands, hwc => takeBytes(callImage('mirror', hwc) as Tensor))
}

/** float32 (bands, height, width) of `pixels / 255`, and `(x - mean) / std` of that where given. */
export function floatBands(
  pixels: Uint8Array,
  size: Size,
  bands: number,
  mean: readonly number[] = [],
  std: readonly number[] = [],
): Tensor {
  return withPixels(pixels, size, bands, hwc => callImage('to_float', hwc, mean, std) as Tensor)
}
