import { type Args, signature } from '../../../_C/args.js'
import { rand, randperm } from '../../../_generated/torch.js'
import type { Tensor } from '../../../tensor.js'
import { draw, uniform } from '../_random.js'
import { tuple } from './_text.js'
import { Transform } from './_transform.js'
import { query_chw } from './_utils.js'
import {
  adjust_brightness,
  adjust_contrast,
  adjust_hue,
  adjust_saturation,
  permute_channels,
} from './functional/_color.js'

type Range = readonly [min: number, max: number]

interface RandomPhotometricDistortOptions {
  /** The least and the largest factor. Default 0.875 to 1.125. */
  brightness: Range
  /** Default 0.5 to 1.5. */
  contrast: Range
  /** Default 0.5 to 1.5. */
  saturation: Range
  /** Default -0.05 to 0.05. */
  hue: Range
  /** Of each change. Default 0.5. */
  p: number
}

const parameters = signature<RandomPhotometricDistortOptions>(
  'RandomPhotometricDistort',
  ['brightness', [0.875, 1.125]],
  ['contrast', [0.5, 1.5]],
  ['saturation', [0.5, 1.5]],
  ['hue', [-0.05, 0.05]],
  ['p', 0.5],
)

interface Params {
  brightness: number | null
  contrast: number | null
  saturation: number | null
  hue: number | null
  contrastFirst: boolean
  permutation: Tensor | null
}

/**
 * Changes brightness, contrast, saturation, hue and the order of the channels, each with probability `p`. Draws a
 * `torch.rand(1)` for each, and what it needs where it comes about.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomPhotometricDistort.html
 */
export class RandomPhotometricDistort extends Transform<Params> {
  static override readonly _texts = { brightness: tuple, contrast: tuple, hue: tuple, saturation: tuple }

  readonly brightness: Range
  readonly contrast: Range
  readonly hue: Range
  readonly saturation: Range
  readonly p: number

  constructor(
    ...args: Args<
      [],
      [brightness: Range, contrast: Range, saturation: Range, hue: Range, p: number],
      RandomPhotometricDistortOptions
    >
  ) {
    super()
    const { brightness, contrast, saturation, hue, p } = parameters(args)
    this.brightness = brightness
    this.contrast = contrast
    this.hue = hue
    this.saturation = saturation
    this.p = p
  }

  override make_params(flat_inputs: readonly unknown[]): Params {
    const [channels] = query_chw(flat_inputs)
    const happens = () => draw() < Math.fround(this.p)
    const factor = (range: Range) => (happens() ? uniform(...range) : null)
    const brightness = factor(this.brightness)
    const contrast = factor(this.contrast)
    const saturation = factor(this.saturation)
    const hue = factor(this.hue)
    const contrastFirst = (rand([]).item() as number) < 0.5
    return { brightness, contrast, saturation, hue, contrastFirst, permutation: happens() ? randperm(channels) : null }
  }

  override transform(inpt: unknown, params: Params): unknown {
    const { brightness, contrast, saturation, hue, contrastFirst, permutation } = params
    let output = inpt
    if (brightness !== null) output = this._call_kernel(adjust_brightness, output, brightness)
    if (contrast !== null && contrastFirst) output = this._call_kernel(adjust_contrast, output, contrast)
    if (saturation !== null) output = this._call_kernel(adjust_saturation, output, saturation)
    if (hue !== null) output = this._call_kernel(adjust_hue, output, hue)
    if (contrast !== null && !contrastFirst) output = this._call_kernel(adjust_contrast, output, contrast)
    return permutation === null ? output : this._call_kernel(permute_channels, output, permutation)
  }
}
