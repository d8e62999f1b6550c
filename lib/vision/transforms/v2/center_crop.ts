import { type Args, signature } from '../../../_C/args.js'
import { sizeOf } from '../_geometry_arguments.js'
import { tuple } from './_text.js'
import { Transform } from './_transform.js'
import { center_crop } from './functional/_geometry.js'

type Size = number | readonly number[]

const parameters = signature<{ size: Size }>('CenterCrop', 'size')

/**
 * The middle of a sample, `[height, width]` or one number for both, with zeros around where it is smaller.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.CenterCrop.html
 */
export class CenterCrop extends Transform {
  static override readonly _texts = { size: tuple }

  readonly size: readonly [height: number, width: number]

  constructor(...args: Args<[size: Size], [], { size: Size }>) {
    super()
    this.size = sizeOf(parameters(args).size)
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(center_crop, inpt, this.size)
  }
}
