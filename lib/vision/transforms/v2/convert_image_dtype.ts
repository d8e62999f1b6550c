import { type Args, signature } from '../../../_C/args.js'
import { type dtype, float32 } from '../../../dtype.js'
import { Transform } from './_transform.js'
import { to_dtype } from './functional/_misc.js'

const parameters = signature<{ dtype: dtype }>('ConvertImageDtype', ['dtype', float32])

/**
 * Images in another dtype, their numbers spread over that of the other; `ToDtype` with `scale` is the newer way.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ConvertImageDtype.html
 */
export class ConvertImageDtype extends Transform {
  readonly dtype: dtype

  constructor(...args: Args<[], [dtype: dtype], { dtype: dtype }>) {
    super()
    this.dtype = parameters(args).dtype
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(to_dtype, inpt, this.dtype, true)
  }
}
