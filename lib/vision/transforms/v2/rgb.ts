import { Transform } from './_transform.js'
import { grayscale_to_rgb } from './functional/_color.js'

/**
 * Grey images to three channels that are the same.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RGB.html
 */
export class RGB extends Transform {
  override transform(inpt: unknown): unknown {
    return this._call_kernel(grayscale_to_rgb, inpt)
  }
}
