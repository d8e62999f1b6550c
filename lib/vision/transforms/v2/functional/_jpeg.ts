import { TorchError } from '../../../../_C/errors.js'
import { decodeJpeg, encodeJpeg, hasTurboJpeg } from '../../../_image/jpeg.js'

/**
 * What a JPEG file of `quality` 1 to 100 keeps of pixels (height, width, 1 or 3).
 *
 * @throws {TorchError} where there is no libjpeg-turbo: other encoders choose other pixels
 */
export function throughJpeg(
  pixels: Uint8Array,
  size: readonly [width: number, height: number],
  bands: 1 | 3,
  quality: number,
): Uint8Array {
  if (!hasTurboJpeg())
    throw new TorchError('JPEG needs the optional package @julusian/jpeg-turbo: npm install @julusian/jpeg-turbo')
  return decodeJpeg(encodeJpeg(pixels, size, bands, quality), bands, null, false)
}
