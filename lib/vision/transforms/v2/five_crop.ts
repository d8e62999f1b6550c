import { type Args, signature } from '../../../_C/args.js'
import { warn } from '../../../_C/raise.js'
import { BoundingBoxes, KeyPoints, Mask } from '../../tv_tensors/index.js'
import { sizeOf } from '../_geometry_arguments.js'
import { tuple } from './_text.js'
import { Transform } from './_transform.js'
import { has_any } from './_utils.js'
import { type CropSize, type Five, five_crop } from './functional/_geometry.js'
import type { Input } from './functional/_utils.js'

const parameters = signature<{ size: CropSize }>('FiveCrop', 'size')

export interface FiveCrop {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Input>(img: T): Five<T>
}

/**
 * The corners and the middle of an image or a video; `size` is height and width, or one number for both. Boxes and masks are
 * refused, points stay as they are.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.FiveCrop.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class FiveCrop extends Transform {
  static override readonly _texts = { size: tuple }

  readonly size: readonly [height: number, width: number]

  constructor(...args: Args<[size: CropSize], [], { size: CropSize }>) {
    super()
    this.size = sizeOf(parameters(args).size)
  }

  override check_inputs(flat_inputs: readonly unknown[]): void {
    if (has_any(flat_inputs, BoundingBoxes, Mask))
      throw new TypeError(`BoundingBoxes'es and Mask's are not supported by ${this._get_name()}()`)
  }

  override transform(inpt: unknown): unknown {
    if (inpt instanceof KeyPoints)
      warn(
        `${this._get_name()}() is currently passing through inputs of type tv_tensors.KeyPoints. ` +
          'This will likely change in the future.',
      )
    return this._call_kernel(five_crop, inpt, this.size)
  }
}
