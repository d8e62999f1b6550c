import { type Args, signature } from '../../_C/args.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type Fill, fillOf, type PaddingMode, paddingMode, sidesOf } from './_geometry_arguments.js'
import { numbersText } from './_text.js'
import * as F from './functional.js'

interface PadOptions {
  /** Pixels on all sides; on left and right, top and bottom; or on the left, top, right and bottom. */
  padding: number | readonly number[]
  /** What `constant` adds: a number, for images also one for each band. Default 0. */
  fill: Fill
  /** Default `constant`. */
  padding_mode: PaddingMode
}

const parameters = signature<PadOptions>('Pad', 'padding', ['fill', 0], ['padding_mode', 'constant'])

export interface Pad {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Adds pixels around an Image or a Tensor (…, H, W), as `functional.pad` does.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.Pad.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class Pad extends Module {
  readonly padding: number | readonly number[]
  readonly fill: Fill
  readonly padding_mode: PaddingMode

  constructor(
    ...args: Args<[padding: number | readonly number[]], [fill: Fill, padding_mode: PaddingMode], PadOptions>
  ) {
    super()
    const { padding, fill, padding_mode } = parameters(args)
    sidesOf(padding)
    this.padding = padding
    this.fill = fillOf(fill)
    this.padding_mode = paddingMode(padding_mode)
  }

  override forward<T extends Image | Tensor>(img: T): T {
    return F.pad(img, this.padding, this.fill, this.padding_mode)
  }

  override toString(): string {
    const { padding, fill, padding_mode } = this
    const detail = `padding=${numbersText(padding)}, fill=${numbersText(fill)}, padding_mode=${padding_mode}`
    return `${this.constructor.name}(${detail})`
  }
}
