import { ValueError } from '../../../_C/errors.js'
import { linspace } from '../../../_generated/torch.js'
import { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { augmentationSpace, type Limits, type Operation, type Space, strengthAt } from '../_augmentation.js'
import { type Fill, fillOf } from '../_geometry_arguments.js'
import { draw, integer } from '../_random.js'
import * as pictures from '../functional.js'
import { type InterpolationMode, interpolationMode } from '../interpolation_mode.js'
import type { FillByType } from './_fill.js'
import { Transform } from './_transform.js'
import { flatten } from './_tree.js'
import { check_type } from './_utils.js'
import * as C from './functional/_color.js'
import { whiteOf } from './functional/_dtype.js'
import { affine_image, rotate_image } from './functional/_geometry_affine.js'
import { is_pure_tensor, plain } from './functional/_utils.js'

/** Operations as strong as the first transforms' have them, but that `Solarize` has shares of white. */
export function spaceOf(operations: readonly Operation[], bins: number, limits: Limits): Space {
  const space = new Map(augmentationSpace(operations, bins, limits))
  if (space.has('Solarize'))
    space.set('Solarize', { magnitudes: linspace(1, 0, bins).tolist() as number[], signed: false })
  return space
}

/** The strength that `index` picks, to either side where both are as good: draws a `torch.rand(())` for that. */
export function drawMagnitude(space: Space, operation: Operation, index: (count: number) => number): number {
  const { magnitudes, signed } = space.get(operation)!
  if (!magnitudes) return 0
  const magnitude = strengthAt(magnitudes, index(magnitudes.length))
  return signed && draw() <= 0.5 ? -magnitude : magnitude
}

/** A random operation of the space: draws one `torch.randint`. */
export function drawOperation(space: Space): Operation {
  return [...space.keys()][integer(0, space.size)]!
}

/** An image of a sample, and a function that puts another in its place. */
type Found = [image: Picture | Tensor, replaced: (image: Picture | Tensor) => unknown]

const images = [tv_tensors.Image, Picture, is_pure_tensor, tv_tensors.Video]
const unsupported = [tv_tensors.BoundingBoxes, tv_tensors.Mask, tv_tensors.KeyPoints]

/** The base of the transforms that choose among operations by name. A sample has one image or video. */
export abstract class AutoAugmentBase extends Transform {
  readonly interpolation: InterpolationMode
  readonly fill: FillByType

  constructor(interpolation: InterpolationMode, fill: FillByType) {
    super()
    this.interpolation = interpolationMode(interpolation)
    for (const value of fill instanceof Map ? (fill.values() as Iterable<Fill | null>) : [fill as Fill | null])
      fillOf(value)
    this.fill = fill
  }

  /** What becomes of the image or video. */
  protected abstract augment(image: Picture | Tensor): Picture | Tensor

  override forward(...samples: unknown[]): unknown {
    const [image, replaced] = this._find(samples.length > 1 ? samples : samples[0])
    return replaced(this.augment(image))
  }

  private _find(inputs: unknown): Found {
    const [flat, unflatten] = flatten(inputs)
    const needs = this._needs_transform_list(flat)
    const found: number[] = []
    for (const [i, inpt] of flat.entries()) {
      if (needs[i] && check_type(inpt, images)) found.push(i)
      else if (check_type(inpt, unsupported))
        throw new TypeError(
          `Inputs of type ${(inpt as object).constructor.name} are not supported by ${this._get_name()}()`,
        )
    }
    if (found.length === 0) throw new TypeError('Found no image in the sample.')
    if (found.length > 1)
      throw new TypeError(
        'Auto augment transformations are only properly defined for a single image or video, ' +
          `but found ${found.length}.`,
      )
    const index = found[0]!
    return [flat[index] as Picture | Tensor, image => unflatten(flat.with(index, image))]
  }

  private _fillFor(image: Picture | Tensor): Fill | null {
    const { fill } = this
    if (!(fill instanceof Map)) return fill as Fill | null
    const key = [image.constructor, 'others'].find(type => fill.has(type))
    return key === undefined ? null : (fill.get(key) as Fill | null)
  }

  /** The image after an operation as strong as `magnitude`. @internal */
  protected operate(image: Picture | Tensor, operation: Operation, magnitude: number): Picture | Tensor {
    // The slope that the paper means, as the angle that `affine` takes.
    const angle = () => Math.atan(magnitude) * (180 / Math.PI)
    switch (operation) {
      case 'Identity':
        return image
      case 'ShearX':
        return this._affine(image, [0, 0], [angle(), 0], [0, 0])
      case 'ShearY':
        return this._affine(image, [0, 0], [0, angle()], [0, 0])
      case 'TranslateX':
        return this._affine(image, [Math.trunc(magnitude), 0], [0, 0], null)
      case 'TranslateY':
        return this._affine(image, [0, Math.trunc(magnitude)], [0, 0], null)
      case 'Rotate':
        return this._rotate(image, magnitude)
      case 'Brightness':
        return C.adjust_brightness(image, 1 + magnitude)
      case 'Color':
        return C.adjust_saturation(image, 1 + magnitude)
      case 'Contrast':
        return C.adjust_contrast(image, 1 + magnitude)
      case 'Sharpness':
        return C.adjust_sharpness(image, 1 + magnitude)
      case 'Posterize':
        return C.posterize(image, Math.trunc(magnitude))
      case 'Solarize':
        return C.solarize(image, (image instanceof Tensor ? whiteOf(image.dtype) : 255) * magnitude)
      case 'AutoContrast':
        return C.autocontrast(image)
      case 'Equalize':
        return C.equalize(image)
      case 'Invert':
        return C.invert(image)
      default:
        throw new ValueError(`No transform available for ${String(operation)}`)
    }
  }

  private _affine(
    image: Picture | Tensor,
    translate: readonly [number, number],
    shear: readonly [number, number],
    center: readonly [number, number] | null,
  ): Picture | Tensor {
    const { interpolation } = this
    const fill = this._fillFor(image)
    if (image instanceof Picture) return pictures.affine(image, 0, translate, 1, shear, interpolation, fill, center)
    const output = affine_image(plain(image), 0, translate, 1, shear, interpolation, fill, center)
    return tv_tensors.wrap(output, { like: image })
  }

  private _rotate(image: Picture | Tensor, angle: number): Picture | Tensor {
    const { interpolation } = this
    const fill = this._fillFor(image)
    if (image instanceof Picture) return pictures.rotate(image, angle, interpolation, false, null, fill)
    const output = rotate_image(plain(image), angle, interpolation, false, null, fill)
    return tv_tensors.wrap(output, { like: image })
  }
}
