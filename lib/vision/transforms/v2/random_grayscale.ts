import { type Args, signature } from '../../../_C/args.js'
import { RandomApplyTransform } from './_transform.js'
import { query_chw } from './_utils.js'
import { rgb_to_grayscale } from './functional/_color.js'

interface RandomGrayscaleOptions {
  /** Default 0.1. */
  p: number
}

interface Params {
  channels: number
}

const parameters = signature<RandomGrayscaleOptions>('RandomGrayscale', ['p', 0.1])

/**
 * Images to grey, in as many channels as before, with probability `p`. Draws one `torch.rand(1)`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomGrayscale.html
 */
export class RandomGrayscale extends RandomApplyTransform<Params> {
  constructor(...args: Args<[], [p: number], RandomGrayscaleOptions>) {
    super(parameters(args).p)
  }

  override make_params(flat_inputs: readonly unknown[]): Params {
    return { channels: query_chw(flat_inputs)[0] }
  }

  override transform(inpt: unknown, { channels }: Params): unknown {
    return this._call_kernel(rgb_to_grayscale, inpt, channels)
  }
}
