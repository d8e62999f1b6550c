import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { checkNumber } from '../../_C/checks.js'
import { native } from '../../_C/native.js'
import { runtimeError, valueError } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import { sizeText } from '../../size.js'
import type { Tensor } from '../../tensor.js'
import { pad } from './padding.js'
import { avg_pool2d, avg_pool3d } from './pooling.js'

type MaybeTensor = Tensor | null

function checkBatchSize(size: readonly number[]): void {
  let perChannel = size[0] ?? 1
  for (let i = 2; i < size.length; i++) perChannel *= size[i]!
  if (perChannel === 1)
    throw valueError(`Expected more than 1 value per channel when training, got input size ${sizeText(size)}`)
}

/**
 * Batch normalisation for each channel. input: (N, C, *); the running statistics (C), when given, are updated in training
 * and used otherwise; weight and bias: (C).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.batch_norm.html
 */
export const batch_norm = define(
  'batch_norm',
  ['input', 'running_mean', 'running_var', 'weight?', 'bias?', 'training?', 'momentum?', 'eps?'],
  (
    input: Tensor,
    running_mean: MaybeTensor,
    running_var: MaybeTensor,
    weight: MaybeTensor = null,
    bias: MaybeTensor = null,
    training = false,
    momentum = 0.1,
    eps = 1e-5,
  ): Tensor => {
    checkNumber('batch_norm', 'eps', eps)
    if (training) {
      checkBatchSize(sizesOf(input))
      if (eps <= 0) throw valueError(`batch_norm eps must be positive during training, but got ${eps}`)
    } else if (eps < 0) throw valueError(`batch_norm eps must be non-negative, but got ${eps}`)
    return call(ops.batch_norm, input, weight, bias, running_mean, running_var, training, momentum, eps, true) as Tensor
  },
)

/**
 * Instance normalisation for each channel of each sample. input: (N, C, *) with at least one spatial dimension.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.instance_norm.html
 */
export const instance_norm = define(
  'instance_norm',
  ['input', 'running_mean?', 'running_var?', 'weight?', 'bias?', 'use_input_stats?', 'momentum?', 'eps?'],
  (
    input: Tensor,
    running_mean: MaybeTensor = null,
    running_var: MaybeTensor = null,
    weight: MaybeTensor = null,
    bias: MaybeTensor = null,
    use_input_stats = true,
    momentum = 0.1,
    eps = 1e-5,
  ): Tensor => {
    if (use_input_stats) {
      const size = sizesOf(input)
      if (size.slice(2).reduce((product, n) => product * n, 1) === 1)
        throw valueError(`Expected more than 1 spatial element when training, got input size ${sizeText(size)}`)
    }
    return call(
      ops.instance_norm,
      input,
      weight,
      bias,
      running_mean,
      running_var,
      use_input_stats,
      momentum,
      eps,
      true,
    ) as Tensor
  },
)

/**
 * Normalises over the last dimensions, which must be `normalized_shape`; weight and bias have that shape.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.layer_norm.html
 */
export const layer_norm = define(
  'layer_norm',
  ['input', 'normalized_shape', 'weight?', 'bias?', 'eps?'],
  (
    input: Tensor,
    normalized_shape: readonly number[],
    weight: MaybeTensor = null,
    bias: MaybeTensor = null,
    eps = 1e-5,
  ): Tensor => call(ops.layer_norm, input, normalized_shape, weight, bias, eps, true) as Tensor,
)

/**
 * Divides by the root mean square over the last dimensions, which must be `normalized_shape`. `eps` defaults to the dtype's.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.rms_norm.html
 */
export const rms_norm = define(
  'rms_norm',
  ['input', 'normalized_shape', 'weight?', 'eps?'],
  (input: Tensor, normalized_shape: readonly number[], weight: MaybeTensor = null, eps: number | null = null): Tensor =>
    call(ops.rms_norm, input, normalized_shape, weight, eps) as Tensor,
)

/**
 * Normalises each of `num_groups` groups of channels of each sample. input: (N, C, *), weight and bias: (C).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.group_norm.html
 */
export const group_norm = define(
  'group_norm',
  ['input', 'num_groups', 'weight?', 'bias?', 'eps?'],
  (input: Tensor, num_groups: number, weight: MaybeTensor = null, bias: MaybeTensor = null, eps = 1e-5): Tensor => {
    checkNumber('group_norm', 'num_groups', num_groups)
    const size = sizesOf(input)
    if (size.length < 2)
      throw runtimeError(`Expected at least 2 dimensions for input tensor but received ${size.length}`)
    checkBatchSize([Math.floor((size[0]! * size[1]!) / num_groups), num_groups, ...size.slice(2)])
    return call(ops.group_norm, input, num_groups, weight, bias, eps, true) as Tensor
  },
)

/**
 * Divides each element by a power of the mean square over `size` neighbouring channels. input: (N, C, *).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.local_response_norm.html
 */
export const local_response_norm = define(
  'local_response_norm',
  ['input', 'size', 'alpha?', 'beta?', 'k?'],
  (input: Tensor, size: number, alpha = 1e-4, beta = 0.75, k = 1): Tensor => {
    checkNumber('local_response_norm', 'size', size)
    const shape = sizesOf(input)
    if (shape.length < 3)
      throw valueError(`Expected 3D or higher dimensionality input (got ${shape.length} dimensions)`)
    if (native.numel(input) === 0) return input
    const square = call(ops.mul, input, input)
    const before = Math.floor(size / 2)
    const after = Math.floor((size - 1) / 2)
    let mean: unknown
    if (shape.length === 3) {
      const padded = pad(call(ops.unsqueeze, square, 1) as Tensor, [0, 0, before, after])
      mean = call(ops.squeeze, avg_pool2d(padded, [size, 1], 1), 1)
    } else {
      const planes = call(ops.view, square, [shape[0], 1, shape[1], shape[2], -1]) as Tensor
      const padded = pad(planes, [0, 0, 0, 0, before, after])
      mean = call(ops.view, call(ops.squeeze, avg_pool3d(padded, [size, 1, 1], 1), 1), shape)
    }
    const divisor = call(ops.pow, call(ops.add, call(ops.mul, mean, alpha), k), beta)
    return call(ops.div, input, divisor) as Tensor
  },
)

/**
 * Divides by the `p`-norm along `dim`, at least `eps`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.normalize.html
 */
export const normalize = define(
  'normalize',
  ['input', 'p?', 'dim?', 'eps?', 'out?'],
  (input: Tensor, p = 2, dim: number | readonly number[] = 1, eps = 1e-12, out: MaybeTensor = null): Tensor => {
    const norm = call(ops.linalg_vector_norm, input, p, dim, true)
    const floor = out === null ? ops.clamp_min : ops.clamp_min_
    const divisor = call(ops.expand_as, call(floor, norm, eps), input)
    return (out === null ? call(ops.div, input, divisor) : call(ops.div, input, divisor, { out })) as Tensor
  },
)
