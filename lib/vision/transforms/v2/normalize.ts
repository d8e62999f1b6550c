import { type Args, signature } from '../../../_C/args.js'
import { Image as Picture } from '../../image.js'
import { Transform } from './_transform.js'
import { has_any } from './_utils.js'
import { normalize } from './functional/_misc.js'

interface NormalizeOptions {
  /** One for each channel. */
  mean: Iterable<number>
  /** One for each channel. */
  std: Iterable<number>
  /** Change the tensor that is given. Default false. */
  inplace: boolean
}

const parameters = signature<NormalizeOptions>('Normalize', 'mean', 'std', ['inplace', false])

/**
 * `(x - mean) / std`, channel by channel, of tensors of floats.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Normalize.html
 */
export class Normalize extends Transform {
  readonly mean: readonly number[]
  readonly std: readonly number[]
  readonly inplace: boolean

  constructor(...args: Args<[mean: Iterable<number>, std: Iterable<number>], [inplace: boolean], NormalizeOptions>) {
    super()
    const { mean, std, inplace } = parameters(args)
    this.mean = [...mean]
    this.std = [...std]
    this.inplace = inplace
  }

  override check_inputs(flat_inputs: readonly unknown[]): void {
    if (has_any(flat_inputs, Picture)) throw new TypeError(`${this._get_name()}() does not support PIL images.`)
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(normalize, inpt, this.mean, this.std, this.inplace)
  }
}
