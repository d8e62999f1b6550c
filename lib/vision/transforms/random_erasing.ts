import { type Args, signature, typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { warn } from '../../_C/raise.js'
import { tensor } from '../../_creation.js'
import { empty, exp, log } from '../../_generated/torch.js'
import { float32 } from '../../dtype.js'
import { Module } from '../../nn/module.js'
import { Tensor } from '../../tensor.js'
import { checkSequence } from './_geometry_arguments.js'
import { draw, integer, roundHalfEven, uniform } from './_random.js'
import { boolText, floatTupleText, numbersText } from './_text.js'
import * as F from './functional.js'

type Range = readonly [min: number, max: number]

interface RandomErasingOptions {
  /** Default 0.5. */
  p: number
  /** The rectangle's share of the area. Default 0.02 to 0.33. */
  scale: Range
  /** Its height over its width. Default 0.3 to 3.3. */
  ratio: Range
  /** A number, one for each channel, or `'random'` for normal noise. Default 0. */
  value: number | 'random' | readonly number[]
  /** Change the tensor that is given. Default false. */
  inplace: boolean
}

const parameters = signature<RandomErasingOptions>(
  'RandomErasing',
  ['p', 0.5],
  ['scale', [0.02, 0.33]],
  ['ratio', [0.3, 3.3]],
  ['value', 0],
  ['inplace', false],
)

export interface RandomErasing {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (img: Tensor): Tensor
}

/**
 * Overwrites a random rectangle of a Tensor (…, C, H, W) with probability `p`. https://arxiv.org/abs/1708.04896 Draws a
 * `torch.rand(1)`; then up to ten areas and aspect ratios until one fits, the values where they are random, and a place.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.RandomErasing.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class RandomErasing extends Module {
  readonly p: number
  readonly scale: Range
  readonly ratio: Range
  readonly value: number | 'random' | readonly number[]
  readonly inplace: boolean

  constructor(
    ...args: Args<
      [],
      [p: number, scale: Range, ratio: Range, value: number | 'random' | readonly number[], inplace: boolean],
      RandomErasingOptions
    >
  ) {
    super()
    const { p, scale, ratio, value, inplace } = parameters(args)
    if (typeof value === 'string' && value !== 'random') throw new ValueError("If value is str, it should be 'random'")
    if (typeof value !== 'string' && typeof value !== 'number' && !Array.isArray(value))
      throw new TypeError('Argument value should be either a number or str or a sequence')
    checkSequence(scale, 'Scale', 2)
    checkSequence(ratio, 'Ratio', 2)
    if (scale[0] > scale[1] || ratio[0] > ratio[1]) warn('Scale and ratio should be of kind (min, max)')
    if (scale[0] < 0 || scale[1] > 1) throw new ValueError('Scale should be between 0 and 1')
    if (!(p >= 0 && p <= 1)) throw new ValueError('Random erasing probability should be between 0 and 1')
    this.p = p
    this.scale = scale
    this.ratio = ratio
    this.value = value
    this.inplace = inplace
  }

  /** Top, left, height and width of a random rectangle, and its values; no `value` draws them. The image when none fits. */
  static get_params(
    img: Tensor,
    scale: Range,
    ratio: Range,
    value: readonly number[] | null = null,
  ): [i: number, j: number, h: number, w: number, v: Tensor] {
    const [channels, height, width] = [img.size(-3), img.size(-2), img.size(-1)]
    const [low, high] = log(tensor(ratio)).tolist() as [number, number]
    for (let attempt = 0; attempt < 10; attempt++) {
      const area = height * width * uniform(scale[0], scale[1])
      const aspect = exp(empty(1).uniform_(low, high)).item() as number
      const h = roundHalfEven(Math.sqrt(area * aspect))
      const w = roundHalfEven(Math.sqrt(area / aspect))
      if (h >= height || w >= width) continue
      const v =
        value === null
          ? empty([channels, h, w], { dtype: float32 }).normal_()
          : tensor(value, { dtype: float32 }).view(-1, 1, 1)
      const i = integer(0, height - h + 1)
      return [i, integer(0, width - w + 1), h, w, v]
    }
    return [0, 0, height, width, img]
  }

  override forward(img: Tensor): Tensor {
    if (draw() >= Math.fround(this.p)) return img
    if (!(img instanceof Tensor)) throw new TypeError(`img should be Tensor Image. Got ${typeName(img)}`)
    const value = typeof this.value === 'number' ? [this.value] : this.value === 'random' ? null : this.value
    if (value !== null && value.length !== 1 && value.length !== img.size(-3))
      throw new ValueError(
        `If value is a sequence, it should have either a single value or ${img.size(-3)} (number of input channels)`,
      )
    return F.erase(img, ...RandomErasing.get_params(img, this.scale, this.ratio, value), this.inplace)
  }

  override toString(): string {
    const { p, scale, ratio, value, inplace } = this
    const shown = value === 'random' ? value : numbersText(value)
    const detail = `p=${p}, scale=${floatTupleText(scale)}, ratio=${floatTupleText(ratio)}, value=${shown}`
    return `${this.constructor.name}(${detail}, inplace=${boolText(inplace)})`
  }
}
