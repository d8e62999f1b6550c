import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'

const parameters = signature<{ clamping_mode: tv_tensors.ClampingMode }>('SetClampingMode', 'clamping_mode')

/**
 * Says what later transforms do with boxes that reach outside the image.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.SetClampingMode.html
 */
export class SetClampingMode extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [tv_tensors.BoundingBoxes]

  readonly clamping_mode: tv_tensors.ClampingMode

  constructor(...args: Args<[clamping_mode: tv_tensors.ClampingMode], [], { clamping_mode: tv_tensors.ClampingMode }>) {
    super()
    const { clamping_mode } = parameters(args)
    if (clamping_mode !== null && clamping_mode !== 'soft' && clamping_mode !== 'hard')
      throw new ValueError(`clamping_mode must be soft, hard or None, got ${String(clamping_mode)}`)
    this.clamping_mode = clamping_mode
  }

  override transform(inpt: unknown): unknown {
    const boxes = (inpt as tv_tensors.BoundingBoxes).clone()
    boxes.clamping_mode = this.clamping_mode
    return boxes
  }
}
