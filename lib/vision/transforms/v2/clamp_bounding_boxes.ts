import { type Args, signature } from '../../../_C/args.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'
import { clamp_bounding_boxes } from './functional/_meta_boxes.js'

type Mode = tv_tensors.ClampingMode | 'auto'

const parameters = signature<{ clamping_mode: Mode }>('ClampBoundingBoxes', ['clamping_mode', 'auto'])

/**
 * Boxes cut to the image; `auto` does so in the boxes' own mode.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ClampBoundingBoxes.html
 */
export class ClampBoundingBoxes extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [tv_tensors.BoundingBoxes]

  readonly clamping_mode: Mode

  constructor(...args: Args<[], [clamping_mode: Mode], { clamping_mode: Mode }>) {
    super()
    this.clamping_mode = parameters(args).clamping_mode
  }

  override transform(inpt: unknown): unknown {
    return clamp_bounding_boxes(inpt as tv_tensors.BoundingBoxes, null, null, this.clamping_mode)
  }
}
