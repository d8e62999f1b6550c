import { type Args, signature } from '../../../_C/args.js'
import { Transform } from './_transform.js'
import { rgb_to_grayscale } from './functional/_color.js'

interface GrayscaleOptions {
  /** 1 or 3. Default 1. */
  num_output_channels: number
}

const parameters = signature<GrayscaleOptions>('Grayscale', ['num_output_channels', 1])

/**
 * Images to grey.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Grayscale.html
 */
export class Grayscale extends Transform {
  readonly num_output_channels: number

  constructor(...args: Args<[], [num_output_channels: number], GrayscaleOptions>) {
    super()
    this.num_output_channels = parameters(args).num_output_channels
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(rgb_to_grayscale, inpt, this.num_output_channels)
  }
}
