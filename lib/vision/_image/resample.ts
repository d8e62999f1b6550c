/** Scaling pictures in Pillow's two passes: bytes with Pillow's arithmetic, floats with LibTorch's antialiased kernels. */
import { callByName } from '../../_C/call.js'
import { ValueError } from '../../_C/errors.js'
import { withModes } from '../../_C/modes.js'
import { float32, float64 } from '../../dtype.js'
import type { Tensor } from '../../tensor.js'
import { factsOf, type Mode, type Pixels, premultiply, unpremultiply } from './modes.js'
import { resampleBytes } from './native.js'
import { pixelTensor, tensorPixels } from './tensor.js'

/** Pillow's filters that LibTorch has. */
export type Resample = 'nearest' | 'bilinear' | 'bicubic'

type Size = readonly [width: number, height: number]

/** The pixels at another size, in new memory. */
export function resamplePixels(pixels: Pixels, mode: Mode, from: Size, to: Size, resample: Resample): Pixels {
  if (resample === 'nearest') return nearest(pixels, mode, from, to)
  if (resample !== 'bilinear' && resample !== 'bicubic')
    throw new ValueError(`unknown resampling filter '${String(resample)}'; there are: nearest, bilinear, bicubic`)
  if (mode === 'I;16' || mode === 'I') throw new ValueError(`an image of mode ${mode} scales only with 'nearest'`)
  const bands = factsOf(mode).bands.length
  const alpha = mode === 'RGBA' || mode === 'LA'
  const source = alpha ? premultiply(pixels, bands) : pixels
  if (source instanceof Uint8Array) {
    const scaled = resampleBytes(source, bands, from, to, resample)
    return alpha ? unpremultiply(scaled, bands) : scaled
  }
  return withModes({ grad: false }, () => scale(pixelTensor(source, from, bands), to, resample))
}

/** float32 (height, width, 1) → the pixels of the scaled picture. */
function scale(hwc: Tensor, [width, height]: Size, resample: Resample): Pixels {
  const kernel = `aten::_upsample_${resample}2d_aa`
  // Pillow adds up in doubles and keeps floats from one pass to the next.
  const resized = (t: Tensor, h: number, w: number) =>
    (callByName(kernel, null, t.to(float64), [h, w], false) as Tensor).to(float32)
  let image = hwc.permute(2, 0, 1).unsqueeze(0).contiguous()
  if (image.size(3) !== width) image = resized(image, image.size(2), width)
  // LibTorch mixes up the rows of an image one pixel wide; lying, it is right.
  if (image.size(2) !== height)
    image = width === 1 ? resized(image.mT.contiguous(), 1, height).mT : resized(image, height, width)
  return tensorPixels(image.squeeze(0).permute(1, 2, 0))
}

function nearest(pixels: Pixels, mode: Mode, [fromWidth, fromHeight]: Size, [width, height]: Size): Pixels {
  const { bands, array } = factsOf(mode)
  const result = new array(width * height * bands.length)
  const columns = nearestOf(fromWidth, width)
  let at = 0
  for (const row of nearestOf(fromHeight, height)) {
    for (const column of columns) {
      const from = (row * fromWidth + column) * bands.length
      for (let band = 0; band < bands.length; band++) result[at++] = pixels[from + band]!
    }
  }
  return result
}

/** For each of `to` pixels the one of `from` that it is taken from; summed up step by step, as Pillow does. */
function nearestOf(from: number, to: number): number[] {
  const step = from / to
  let place = step * 0.5
  return Array.from({ length: to }, () => {
    const nearest = Math.min(Math.trunc(place), from - 1)
    place += step
    return nearest
  })
}
