import { type Args, signature } from '../../../_C/args.js'
import { Tensor } from '../../../tensor.js'
import { Image as Picture } from '../../image.js'
import * as tv_tensors from '../../tv_tensors/index.js'
import { LinearTransformation as First } from '../linear_transformation.js'
import { Transform } from './_transform.js'
import { has_any, type TypeOrCheck } from './_utils.js'
import { is_pure_tensor } from './functional/_utils.js'

interface LinearTransformationOptions {
  /** (D, D), D being C × H × W. */
  transformation_matrix: Tensor
  /** (D). */
  mean_vector: Tensor
}

const parameters = signature<LinearTransformationOptions>(
  'LinearTransformation',
  'transformation_matrix',
  'mean_vector',
)

/**
 * Flattens tensor images, subtracts a vector and multiplies with a square matrix: whitening.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.v2.LinearTransformation.html
 */
export class LinearTransformation extends Transform {
  static override readonly _transformed_types: readonly TypeOrCheck[] = [
    is_pure_tensor,
    tv_tensors.Image,
    tv_tensors.Video,
  ]

  readonly transformation_matrix: Tensor
  readonly mean_vector: Tensor
  private readonly _linear: First

  constructor(...args: Args<[transformation_matrix: Tensor, mean_vector: Tensor], [], LinearTransformationOptions>) {
    super()
    const { transformation_matrix, mean_vector } = parameters(args)
    this._linear = new First(transformation_matrix, mean_vector)
    this.transformation_matrix = transformation_matrix
    this.mean_vector = mean_vector
  }

  override check_inputs(flat_inputs: readonly unknown[]): void {
    if (has_any(flat_inputs, Picture)) throw new TypeError(`${this._get_name()}() does not support PIL images.`)
  }

  override transform(inpt: unknown): unknown {
    const image = inpt as Tensor
    return tv_tensors.wrap(this._linear(image.as_subclass(Tensor)), { like: image })
  }
}
