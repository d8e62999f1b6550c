import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { checkNumber } from '../../_C/checks.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import { type Ints, ntuple } from './_types.js'

/** The `norm_type`-norm of each window, through the pooling operators of one dimensionality. */
function lpPool(
  name: string,
  input: Tensor,
  norm_type: number,
  kernel_size: Ints,
  stride: Ints | null,
  ceil_mode: boolean,
  n: number,
  maxPool: number,
  avgPool: number,
): Tensor {
  const steps = stride ?? []
  checkNumber(name, 'norm_type', norm_type)
  if (norm_type === Infinity || norm_type === -Infinity) {
    const sign = norm_type > 0 ? 1 : -1
    const size = call(ops.abs, input)
    const pooled = call(maxPool, sign > 0 ? size : call(ops.neg, size), kernel_size, steps, 0, 1, ceil_mode)
    return (sign > 0 ? pooled : call(ops.neg, pooled)) as Tensor
  }
  const mean = call(avgPool, call(ops.pow, input, norm_type), kernel_size, steps, 0, ceil_mode)
  const elements = ntuple(name, 'kernel_size', kernel_size, n).reduce((product, k) => product * k, 1)
  const sum = call(ops.mul, call(ops.mul, call(ops.sign, mean), call(ops.relu, call(ops.abs, mean))), elements)
  return call(ops.pow, sum, 1 / norm_type) as Tensor
}

/**
 * The `norm_type`-norm of each window. input: (N, C, L) or (C, L). `stride` defaults to `kernel_size`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool1d.html
 */
export const lp_pool1d = define(
  'lp_pool1d',
  ['input', 'norm_type', 'kernel_size', 'stride?', 'ceil_mode?'],
  (input: Tensor, norm_type: number, kernel_size: Ints, stride: Ints | null = null, ceil_mode = false): Tensor =>
    lpPool('lp_pool1d', input, norm_type, kernel_size, stride, ceil_mode, 1, ops.max_pool1d, ops.avg_pool1d),
)

/**
 * The `norm_type`-norm of each window. input: (N, C, H, W) or (C, H, W). `stride` defaults to `kernel_size`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool2d.html
 */
export const lp_pool2d = define(
  'lp_pool2d',
  ['input', 'norm_type', 'kernel_size', 'stride?', 'ceil_mode?'],
  (input: Tensor, norm_type: number, kernel_size: Ints, stride: Ints | null = null, ceil_mode = false): Tensor =>
    lpPool('lp_pool2d', input, norm_type, kernel_size, stride, ceil_mode, 2, ops.max_pool2d, ops.avg_pool2d),
)

/**
 * The `norm_type`-norm of each window. input: (N, C, D, H, W) or (C, D, H, W). `stride` defaults to `kernel_size`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.lp_pool3d.html
 */
export const lp_pool3d = define(
  'lp_pool3d',
  ['input', 'norm_type', 'kernel_size', 'stride?', 'ceil_mode?'],
  (input: Tensor, norm_type: number, kernel_size: Ints, stride: Ints | null = null, ceil_mode = false): Tensor =>
    lpPool('lp_pool3d', input, norm_type, kernel_size, stride, ceil_mode, 3, ops.max_pool3d, ops.avg_pool3d),
)
