import { ValueError } from '../../../_C/errors.js'
import { notImplementedError } from '../../../_C/raise.js'
import { Module } from '../../../nn/module.js'
import { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { draw } from '../_random.js'
import { pythonText } from './_text.js'
import { flatten } from './_tree.js'
import { check_type, has_any, type TypeOrCheck } from './_utils.js'
import { getKernel, is_pure_tensor, type Kernel } from './functional/_utils.js'

/** What a transform drew for one sample. */
export type Params = object

// biome-ignore lint/correctness/noUnusedVariables: the class's type parameter, which the interface must repeat.
export interface Transform<P extends Params = Params> {
  /** One sample: a tensor, an image, or any nesting of arrays, objects and Maps of them. */
  <T>(sample: T): T
  /** Several, which belong together: `const [image, boxes] = transform(image, boxes)`. */
  <T extends readonly [unknown, unknown, ...unknown[]]>(...samples: T): T
}

/**
 * The base of transforms that take whole samples: images, videos, boxes, masks and points together. What is no such thing
 * stays as it is; of plain tensors the first is the image where there is no other image or video. A subclass writes
 * `transform`, and `make_params` for what has to be drawn once for the sample.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.Transform.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the call, see `Module`.
export abstract class Transform<P extends Params = Params> extends Module<(...samples: never[]) => unknown> {
  /** Which values are transformed: classes, or functions that tell. */
  static readonly _transformed_types: readonly TypeOrCheck[] = [Tensor, Picture]

  /** How properties print that Python prints otherwise: as tuples, or as floats. @internal */
  static readonly _texts: Readonly<Record<string, (value: unknown) => string>> = {}

  /** Throws for samples that the transform is not for. */
  check_inputs(_flat_inputs: readonly unknown[]): void {}

  /** Draws what is needed for the sample; `flat_inputs` are those that will be transformed. */
  make_params(_flat_inputs: readonly unknown[]): P {
    return {} as P
  }

  /** What becomes of one input. */
  transform(_inpt: unknown, _params: P): unknown {
    throw notImplementedError(`${this._get_name()} is missing the required "transform" function`)
  }

  /** The functional for an input, or the input itself where the functional has no kernel for it. @internal */
  protected _call_kernel(functional: Kernel, inpt: unknown, ...args: unknown[]): unknown {
    return getKernel(functional, inpt, true)(inpt, ...args)
  }

  /** Write `transform` rather than this. */
  override forward(...samples: unknown[]): unknown {
    const [flat, unflatten] = flatten(samples.length > 1 ? samples : samples[0])
    this.check_inputs(flat)
    return unflatten(this._transformAll(flat))
  }

  /** @internal */
  protected _transformAll(flat: readonly unknown[]): unknown[] {
    const needs = this._needs_transform_list(flat)
    const params = this.make_params(flat.filter((_, i) => needs[i]))
    return flat.map((inpt, i) => (needs[i] ? this.transform(inpt, params) : inpt))
  }

  /** Which of the inputs are transformed. @internal */
  _needs_transform_list(flat_inputs: readonly unknown[]): boolean[] {
    const { _transformed_types: types } = this.constructor as typeof Transform
    let takesPlain = !has_any(flat_inputs, tv_tensors.Image, tv_tensors.Video, Picture)
    return flat_inputs.map(inpt => {
      if (!check_type(inpt, types)) return false
      if (!is_pure_tensor(inpt)) return true
      const isImage = takesPlain
      takesPlain = false
      return isImage
    })
  }

  override extra_repr(): string {
    const { _texts } = this.constructor as typeof Transform
    const shown: string[] = []
    for (const [name, value] of Object.entries(this)) {
      if (name.startsWith('_') || name === 'training' || value === null) continue
      const text = _texts[name]?.(value) ?? pythonText(value)
      if (text !== null) shown.push(`${name}=${text}`)
    }
    return shown.join(', ')
  }
}

/** The base of transforms that do something with a probability: draws `torch.rand(1)`. */
export abstract class RandomApplyTransform<P extends Params = Params> extends Transform<P> {
  readonly p: number

  constructor(p: number) {
    super()
    if (!(p >= 0 && p <= 1)) throw new ValueError('`p` should be a floating point value in the interval [0.0, 1.0].')
    this.p = p
  }

  override forward(...samples: unknown[]): unknown {
    const inputs: unknown = samples.length > 1 ? samples : samples[0]
    const [flat, unflatten] = flatten(inputs)
    this.check_inputs(flat)
    // As a float32 tensor is compared with a number in Python.
    return draw() >= Math.fround(this.p) ? inputs : unflatten(this._transformAll(flat))
  }
}
