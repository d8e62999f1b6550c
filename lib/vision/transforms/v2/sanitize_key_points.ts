import { type Args, signature } from '../../../_C/args.js'
import { Tensor } from '../../../tensor.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { labelTensors } from './_sanitize.js'
import { Transform } from './_transform.js'
import { flatten } from './_tree.js'
import { get_keypoints, type LabelsGetter, parseLabelsGetter } from './_utils.js'
import { validPoints } from './functional/_meta_boxes.js'

interface SanitizeKeyPointsOptions {
  /** Finds what is sorted out along with the points. Default null: nothing. */
  labels_getter: 'default' | LabelsGetter | null
}

const parameters = signature<SanitizeKeyPointsOptions>('SanitizeKeyPoints', ['labels_getter', null])

interface Params {
  valid: Tensor
  labels: readonly Tensor[]
}

/**
 * Leaves out points, or whole groups of them, that lie outside the image, with their labels.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.SanitizeKeyPoints.html
 */
export class SanitizeKeyPoints extends Transform<Params> {
  readonly labels_getter: 'default' | LabelsGetter | null

  constructor(...args: Args<[], [labels_getter: 'default' | LabelsGetter | null], SanitizeKeyPointsOptions>) {
    super()
    this.labels_getter = parameters(args).labels_getter
    parseLabelsGetter(this.labels_getter)
  }

  override forward(...samples: unknown[]): unknown {
    const inputs: unknown = samples.length > 1 ? samples : samples[0]
    const found = parseLabelsGetter(this.labels_getter)(inputs)
    const [flat, unflatten] = flatten(inputs)
    const points = get_keypoints(flat)
    const labels = labelTensors(found, points.size(0), 'keypoints')
    const valid = validPoints(points.as_subclass(Tensor), points.canvas_size)
    return unflatten(flat.map(inpt => this.transform(inpt, { valid, labels })))
  }

  override transform(inpt: unknown, { valid, labels }: Params): unknown {
    if (!(inpt instanceof Tensor)) return inpt
    if (labels.includes(inpt)) return inpt.at(valid)
    return inpt instanceof tv_tensors.KeyPoints ? tv_tensors.wrap(inpt.at(valid), { like: inpt }) : inpt
  }
}
