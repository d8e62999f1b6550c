/** Pixels as tensors and back. */
import { native } from '../../_C/native.js'
import { type dtype, float32, int16, int32, uint8, uint16 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import type { Pixels } from './modes.js'

/** The pixels as a tensor (height, width, bands) over the same memory. */
export function pixelTensor(
  pixels: Pixels,
  [width, height]: readonly [width: number, height: number],
  bands: number,
  type: dtype = dtypeOf(pixels),
): Tensor {
  return native.fromBytes(pixels, type.scalarType, [height, width, bands], false)
}

/** A copy of a contiguous CPU tensor's elements as the typed array of its dtype: uint8, int16 (as unsigned), int32, float32. */
export function tensorPixels(t: Tensor): Pixels {
  const memory = native.toArrayBuffer(t.contiguous(), false)
  if (t.dtype === float32) return new Float32Array(memory).slice()
  if (t.dtype === int32) return new Int32Array(memory).slice()
  if (t.dtype === int16 || t.dtype === uint16) return new Uint16Array(memory).slice()
  return new Uint8Array(memory).slice()
}

function dtypeOf(pixels: Pixels): dtype {
  if (pixels instanceof Float32Array) return float32
  if (pixels instanceof Int32Array) return int32
  return pixels instanceof Uint16Array ? uint16 : uint8
}
