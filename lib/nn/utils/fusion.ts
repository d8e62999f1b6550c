/** Folding batch normalisations into the layers before them. https://docs.pytorch.org/docs/stable/nn.html#utilities */
import { define } from '../../_C/callable.js'
import { assertionError } from '../../_C/raise.js'
import { ones_like, rsqrt, zeros_like } from '../../_generated/torch.js'
import type { Tensor } from '../../tensor.js'
import type { _BatchNorm } from '../_batch_norm.js'
import type { _ConvNd } from '../_conv_nd.js'
import { deepcopy } from '../_deepcopy.js'
import type { Linear } from '../linear.js'
import { Parameter } from '../parameter.js'

type MaybeTensor = Tensor | null

/**
 * Weight and bias of a convolution that does what a convolution and a batch normalisation after it do. `transpose` is for
 * the weights (in, out, …) of a transposed convolution.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_weights.html
 */
export const fuse_conv_bn_weights = define(
  'fuse_conv_bn_weights',
  ['conv_w', 'conv_b', 'bn_rm', 'bn_rv', 'bn_eps', 'bn_w', 'bn_b', 'transpose?'],
  (
    conv_w: Tensor,
    conv_b: MaybeTensor,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: number,
    bn_w: MaybeTensor,
    bn_b: MaybeTensor,
    transpose = false,
  ): [weight: Parameter, bias: Parameter] => {
    const bias = conv_b ?? zeros_like(bn_rm)
    const weight = bn_w ?? ones_like(bn_rm)
    const scale = rsqrt(bn_rv.add(bn_eps))
    const rest = new Array<number>(conv_w.dim() - 2).fill(1)
    const shape = transpose ? [1, -1, ...rest] : [-1, 1, ...rest]
    const fusedWeight = conv_w.mul(weight.mul(scale).reshape(shape)).to(conv_w.dtype)
    const fusedBias = bias
      .sub(bn_rm)
      .mul(scale)
      .mul(weight)
      .add(bn_b ?? zeros_like(bn_rm))
    return [
      new Parameter(fusedWeight, conv_w.requires_grad),
      new Parameter(fusedBias.to(conv_b?.dtype ?? conv_w.dtype), bias.requires_grad),
    ]
  },
)

/**
 * Weight and bias of a linear layer that does what a linear layer and a batch normalisation after it do.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.fuse_linear_bn_weights.html
 */
export const fuse_linear_bn_weights = define(
  'fuse_linear_bn_weights',
  ['linear_w', 'linear_b', 'bn_rm', 'bn_rv', 'bn_eps', 'bn_w', 'bn_b'],
  (
    linear_w: Tensor,
    linear_b: MaybeTensor,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: number,
    bn_w: Tensor,
    bn_b: Tensor,
  ): [weight: Parameter, bias: Parameter] => {
    const bias = linear_b ?? zeros_like(bn_rm)
    const scale = bn_w.mul(rsqrt(bn_rv.add(bn_eps)))
    const fusedWeight = linear_w.mul(scale.unsqueeze(-1).to(linear_w.dtype))
    const fusedBias = bias.sub(bn_rm).mul(scale).add(bn_b)
    return [
      new Parameter(fusedWeight, linear_w.requires_grad),
      new Parameter(fusedBias.to(linear_b?.dtype ?? linear_w.dtype), bias.requires_grad),
    ]
  },
)

/** The running statistics of a normalisation that is ready to be fused. */
function statistics(layer: { training: boolean }, bn: _BatchNorm): [mean: Tensor, variance: Tensor] {
  if (layer.training || bn.training) throw assertionError('Fusion only for eval!')
  if (bn.running_mean === null || bn.running_var === null)
    throw assertionError('bn.running_mean and bn.running_var must not be None')
  return [bn.running_mean, bn.running_var]
}

/**
 * A new convolution that does what `conv` and `bn` after it do. Both must be in evaluation mode.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.fuse_conv_bn_eval.html
 */
export function fuse_conv_bn_eval<C extends _ConvNd>(
  conv: C,
  bn: _BatchNorm,
  transpose: boolean | { transpose?: boolean } = false,
): C {
  const [mean, variance] = statistics(conv, bn)
  const fused = deepcopy(conv)
  const transposed = typeof transpose === 'object' ? (transpose.transpose ?? false) : transpose
  ;[fused.weight, fused.bias] = fuse_conv_bn_weights(
    fused.weight,
    fused.bias,
    mean,
    variance,
    bn.eps,
    bn.weight,
    bn.bias,
    transposed,
  )
  return fused
}

/**
 * A new linear layer that does what `linear` and `bn` after it do. Both must be in evaluation mode.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.fuse_linear_bn_eval.html
 */
export function fuse_linear_bn_eval<L extends Linear>(linear: L, bn: _BatchNorm): L {
  const [mean, variance] = statistics(linear, bn)
  if (linear.out_features !== bn.num_features && bn.num_features !== 1)
    throw assertionError(
      'To fuse, linear.out_features == bn.num_features or bn.num_features == 1, got ' +
        `linear.out_features=${linear.out_features} and bn.num_features=${bn.num_features}`,
    )
  if (bn.weight === null || bn.bias === null) throw new TypeError('fuse_linear_bn_eval(): bn has no weight and bias')
  const fused = deepcopy(linear)
  ;[fused.weight, fused.bias] = fuse_linear_bn_weights(
    fused.weight,
    fused.bias,
    mean,
    variance,
    bn.eps,
    bn.weight,
    bn.bias,
  )
  return fused
}
