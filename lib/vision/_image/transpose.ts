/** Mirroring and turning by quarters. */
import { ValueError } from '../../_C/errors.js'
import type { Pixels } from './modes.js'

/** Pillow's `Image.Transpose`; turns go against the clock. `transpose` mirrors at the diagonal, `transverse` at the other. */
export type Transpose =
  | 'flip_left_right'
  | 'flip_top_bottom'
  | 'rotate_90'
  | 'rotate_180'
  | 'rotate_270'
  | 'transpose'
  | 'transverse'

/** Which sides of the result run backwards in the source, after rows have become columns where `swap`. */
const methods: Record<Transpose, { swap: boolean; left: boolean; up: boolean }> = {
  flip_left_right: { swap: false, left: true, up: false },
  flip_top_bottom: { swap: false, left: false, up: true },
  rotate_180: { swap: false, left: true, up: true },
  transpose: { swap: true, left: false, up: false },
  transverse: { swap: true, left: true, up: true },
  rotate_90: { swap: true, left: true, up: false },
  rotate_270: { swap: true, left: false, up: true },
}

/** The method that puts a picture of this EXIF orientation upright; null where it is. */
export const uprightBy: Record<number, Transpose | undefined> = {
  2: 'flip_left_right',
  3: 'rotate_180',
  4: 'flip_top_bottom',
  5: 'transpose',
  6: 'rotate_270',
  7: 'transverse',
  8: 'rotate_90',
}

/** `left` and `up` say from which side of the source each pixel (x, y) is counted. */
export function transposePixels(
  pixels: Pixels,
  [width, height]: readonly [width: number, height: number],
  bands: number,
  method: Transpose,
): { pixels: Pixels; size: [width: number, height: number] } {
  if (!Object.hasOwn(methods, method))
    throw new ValueError(`unknown transpose method '${String(method)}'; there are: ${Object.keys(methods).join(', ')}`)
  const { swap, left, up } = methods[method]
  const size: [number, number] = swap ? [height, width] : [width, height]
  const result = pixels.slice()
  let to = 0
  for (let y = 0; y < size[1]; y++)
    for (let x = 0; x < size[0]; x++) {
      const [column, row] = swap ? [y, x] : [x, y]
      const from = ((up ? height - 1 - row : row) * width + (left ? width - 1 - column : column)) * bands
      for (let band = 0; band < bands; band++) result[to++] = pixels[from + band]!
    }
  return { pixels: result, size }
}
