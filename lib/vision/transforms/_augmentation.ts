/** What AutoAugment and its successors share: changes by name, and how strong each can be. */
import { IndexError } from '../../_C/errors.js'
import { arange, linspace } from '../../_generated/torch.js'
import type { Tensor } from '../../tensor.js'
import type { Image } from '../image.js'
import { type Fill, fillFor } from './_geometry_arguments.js'
import { integer } from './_random.js'
import * as F from './functional.js'
import { InterpolationMode } from './interpolation_mode.js'

export type Operation =
  | 'Identity'
  | 'ShearX'
  | 'ShearY'
  | 'TranslateX'
  | 'TranslateY'
  | 'Rotate'
  | 'Brightness'
  | 'Color'
  | 'Contrast'
  | 'Sharpness'
  | 'Posterize'
  | 'Solarize'
  | 'AutoContrast'
  | 'Equalize'
  | 'Invert'

const geometric: readonly Operation[] = ['ShearX', 'ShearY', 'TranslateX', 'TranslateY', 'Rotate']
const coarsening: readonly Operation[] = ['Posterize', 'Solarize', 'AutoContrast', 'Equalize']

/** What `AugMix` takes besides where it is to take all. */
export const enhancingOperations: readonly Operation[] = ['Brightness', 'Color', 'Contrast', 'Sharpness']
/** Of `AugMix`, in the order in which a random number picks them, as the following ones. */
export const augMixOperations: readonly Operation[] = [...geometric, ...coarsening]
/** Of `RandAugment` and `TrivialAugmentWide`. */
export const randomOperations: readonly Operation[] = ['Identity', ...geometric, ...enhancingOperations, ...coarsening]
/** Of `AutoAugment`. */
export const policyOperations: readonly Operation[] = [...geometric, ...enhancingOperations, ...coarsening, 'Invert']

/** How strong an operation can be, weakest first; null where there is no choice. */
interface Strengths {
  readonly magnitudes: readonly number[] | null
  /** Whether the opposite is as good. */
  readonly signed: boolean
}

/** Operations in the order in which a random number picks them. */
export type Space = ReadonlyMap<Operation, Strengths>

/** How far operations go, at most. */
export interface Limits {
  shear: number
  translateX: number
  translateY: number
  /** Degrees. */
  rotate: number
  /** Of brightness, colour, contrast and sharpness. */
  enhance: number
  /** How many bits are kept, at most and at least. */
  bits: readonly [most: number, least: number]
}

/** Those of `AugMix` for an image of this many pixels. */
export function augMixLimits(height: number, width: number): Limits {
  return { shear: 0.3, translateX: width / 3, translateY: height / 3, rotate: 30, enhance: 0.9, bits: [4, 0] }
}

/** The strengths of `operations`, in `bins` steps of float32. */
export function augmentationSpace(operations: readonly Operation[], bins: number, limits: Limits): Space {
  const steps = (from: number, to: number) => linspace(from, to, bins).tolist() as number[]
  const signed = (to: number): Strengths => ({ magnitudes: steps(0, to), signed: true })
  const strengths = (operation: Operation): Strengths => {
    switch (operation) {
      case 'ShearX':
      case 'ShearY':
        return signed(limits.shear)
      case 'TranslateX':
        return signed(limits.translateX)
      case 'TranslateY':
        return signed(limits.translateY)
      case 'Rotate':
        return signed(limits.rotate)
      case 'Brightness':
      case 'Color':
      case 'Contrast':
      case 'Sharpness':
        return signed(limits.enhance)
      case 'Posterize': {
        const [most, least] = limits.bits
        const lost = arange(bins)
          .div((bins - 1) / (most - least))
          .round()
        return { magnitudes: (lost.tolist() as number[]).map(bits => most - bits), signed: false }
      }
      case 'Solarize':
        return { magnitudes: steps(255, 0), signed: false }
      default:
        return { magnitudes: null, signed: false }
    }
  }
  return new Map(operations.map(operation => [operation, strengths(operation)]))
}

/** A random operation of the space, as strong as `index` gives, to either side. */
export function drawOperation(
  space: Space,
  index: (count: number) => number,
): [operation: Operation, magnitude: number] {
  const [operation, { magnitudes, signed }] = [...space][integer(0, space.size)]!
  const magnitude = magnitudes ? strengthAt(magnitudes, index(magnitudes.length)) : 0
  return [operation, signed && integer(0, 2) === 1 ? -magnitude : magnitude]
}

/** @throws {IndexError} for an index that there is not; negative ones count from the end, as in Python */
export function strengthAt(magnitudes: readonly number[], index: number): number {
  const magnitude = magnitudes.at(index)
  if (magnitude === undefined)
    throw new IndexError(`index ${index} is out of bounds for dimension 0 with size ${magnitudes.length}`)
  return magnitude
}

export function applyOperation<T extends Image | Tensor>(
  img: T,
  operation: Operation,
  magnitude: number,
  interpolation: InterpolationMode,
  fill: Fill | null,
): T {
  const colour = fill === null ? null : fillFor(img, fill)
  const shear = (x: number, y: number) => F.affine(img, 0, [0, 0], 1, [x, y], interpolation, colour, [0, 0])
  const translate = (x: number, y: number) => F.affine(img, 0, [x, y], 1, [0, 0], interpolation, colour)
  // The slope that the paper means, as the angle that `affine` takes.
  const angle = () => Math.atan(magnitude) * (180 / Math.PI)
  switch (operation) {
    case 'Identity':
      return img
    case 'ShearX':
      return shear(angle(), 0)
    case 'ShearY':
      return shear(0, angle())
    case 'TranslateX':
      return translate(Math.trunc(magnitude), 0)
    case 'TranslateY':
      return translate(0, Math.trunc(magnitude))
    case 'Rotate':
      return F.rotate(img, magnitude, interpolation, false, null, colour)
    case 'Brightness':
      return F.adjust_brightness(img, 1 + magnitude)
    case 'Color':
      return F.adjust_saturation(img, 1 + magnitude)
    case 'Contrast':
      return F.adjust_contrast(img, 1 + magnitude)
    case 'Sharpness':
      return F.adjust_sharpness(img, 1 + magnitude)
    case 'Posterize':
      return F.posterize(img, Math.trunc(magnitude))
    case 'Solarize':
      return F.solarize(img, magnitude)
    case 'AutoContrast':
      return F.autocontrast(img)
    case 'Equalize':
      return F.equalize(img)
    case 'Invert':
      return F.invert(img)
  }
}

/** `InterpolationMode.NEAREST`, as Python prints a member. */
export function modeText(mode: InterpolationMode): string {
  const names = Object.entries(InterpolationMode).filter(([, value]) => value === mode)
  return `InterpolationMode.${names[0]![0]}`
}

export function fillText(fill: Fill | null): string {
  if (fill === null) return 'None'
  return typeof fill === 'number' ? String(fill) : `[${fill.join(', ')}]`
}
