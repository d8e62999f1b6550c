import { call } from '../../_C/call.js'
import { type Callable, define, forward } from '../../_C/callable.js'
import { valueError } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import type { OutputSize } from './_types.js'
import type { MaybeIndexed } from './pooling.js'

/** `output_size` with the input's own sizes where it has null. */
function sizeWithDefault(output_size: OutputSize, input: Tensor): number | number[] {
  if (typeof output_size === 'number' || !Array.isArray(output_size)) return output_size as number
  const shape = sizesOf(input)
  if (shape.length <= output_size.length)
    throw valueError(`Input dimension should be at least ${output_size.length + 1}`)
  const own = shape.slice(-output_size.length)
  return (output_size as (number | null)[]).map((size, i) => size ?? own[i]!)
}

type AdaptiveParameters = ['input', 'output_size', 'return_indices?']
type Adaptive<Result> = (input: Tensor, output_size: OutputSize, return_indices?: boolean) => Result

function adaptiveMaxPool(name: string, op: number): MaybeIndexed<Adaptive<Tensor>, AdaptiveParameters> {
  const body: Adaptive<unknown> = (input, output_size, return_indices = false) => {
    const pooled = call(op, input, sizeWithDefault(output_size, input)) as [Tensor, Tensor]
    return return_indices ? pooled : pooled[0]
  }
  return define(name, ['input', 'output_size', 'return_indices?'], body) as MaybeIndexed<
    Adaptive<Tensor>,
    AdaptiveParameters
  >
}

function adaptiveMaxPoolWithIndices(
  name: string,
  op: number,
): Callable<Adaptive<[Tensor, Tensor]>, AdaptiveParameters> {
  const body: Adaptive<[Tensor, Tensor]> = (input, output_size) =>
    call(op, input, sizeWithDefault(output_size, input)) as [Tensor, Tensor]
  return define(name, ['input', 'output_size', 'return_indices?'], body)
}

/**
 * Maximum over windows chosen so that the result is (N, C, *output_size).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool1d.html
 */
export const adaptive_max_pool1d = adaptiveMaxPool('adaptive_max_pool1d', ops.adaptive_max_pool1d)

/** `adaptive_max_pool1d` that always returns [maxima, their flat places]. */
export const adaptive_max_pool1d_with_indices = adaptiveMaxPoolWithIndices(
  'adaptive_max_pool1d_with_indices',
  ops.adaptive_max_pool1d,
)

/**
 * Maximum over windows chosen so that the result is (N, C, *output_size).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool2d.html
 */
export const adaptive_max_pool2d = adaptiveMaxPool('adaptive_max_pool2d', ops.adaptive_max_pool2d)

/** `adaptive_max_pool2d` that always returns [maxima, their flat places]. */
export const adaptive_max_pool2d_with_indices = adaptiveMaxPoolWithIndices(
  'adaptive_max_pool2d_with_indices',
  ops.adaptive_max_pool2d,
)

/**
 * Maximum over windows chosen so that the result is (N, C, *output_size).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_max_pool3d.html
 */
export const adaptive_max_pool3d = adaptiveMaxPool('adaptive_max_pool3d', ops.adaptive_max_pool3d)

/** `adaptive_max_pool3d` that always returns [maxima, their flat places]. */
export const adaptive_max_pool3d_with_indices = adaptiveMaxPoolWithIndices(
  'adaptive_max_pool3d_with_indices',
  ops.adaptive_max_pool3d,
)

/**
 * Mean over windows chosen so that the result is (N, C, output_size).
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool1d.html
 */
export const adaptive_avg_pool1d = forward<
  (input: Tensor, output_size: number | readonly number[]) => Tensor,
  ['input', 'output_size']
>(ops.adaptive_avg_pool1d)

/**
 * Mean over windows chosen so that the result is (N, C, *output_size); null in `output_size` keeps that dimension.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool2d.html
 */
export const adaptive_avg_pool2d = define(
  'adaptive_avg_pool2d',
  ['input', 'output_size'],
  (input: Tensor, output_size: OutputSize): Tensor =>
    call(ops.adaptive_avg_pool2d, input, sizeWithDefault(output_size, input)) as Tensor,
)

/**
 * Mean over windows chosen so that the result is (N, C, *output_size); null in `output_size` keeps that dimension.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.adaptive_avg_pool3d.html
 */
export const adaptive_avg_pool3d = define(
  'adaptive_avg_pool3d',
  ['input', 'output_size'],
  (input: Tensor, output_size: OutputSize): Tensor =>
    call(ops.adaptive_avg_pool3d, input, sizeWithDefault(output_size, input)) as Tensor,
)
