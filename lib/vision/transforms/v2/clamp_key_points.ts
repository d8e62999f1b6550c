import * as tv_tensors from '../../tv_tensors/index.js'
import { Transform } from './_transform.js'
import type { TypeOrCheck } from './_utils.js'
import { clamp_keypoints } from './functional/_meta_boxes.js'

/**
 * Points moved to the nearest pixel of the image.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ClampKeyPoints.html
 */
export class ClampKeyPoints extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [tv_tensors.KeyPoints]

  override transform(inpt: unknown): unknown {
    return clamp_keypoints(inpt as tv_tensors.KeyPoints)
  }
}
