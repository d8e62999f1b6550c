import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { type Fill, type PaddingMode, paddingMode, sidesOf, sizeOf } from '../_geometry_arguments.js'
import { integer } from '../_random.js'
import { tupleText } from '../_text.js'
import { RandomCrop as First } from '../random_crop.js'
import { type FillByType, fillFor, setupFill } from './_fill.js'
import { tuple } from './_text.js'
import { Transform } from './_transform.js'
import { query_size } from './_utils.js'
import { crop, type Padding, pad } from './functional/_geometry.js'

interface RandomCropOptions {
  size: number | readonly number[]
  /** Pixels added first, see `Pad`. Default none. */
  padding: Padding | null
  /** Add what a smaller image lacks, on both sides. Default false. */
  pad_if_needed: boolean
  /** What `constant` adds. Default 0. */
  fill: FillByType
  /** Default `constant`. */
  padding_mode: PaddingMode
}

const parameters = signature<RandomCropOptions>(
  'RandomCrop',
  'size',
  ['padding', null],
  ['pad_if_needed', false],
  ['fill', 0],
  ['padding_mode', 'constant'],
)

interface Place {
  needs_crop: boolean
  top: number
  left: number
  height: number
  width: number
  needs_pad: boolean
  padding: readonly [left: number, top: number, right: number, bottom: number]
}

/**
 * A rectangle of `size`, `[height, width]` or one number for both, at a random place of a sample. Draws a `torch.randint` for the
 * top, and one for the left, where there is a choice.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomCrop.html
 */
export class RandomCrop extends Transform<Place> {
  static override readonly _texts = { size: tuple }
  static readonly get_params = First.get_params

  readonly size: readonly [height: number, width: number]
  /** Left, right, top and bottom. */
  readonly padding: readonly [number, number, number, number] | null
  readonly pad_if_needed: boolean
  readonly fill: FillByType
  readonly padding_mode: PaddingMode
  private readonly _fill: ReadonlyMap<unknown, Fill | null>

  constructor(
    ...args: Args<
      [size: number | readonly number[]],
      [padding: Padding | null, pad_if_needed: boolean, fill: FillByType, padding_mode: PaddingMode],
      RandomCropOptions
    >
  ) {
    super()
    const { size, padding, pad_if_needed, fill, padding_mode } = parameters(args)
    this.size = sizeOf(size)
    if (padding === null || padding === 0) this.padding = null
    else {
      const [left, top, right, bottom] = sidesOf(padding)
      this.padding = [left, right, top, bottom]
    }
    this.pad_if_needed = pad_if_needed
    this.fill = fill
    this._fill = setupFill(fill)
    this.padding_mode = paddingMode(padding_mode)
  }

  override make_params(flat_inputs: readonly unknown[]): Place {
    const [h, w] = query_size(flat_inputs)
    const [height, width] = this.size
    let [left, right, top, bottom] = this.padding ?? [0, 0, 0, 0]
    if (this.pad_if_needed) {
      const lacking = { rows: Math.max(height - h - top - bottom, 0), columns: Math.max(width - w - left - right, 0) }
      ;[top, bottom] = [top + lacking.rows, bottom + lacking.rows]
      ;[left, right] = [left + lacking.columns, right + lacking.columns]
    }
    const [paddedHeight, paddedWidth] = [h + top + bottom, w + left + right]
    if (paddedHeight < height || paddedWidth < width)
      throw new ValueError(
        `Required crop size ${tupleText([height, width])} is larger than ` +
          `${this.padding ? 'padded ' : ''}input image size ${tupleText([paddedHeight, paddedWidth])}.`,
      )
    const somewhere = (size: number, wanted: number) => (size > wanted ? integer(0, size - wanted + 1) : 0)
    const place = { top: somewhere(paddedHeight, height), left: somewhere(paddedWidth, width), height, width }
    const padding = [left, top, right, bottom] as const
    const needs_crop = paddedHeight > height || paddedWidth > width
    return { ...place, needs_crop, needs_pad: padding.some(side => side !== 0), padding }
  }

  override transform(inpt: unknown, params: Place): unknown {
    const { needs_pad, needs_crop, padding, top, left, height, width } = params
    const padded = needs_pad
      ? this._call_kernel(pad, inpt, padding, fillFor(this._fill, inpt), this.padding_mode)
      : inpt
    return needs_crop ? this._call_kernel(crop, padded, top, left, height, width) : padded
  }
}
