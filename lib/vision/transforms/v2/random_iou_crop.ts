import { type Args, signature } from '../../../_C/args.js'
import { tensor } from '../../../_creation.js'
import { rand } from '../../../_generated/torch.js'
import type { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import { box_iou } from '../../ops/boxes.js'
import { BoundingBoxes, Image } from '../../tv_tensors/index.js'
import { integer, wholeShares } from '../_random.js'
import { float, floatList } from './_text.js'
import { Transform } from './_transform.js'
import { get_bounding_boxes, has_all, has_any, query_size } from './_utils.js'
import { convertFormat } from './functional/_boxes.js'
import { crop } from './functional/_geometry.js'
import { is_pure_tensor, plain } from './functional/_utils.js'

interface RandomIoUCropOptions {
  /** The least and the most share of width, and of height. Default 0.3 and 1. */
  min_scale: number
  max_scale: number
  /** Width by height. Default 0.5 and 2. */
  min_aspect_ratio: number
  max_aspect_ratio: number
  /** How much a box and the part must have in common, one of these at random; 1 or more leaves the sample as it is. */
  sampler_options: readonly number[] | null
  /** How often a part is tried before another option is drawn. Default 40. */
  trials: number
}

const parameters = signature<RandomIoUCropOptions>(
  'RandomIoUCrop',
  ['min_scale', 0.3],
  ['max_scale', 1],
  ['min_aspect_ratio', 0.5],
  ['max_aspect_ratio', 2],
  ['sampler_options', null],
  ['trials', 40],
)

/** The part, and which boxes have their middle in it; nothing for the whole sample. */
interface Part {
  top: number
  left: number
  height: number
  width: number
  is_within_crop_area: Tensor
}

/**
 * A random part of an image with boxes, one of which it has enough in common with; boxes with their middle elsewhere become
 * zeros, which `SanitizeBoundingBoxes` removes.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomIoUCrop.html
 */
export class RandomIoUCrop extends Transform<Partial<Part>> {
  static override readonly _texts = {
    min_scale: float,
    max_scale: float,
    min_aspect_ratio: float,
    max_aspect_ratio: float,
    options: floatList,
  }

  readonly min_scale: number
  readonly max_scale: number
  readonly min_aspect_ratio: number
  readonly max_aspect_ratio: number
  readonly options: readonly number[]
  readonly trials: number

  constructor(
    ...args: Args<
      [],
      [
        min_scale: number,
        max_scale: number,
        min_aspect_ratio: number,
        max_aspect_ratio: number,
        sampler_options: readonly number[] | null,
        trials: number,
      ],
      RandomIoUCropOptions
    >
  ) {
    super()
    const { sampler_options, trials, ...limits } = parameters(args)
    this.min_scale = limits.min_scale
    this.max_scale = limits.max_scale
    this.min_aspect_ratio = limits.min_aspect_ratio
    this.max_aspect_ratio = limits.max_aspect_ratio
    this.options = sampler_options ?? [0, 0.1, 0.3, 0.5, 0.7, 0.9, 1]
    this.trials = trials
  }

  override check_inputs(flat_inputs: readonly unknown[]): void {
    if (has_all(flat_inputs, BoundingBoxes) && has_any(flat_inputs, Picture, Image, is_pure_tensor)) return
    throw new TypeError(
      `${this._get_name()}() requires input sample to contain tensor or PIL images ` +
        'and bounding boxes. Sample can also contain masks.',
    )
  }

  override make_params(flat_inputs: readonly unknown[]): Partial<Part> {
    const size = query_size(flat_inputs)
    const boxes = get_bounding_boxes(flat_inputs)
    const corners = convertFormat(plain(boxes), boxes.format, 'XYXY')
    for (;;) {
      const overlap = this.options[integer(0, this.options.length)]!
      if (overlap >= 1) return {}
      for (let trial = 0; trial < this.trials; trial++) {
        const part = this._tried(size, corners, overlap)
        if (part) return part
      }
    }
  }

  /** A random part, or null for one that will not do. */
  private _tried([h, w]: readonly [number, number], boxes: Tensor, overlap: number): Part | null {
    const { min_scale, max_scale } = this
    const [width, height] = wholeShares(
      rand(2)
        .mul(max_scale - min_scale)
        .add(min_scale),
      w,
      h,
    )
    const ratio = width / height
    if (!(ratio >= this.min_aspect_ratio && ratio <= this.max_aspect_ratio)) return null
    const [left, top] = wholeShares(rand(2), w - width, h - height)
    const [right, bottom] = [left + width, top + height]
    if (left === right || top === bottom) return null
    const middle = (i: number) =>
      boxes
        .select(-1, i)
        .add(boxes.select(-1, i + 2))
        .mul(0.5)
    const [x, y] = [middle(0), middle(1)]
    const inside = x.gt(left).logical_and(x.lt(right)).logical_and(y.gt(top)).logical_and(y.lt(bottom))
    if (!inside.any().item()) return null
    const part = tensor([[left, top, right, bottom]], { dtype: boxes.dtype, device: boxes.device })
    if (box_iou(boxes.at(inside), part).max().lt(overlap).item()) return null
    return { top, left, height, width, is_within_crop_area: inside }
  }

  override transform(inpt: unknown, { top, left, height, width, is_within_crop_area }: Partial<Part>): unknown {
    if (!is_within_crop_area) return inpt
    const output = this._call_kernel(crop, inpt, top, left, height, width)
    if (output instanceof BoundingBoxes) output.setAt([is_within_crop_area.logical_not()], 0)
    return output
  }
}
