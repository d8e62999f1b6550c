import { type Args, signature } from '../../../_C/args.js'
import { IndexError, ValueError } from '../../../_C/errors.js'
import { Tensor } from '../../../tensor.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { labelTensors } from './_sanitize.js'
import { float } from './_text.js'
import { Transform } from './_transform.js'
import { flatten } from './_tree.js'
import { get_bounding_boxes, type LabelsGetter, parseLabelsGetter } from './_utils.js'
import { validBoxes } from './functional/_meta_boxes.js'

interface SanitizeBoundingBoxesOptions {
  /** The shortest side. Default 1. */
  min_size: number
  /** The smallest area. Default 1. */
  min_area: number
  /** Finds what is sorted out along with the boxes; by default what in the sample has a name like labels. */
  labels_getter: 'default' | LabelsGetter | null
}

const parameters = signature<SanitizeBoundingBoxesOptions>(
  'SanitizeBoundingBoxes',
  ['min_size', 1],
  ['min_area', 1],
  ['labels_getter', 'default'],
)

interface Params {
  valid: Tensor
  labels: readonly Tensor[]
}

/**
 * Leaves out boxes that are too small or reach outside the image, with their labels and masks.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.SanitizeBoundingBoxes.html
 */
export class SanitizeBoundingBoxes extends Transform<Params> {
  static override readonly _texts = { min_size: float, min_area: float }

  readonly min_size: number
  readonly min_area: number
  readonly labels_getter: 'default' | LabelsGetter | null

  constructor(
    ...args: Args<
      [],
      [min_size: number, min_area: number, labels_getter: 'default' | LabelsGetter | null],
      SanitizeBoundingBoxesOptions
    >
  ) {
    super()
    const { min_size, min_area, labels_getter } = parameters(args)
    if (!(min_size >= 1)) throw new ValueError(`min_size must be >= 1, got ${min_size}.`)
    if (!(min_area >= 1)) throw new ValueError(`min_area must be >= 1, got ${min_area}.`)
    this.min_size = min_size
    this.min_area = min_area
    this.labels_getter = labels_getter
    parseLabelsGetter(labels_getter)
  }

  override forward(...samples: unknown[]): unknown {
    const inputs: unknown = samples.length > 1 ? samples : samples[0]
    const found = parseLabelsGetter(this.labels_getter)(inputs)
    const [flat, unflatten] = flatten(inputs)
    const boxes = get_bounding_boxes(flat)
    const labels = labelTensors(found, boxes.size(0), 'boxes')
    const valid = validBoxes(boxes, boxes.format, boxes.canvas_size, this.min_size, this.min_area)
    return unflatten(flat.map(inpt => this.transform(inpt, { valid, labels })))
  }

  override transform(inpt: unknown, { valid, labels }: Params): unknown {
    if (!(inpt instanceof Tensor)) return inpt
    if (labels.includes(inpt)) return inpt.at(valid)
    if (!(inpt instanceof tv_tensors.BoundingBoxes) && !(inpt instanceof tv_tensors.Mask)) return inpt
    try {
      return tv_tensors.wrap(inpt.at(valid), { like: inpt as Tensor })
    } catch (error) {
      // A mask that is not one for each box stays.
      if (error instanceof IndexError) return inpt
      throw error
    }
  }
}
