import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { warn } from '../../../_C/raise.js'
import { tensor } from '../../../_creation.js'
import { empty, exp, log } from '../../../_generated/torch.js'
import { float32 } from '../../../dtype.js'
import type { Tensor } from '../../../tensor.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { checkSequence } from '../_geometry_arguments.js'
import { integer, roundHalfEven, uniform } from '../_random.js'
import { RandomErasing as FirstRandomErasing } from '../random_erasing.js'
import { floatList, tuple } from './_text.js'
import { RandomApplyTransform } from './_transform.js'
import { query_chw } from './_utils.js'
import { erase } from './functional/_augment.js'

type Range = readonly [min: number, max: number]
type Value = number | 'random' | readonly number[]

interface RandomErasingOptions {
  /** Default 0.5. */
  p: number
  /** The rectangle's share of the area. Default 0.02 to 0.33. */
  scale: Range
  /** Its height over its width. Default 0.3 to 3.3. */
  ratio: Range
  /** A number, one for each channel, or `'random'` for normal noise. Default 0. */
  value: Value
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

/** The rectangle and its values; null where none fits. */
interface Params {
  rectangle: readonly [i: number, j: number, h: number, w: number, v: Tensor] | null
}

/**
 * Overwrites a random rectangle of images with probability `p`. https://arxiv.org/abs/1708.04896 Draws a `torch.rand(1)`;
 * then up to ten areas and aspect ratios until one fits, the values where they are random, and a place.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.RandomErasing.html
 */
export class RandomErasing extends RandomApplyTransform<Params> {
  static override readonly _texts = { scale: tuple, ratio: tuple, value: floatList }

  static readonly get_params = FirstRandomErasing.get_params

  readonly scale: Range
  readonly ratio: Range
  /** Null: random. */
  readonly value: readonly number[] | null
  readonly inplace: boolean

  constructor(
    ...args: Args<[], [p: number, scale: Range, ratio: Range, value: Value, inplace: boolean], RandomErasingOptions>
  ) {
    const { p, scale, ratio, value, inplace } = parameters(args)
    super(p)
    if (typeof value === 'string' && value !== 'random') throw new ValueError("If value is str, it should be 'random'")
    if (typeof value !== 'string' && typeof value !== 'number' && !Array.isArray(value))
      throw new TypeError('Argument value should be either a number or str or a sequence')
    checkSequence(scale, 'Scale', 2)
    checkSequence(ratio, 'Ratio', 2)
    if (scale[0] > scale[1] || ratio[0] > ratio[1]) warn('Scale and ratio should be of kind (min, max)')
    if (scale[0] < 0 || scale[1] > 1) throw new ValueError('Scale should be between 0 and 1')
    this.scale = scale
    this.ratio = ratio
    this.value = value === 'random' ? null : typeof value === 'number' ? [value] : value
    this.inplace = inplace
  }

  override make_params(flat_inputs: readonly unknown[]): Params {
    const [channels, height, width] = query_chw(flat_inputs)
    const { value } = this
    if (value !== null && value.length !== 1 && value.length !== channels)
      throw new ValueError(
        `If value is a sequence, it should have either a single value or ${channels} (number of inpt channels)`,
      )
    const [low, high] = log(tensor(this.ratio, { dtype: float32 })).tolist() as [number, number]
    for (let attempt = 0; attempt < 10; attempt++) {
      const area = height * width * uniform(...this.scale)
      const aspect = exp(empty(1).uniform_(low, high)).item() as number
      const h = roundHalfEven(Math.sqrt(area * aspect))
      const w = roundHalfEven(Math.sqrt(area / aspect))
      if (h >= height || w >= width) continue
      const v =
        value === null
          ? empty([channels, h, w], { dtype: float32 }).normal_()
          : tensor(value, { dtype: float32 }).view(-1, 1, 1)
      const i = integer(0, height - h + 1)
      return { rectangle: [i, integer(0, width - w + 1), h, w, v] }
    }
    return { rectangle: null }
  }

  override transform(inpt: unknown, { rectangle }: Params): unknown {
    if (rectangle === null) return inpt
    const { BoundingBoxes, KeyPoints, Mask } = tv_tensors
    const stays = [BoundingBoxes, KeyPoints, Mask].find(type => inpt instanceof type)
    if (stays)
      warn(
        `${this._get_name()}() is currently passing through inputs of type tv_tensors.${stays.name}. ` +
          'This will likely change in the future.',
      )
    return this._call_kernel(erase, inpt, ...rectangle, this.inplace)
  }
}
