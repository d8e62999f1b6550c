import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import { type Ints, ntuple } from './_types.js'

/**
 * Sliding blocks of a batch of images, a column each. input: (N, C, H, W) or (C, H, W); result: (N, C · ∏kernel, L) or without N.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.unfold.html
 */
export const unfold = define(
  'unfold',
  ['input', 'kernel_size', 'dilation?', 'padding?', 'stride?'],
  (input: Tensor, kernel_size: Ints, dilation: Ints = 1, padding: Ints = 0, stride: Ints = 1): Tensor =>
    call(
      ops.im2col,
      input,
      ntuple('unfold', 'kernel_size', kernel_size, 2),
      ntuple('unfold', 'dilation', dilation, 2),
      ntuple('unfold', 'padding', padding, 2),
      ntuple('unfold', 'stride', stride, 2),
    ) as Tensor,
)

/**
 * Sums sliding blocks back into images, the adjoint of `unfold`. input: (N, C · ∏kernel, L) or without N; result:
 * (N, C, *output_size).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fold.html
 */
export const fold = define(
  'fold',
  ['input', 'output_size', 'kernel_size', 'dilation?', 'padding?', 'stride?'],
  (
    input: Tensor,
    output_size: Ints,
    kernel_size: Ints,
    dilation: Ints = 1,
    padding: Ints = 0,
    stride: Ints = 1,
  ): Tensor =>
    call(
      ops.col2im,
      input,
      ntuple('fold', 'output_size', output_size, 2),
      ntuple('fold', 'kernel_size', kernel_size, 2),
      ntuple('fold', 'dilation', dilation, 2),
      ntuple('fold', 'padding', padding, 2),
      ntuple('fold', 'stride', stride, 2),
    ) as Tensor,
)
