/** Checks that several geometric transforms share. */
import { typeName } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { get_image_num_channels } from './functional.js'
import { type InterpolationMode, interpolationMode } from './interpolation_mode.js'

/** How the pixels around an image are made: of one value, of the edge, mirrored without or with the edge. */
export type PaddingMode = 'constant' | 'edge' | 'reflect' | 'symmetric'

/** A number, or one for each channel. */
export type Fill = number | readonly number[]

const paddingModes: readonly PaddingMode[] = ['constant', 'edge', 'reflect', 'symmetric']

/** @throws {ValueError} for a mode that there is not */
export function paddingMode(mode: PaddingMode): PaddingMode {
  if (!paddingModes.includes(mode))
    throw new ValueError('Padding mode should be either constant, edge, reflect or symmetric')
  return mode
}

/** `padding` of all sides; of left and right, top and bottom; or of left, top, right and bottom. */
export function sidesOf(
  padding: number | readonly number[],
): [left: number, top: number, right: number, bottom: number] {
  if (typeof padding !== 'number' && !Array.isArray(padding)) throw new TypeError('Got inappropriate padding arg')
  const sides = typeof padding === 'number' ? [padding] : padding
  if (![1, 2, 4].includes(sides.length))
    throw new ValueError(`Padding must be an int or a 1, 2, or 4 element tuple, not a ${sides.length} element tuple`)
  if (!sides.every(side => Number.isInteger(side)))
    throw new TypeError(`Padding should be whole numbers, got ${sides.join(', ')}`)
  const left = sides[0]!
  const top = sides[1] ?? left
  return [left, top, sides[2] ?? left, sides[3] ?? top]
}

/** @throws {TypeError} for what is neither a number nor numbers */
export function fillOf<T extends Fill | null>(fill: T): T {
  if (fill === null || typeof fill === 'number') return fill
  if (!Array.isArray(fill) || !fill.every(value => typeof value === 'number'))
    throw new TypeError('Fill should be either a sequence or a number.')
  return fill
}

/** What random transforms give: for a tensor one number for each channel, for an image `fill` itself. */
export function fillFor(img: Image | Tensor, fill: Fill): Fill {
  const channels = get_image_num_channels(img)
  return img instanceof Tensor && typeof fill === 'number' ? Array<number>(channels).fill(fill) : fill
}

/** `size` as height and width. @throws {ValueError} for another number of them */
export function sizeOf(
  size: number | readonly number[],
  message = 'Please provide only two dimensions (h, w) for size.',
): [height: number, width: number] {
  const sides = typeof size === 'number' ? [Math.trunc(size)] : size
  if (!Array.isArray(sides)) throw new TypeError(`size should be int or sequence. Got ${typeName(size)}`)
  if (sides.length !== 1 && sides.length !== 2) throw new ValueError(message)
  if (!sides.every(side => Number.isInteger(side) && side > 0))
    throw new ValueError(`size should be whole numbers above 0, got ${sides.join(', ')}`)
  return [sides[0]!, sides[1] ?? sides[0]!]
}

/** @throws {TypeError | ValueError} for what is no array of `lengths` numbers */
export function checkSequence(x: unknown, name: string, ...lengths: number[]): asserts x is readonly number[] {
  const message = `${name} should be a sequence of length ${lengths.join(' or ')}.`
  if (!Array.isArray(x) || !x.every(value => typeof value === 'number')) throw new TypeError(message)
  if (!lengths.includes(x.length)) throw new ValueError(message)
}

/** A range of angles: `x` to both sides, or as given. */
export function anglesOf(x: number | readonly number[], name: string, ...lengths: number[]): readonly number[] {
  if (typeof x === 'number') {
    if (!(x >= 0)) throw new ValueError(`If ${name} is a single number, it must be positive.`)
    return [0 - x, x]
  }
  checkSequence(x, name, ...lengths)
  return x
}

/** @throws {TypeError | ValueError} for what is no mode, or one that images know but tensors do not */
export function gridMode(mode: InterpolationMode, tensor: boolean): InterpolationMode {
  interpolationMode(mode)
  if (tensor && mode !== 'nearest' && mode !== 'bilinear')
    throw new ValueError(`Interpolation mode '${mode}' is unsupported with Tensor input`)
  if (mode === 'nearest-exact')
    throw new ValueError("Interpolation mode 'nearest-exact' is unsupported with Image input")
  return mode
}

/** Of `RandomAffine`: how far it moves, as shares of width and height, and how much it scales. */
export function checkAffineRanges(translate: readonly number[] | null, scale: readonly number[] | null): void {
  if (translate !== null) {
    checkSequence(translate, 'translate', 2)
    if (!translate.every(t => t >= 0 && t <= 1)) throw new ValueError('translation values should be between 0 and 1')
  }
  if (scale !== null) {
    checkSequence(scale, 'scale', 2)
    if (!scale.every(s => s > 0)) throw new ValueError('scale values should be positive')
  }
}
