import { type Args, signature } from '../../../_C/args.js'
import { type Fill, type PaddingMode, paddingMode, sidesOf } from '../_geometry_arguments.js'
import { type FillByType, fillFor, setupFill } from './_fill.js'
import { Transform } from './_transform.js'
import { type Padding, pad } from './functional/_geometry.js'

interface PadOptions {
  /** Pixels for all sides; for left and right, top and bottom; or for left, top, right and bottom. */
  padding: Padding
  /** What `constant` adds. Default 0. */
  fill: FillByType
  /** Default `constant`, the only one for boxes and points. */
  padding_mode: PaddingMode
}

const parameters = signature<PadOptions>('Pad', 'padding', ['fill', 0], ['padding_mode', 'constant'])

/**
 * Adds pixels around a sample: images, videos, masks, boxes and points together. See `functional.pad`.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Pad.html
 */
export class Pad extends Transform {
  readonly padding: Padding
  readonly fill: FillByType
  readonly padding_mode: PaddingMode
  private readonly _fill: ReadonlyMap<unknown, Fill | null>

  constructor(...args: Args<[padding: Padding], [fill: FillByType, padding_mode: PaddingMode], PadOptions>) {
    super()
    const { padding, fill, padding_mode } = parameters(args)
    sidesOf(padding)
    this.padding = padding
    this.fill = fill
    this.padding_mode = paddingMode(padding_mode)
    this._fill = setupFill(fill)
  }

  override transform(inpt: unknown): unknown {
    return this._call_kernel(pad, inpt, this.padding, fillFor(this._fill, inpt), this.padding_mode)
  }
}
