import { type Args, signature } from '../../_C/args.js'
import { ValueError } from '../../_C/errors.js'
import { floatRepr } from '../../_python_format.js'
import { Module } from '../../nn/module.js'
import { Tensor } from '../../tensor.js'
import { tupleText } from './_text.js'

interface LinearTransformationOptions {
  transformation_matrix: Tensor
  mean_vector: Tensor
}

const parameters = signature<LinearTransformationOptions>(
  'LinearTransformation',
  'transformation_matrix',
  'mean_vector',
)

export interface LinearTransformation {
  // biome-ignore lint/style/useShorthandFunctionType: it merges with the class.
  (tensor: Tensor): Tensor
}

/**
 * `(x - mean_vector) @ transformation_matrix` of a Tensor (…, C, H, W) laid flat, such as whitening. The matrix is (D, D), the
 * mean (D), where D is C * H * W.
 * https://docs.pytorch.org/vision/stable/generated/torchvision.transforms.LinearTransformation.html
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: see the interface.
export class LinearTransformation extends Module {
  readonly transformation_matrix: Tensor
  readonly mean_vector: Tensor

  constructor(...args: Args<[transformation_matrix: Tensor, mean_vector: Tensor], [], LinearTransformationOptions>) {
    super()
    const { transformation_matrix: matrix, mean_vector: mean } = parameters(args)
    if (!(matrix instanceof Tensor) || !(mean instanceof Tensor))
      throw new TypeError('transformation_matrix and mean_vector should be Tensors')
    if (matrix.dim() !== 2 || matrix.size(0) !== matrix.size(1))
      throw new ValueError(`transformation_matrix should be square. Got ${tupleText(matrix.shape)} rectangular matrix.`)
    if (mean.size(0) !== matrix.size(0))
      throw new ValueError(
        `mean_vector should have the same length ${mean.size(0)} as any one of the dimensions of the ` +
          `transformation_matrix [${tupleText(matrix.shape)}]`,
      )
    if (String(matrix.device) !== String(mean.device))
      throw new ValueError(`Input tensors should be on the same device. Got ${matrix.device} and ${mean.device}`)
    if (matrix.dtype !== mean.dtype)
      throw new ValueError(`Input tensors should have the same dtype. Got ${matrix.dtype} and ${mean.dtype}`)
    this.transformation_matrix = matrix
    this.mean_vector = mean
  }

  override forward(tensor: Tensor): Tensor {
    const { transformation_matrix: matrix, mean_vector: mean } = this
    const [channels, height, width] = [tensor.size(-3), tensor.size(-2), tensor.size(-1)]
    const length = channels * height * width
    if (length !== matrix.size(0))
      throw new ValueError(
        'Input tensor and transformation matrix have incompatible shape.' +
          `[${channels} x ${height} x ${width}] != ${matrix.size(0)}`,
      )
    const flat = tensor.view(-1, length).sub(mean)
    return flat.mm(matrix.to(flat.dtype)).view(tensor.shape)
  }

  override toString(): string {
    const { transformation_matrix: matrix, mean_vector: mean } = this
    const text = (x: unknown): string =>
      Array.isArray(x) ? `[${x.map(text).join(', ')}]` : matrix.is_floating_point() ? floatRepr(x as number) : String(x)
    const detail = `transformation_matrix=${text(matrix.tolist())}, mean_vector=${text(mean.tolist())}`
    return `${this.constructor.name}(${detail})`
  }
}
