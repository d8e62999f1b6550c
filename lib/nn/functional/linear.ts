import { forward } from '../../_C/callable.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'

/**
 * `y = x Aᵀ + b`. input: (*, in_features), weight: (out_features, in_features) or (in_features), bias: (out_features) or ();
 * result: (*, out_features) or (*).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
 */
export const linear = forward<
  (input: Tensor, weight: Tensor, bias?: Tensor | null) => Tensor,
  ['input', 'weight', 'bias?']
>(ops.linear)

/**
 * `y = x₁ᵀ A x₂ + b`. input1: (*, H1), input2: (*, H2), weight: (out_features, H1, H2), bias: (out_features);
 * result: (*, out_features).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
 */
export const bilinear = forward<
  (input1: Tensor, input2: Tensor, weight: Tensor, bias?: Tensor | null) => Tensor,
  ['input1', 'input2', 'weight', 'bias?']
>(ops.bilinear)
