import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { randperm } from '../../_generated/torch.js'
import { floatRepr } from '../../_python_format.js'
import { Module } from '../../nn/module.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { uniform } from './_random.js'
import { floatTupleText } from './_text.js'
import * as F from './functional.js'

/** The least and the largest factor. */
type Range = readonly [min: number, max: number]

interface ColorJitterOptions {
  /** A factor of 1 - brightness to 1 + brightness is drawn, or one of the given least and largest. Default 0: none. */
  brightness: number | Range
  /** As brightness. */
  contrast: number | Range
  /** As brightness. */
  saturation: number | Range
  /** A turn of -hue to hue is drawn, at most 0.5, or one of the given. Default 0: none. */
  hue: number | Range
}

const parameters = signature<ColorJitterOptions>(
  'ColorJitter',
  ['brightness', 0],
  ['contrast', 0],
  ['saturation', 0],
  ['hue', 0],
)

export interface ColorJitter {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  <T extends Image | Tensor>(img: T): T
}

/**
 * Changes brightness, contrast, saturation and hue of an Image or a Tensor (…, 1 or 3, H, W) at random, in a random
 * order.
 * Draws one `torch.randperm(4)` and a uniform number for each of the four that is not off.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.ColorJitter.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class ColorJitter extends Module {
  /** The range of factors, or null where none is drawn; so the others. */
  readonly brightness: Range | null
  readonly contrast: Range | null
  readonly saturation: Range | null
  readonly hue: Range | null

  constructor(
    ...args: Args<
      [],
      [brightness: number | Range, contrast: number | Range, saturation: number | Range, hue: number | Range],
      ColorJitterOptions
    >
  ) {
    super()
    const { brightness, contrast, saturation, hue } = parameters(args)
    this.brightness = factorRange(brightness, 'brightness')
    this.contrast = factorRange(contrast, 'contrast')
    this.saturation = factorRange(saturation, 'saturation')
    this.hue = hueRange(hue)
  }

  /** Draws the order of the four changes and their factors, null where the range is. */
  static get_params(
    brightness: Range | null,
    contrast: Range | null,
    saturation: Range | null,
    hue: Range | null,
  ): [
    fn_idx: Tensor,
    brightness_factor: number | null,
    contrast_factor: number | null,
    saturation_factor: number | null,
    hue_factor: number | null,
  ] {
    const order = randperm(4)
    return [order, draw(brightness), draw(contrast), draw(saturation), draw(hue)]
  }

  override forward<T extends Image | Tensor>(img: T): T {
    const { brightness, contrast, saturation, hue } = this
    const [order, ...factors] = ColorJitter.get_params(brightness, contrast, saturation, hue)
    const changes = [F.adjust_brightness, F.adjust_contrast, F.adjust_saturation, F.adjust_hue] as const
    let result = img
    for (const index of (order.tolist() as (number | bigint)[]).map(Number)) {
      const factor = factors[index]
      if (typeof factor === 'number') result = changes[index]!(result, factor)
    }
    return result
  }

  override toString(): string {
    const { brightness, contrast, saturation, hue } = this
    const ranges = Object.entries({ brightness, contrast, saturation, hue })
    return `${this.constructor.name}(${ranges.map(([name, range]) => `${name}=${rangeText(range)}`).join(', ')})`
  }
}

function factorRange(value: number | Range, name: string): Range | null {
  const range = rangeAround(value, name, 1)
  if (typeof value === 'number') return checkedRange([Math.max(range[0], 0), range[1]], name, 1, [0, Infinity])
  return checkedRange(range, name, 1, [0, Infinity])
}

function hueRange(value: number | Range): Range | null {
  return checkedRange(rangeAround(value, 'hue', 0), 'hue', 0, [-0.5, 0.5])
}

function rangeAround(value: number | Range, name: string, centre: number): Range {
  if (typeof value === 'number') {
    if (value < 0) throw new ValueError(`If ${name} is a single number, it must be non negative.`)
    return [centre - value, centre + value]
  }
  if (!Array.isArray(value) || value.length !== 2 || !value.every(side => typeof side === 'number'))
    throw new TypeError(`${name} should be a single number or a list/tuple with length 2.`)
  return [value[0] as number, value[1] as number]
}

/** `range`, or null where it changes nothing. @throws {ValueError} for one that is not ascending and within `bound` */
function checkedRange(range: Range, name: string, centre: number, bound: Range): Range | null {
  const [min, max] = range
  if (!(bound[0] <= min && min <= max && max <= bound[1])) {
    const between = `(${bound.map(side => (Number.isFinite(side) ? side : 'inf')).join(', ')})`
    throw new ValueError(`${name} values should be between ${between}, but got [${range.map(floatRepr).join(', ')}].`)
  }
  return min === centre && max === centre ? null : range
}

function draw(range: Range | null): number | null {
  return range && uniform(range[0], range[1])
}

function rangeText(range: Range | null): string {
  return range ? floatTupleText(range) : 'None'
}
