import { type Args, signature } from '../../../_C/args.js'
import { ValueError } from '../../../_C/errors.js'
import { randperm } from '../../../_generated/torch.js'
import { floatRepr } from '../../../_python_format.js'
import { uniform } from '../_random.js'
import { ColorJitter as FirstColorJitter } from '../color_jitter.js'
import { floatTuple } from './_text.js'
import { Transform } from './_transform.js'
import { adjust_brightness, adjust_contrast, adjust_hue, adjust_saturation } from './functional/_color.js'

type Range = readonly [min: number, max: number]

interface ColorJitterOptions {
  /** A factor of 1 - brightness to 1 + brightness is drawn, or one of the given least and largest. Default null: none. */
  brightness: number | Range | null
  /** As brightness. */
  contrast: number | Range | null
  /** As brightness. */
  saturation: number | Range | null
  /** A turn of -hue to hue is drawn, at most 0.5, or one of the given. Default null: none. */
  hue: number | Range | null
}

const parameters = signature<ColorJitterOptions>(
  'ColorJitter',
  ['brightness', null],
  ['contrast', null],
  ['saturation', null],
  ['hue', null],
)

interface Params {
  /** Which of the four comes first, second, … */
  order: readonly number[]
  factors: readonly (number | null)[]
}

const changes = [adjust_brightness, adjust_contrast, adjust_saturation, adjust_hue] as const

/**
 * Changes brightness, contrast, saturation and hue at random, in a random order. Draws one `torch.randperm(4)` and a uniform
 * number for each of the four that is not off.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.ColorJitter.html
 */
export class ColorJitter extends Transform<Params> {
  static override readonly _texts = {
    brightness: floatTuple,
    contrast: floatTuple,
    saturation: floatTuple,
    hue: floatTuple,
  }

  static readonly get_params = FirstColorJitter.get_params

  /** The range of factors, or null where none is drawn; so the others. */
  readonly brightness: Range | null
  readonly contrast: Range | null
  readonly saturation: Range | null
  readonly hue: Range | null

  constructor(
    ...args: Args<
      [],
      [
        brightness: number | Range | null,
        contrast: number | Range | null,
        saturation: number | Range | null,
        hue: number | Range | null,
      ],
      ColorJitterOptions
    >
  ) {
    super()
    const { brightness, contrast, saturation, hue } = parameters(args)
    this.brightness = rangeOf(brightness, 'brightness')
    this.contrast = rangeOf(contrast, 'contrast')
    this.saturation = rangeOf(saturation, 'saturation')
    this.hue = rangeOf(hue, 'hue', 0, [-0.5, 0.5])
  }

  override make_params(): Params {
    const order = (randperm(4).tolist() as (number | bigint)[]).map(Number)
    const ranges = [this.brightness, this.contrast, this.saturation, this.hue]
    return { order, factors: ranges.map(range => range && uniform(...range)) }
  }

  override transform(inpt: unknown, { order, factors }: Params): unknown {
    let output = inpt
    for (const index of order) {
      const factor = factors[index]
      if (typeof factor === 'number') output = this._call_kernel(changes[index]!, output, factor)
    }
    return output
  }
}

/** The range of factors that `value` means, null for one that changes nothing. */
function rangeOf(
  value: number | Range | null,
  name: string,
  centre = 1,
  bound: readonly [number, number] = [0, Infinity],
): Range | null {
  if (value === null) return null
  let range: Range
  if (typeof value === 'number') {
    if (value < 0) throw new ValueError(`If ${name} is a single number, it must be non negative.`)
    range = [centre === 1 ? Math.max(centre - value, 0) : centre - value, centre + value]
  } else {
    if (!Array.isArray(value) || value.length !== 2 || !value.every(side => typeof side === 'number'))
      throw new TypeError(`${name}=${String(value)} should be a single number or a sequence with length 2.`)
    range = [value[0] as number, value[1] as number]
  }
  const [min, max] = range
  if (!(bound[0] <= min && min <= max && max <= bound[1])) {
    const between = `(${bound.map(side => (Number.isFinite(side) ? side : 'inf')).join(', ')})`
    const got = `[${range.map(floatRepr).join(', ')}]`
    throw new ValueError(`${name} values should be between ${between} and increasing, but got ${got}.`)
  }
  return min === centre && max === centre ? null : range
}
