import { type Args, signature } from '../../../_C/args.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'
import { convert_bounding_box_format } from './functional/_meta_boxes.js'

type Format = tv_tensors.BoundingBoxFormat | Lowercase<tv_tensors.BoundingBoxFormat>

const parameters = signature<{ format: Format }>('ConvertBoundingBoxFormat', 'format')

/**
 * Boxes in another format.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ConvertBoundingBoxFormat.html
 */
export class ConvertBoundingBoxFormat extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [tv_tensors.BoundingBoxes]

  readonly format: Format

  constructor(...args: Args<[format: Format], [], { format: Format }>) {
    super()
    this.format = parameters(args).format
  }

  override transform(inpt: unknown): unknown {
    return convert_bounding_box_format(inpt as tv_tensors.BoundingBoxes, null, this.format)
  }
}
