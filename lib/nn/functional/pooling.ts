import { call } from '../../_C/call.js'
import { type Callable, define, type Keywords, type Prefix } from '../../_C/callable.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import type { Ints } from './_types.js'

/** `P` up to and with its boolean parameter `return_indices`, given as true. */
type Asking<P extends unknown[], N extends readonly string[]> = N extends readonly [
  infer Name,
  ...infer Rest extends string[],
]
  ? P extends [infer Head, ...infer Tail]
    ? Name extends 'return_indices?'
      ? [return_indices: true, ...Prefix<Tail>]
      : [Head, ...Asking<Tail, Rest>]
    : never
  : never
type Indexed<P extends unknown[], N extends readonly string[]> = {
  (...args: Asking<P, N>): [Tensor, Tensor]
  (...args: [...Prefix<P>, keywords: Partial<Keywords<P, N>> & { return_indices: true }]): [Tensor, Tensor]
}
/** A pooling that gives the places of the maxima too where `return_indices` asks for them. */
export type MaybeIndexed<Body extends (...args: never[]) => unknown, N extends readonly string[]> = Indexed<
  Required<Parameters<Body>>,
  N
> &
  Callable<Body, N>

type MaxPoolParameters = ['input', 'kernel_size', 'stride?', 'padding?', 'dilation?', 'ceil_mode?', 'return_indices?']
type MaxPool<Result> = (
  input: Tensor,
  kernel_size: Ints,
  stride?: Ints | null,
  padding?: Ints,
  dilation?: Ints,
  ceil_mode?: boolean,
  return_indices?: boolean,
) => Result

const maxPoolParameters: MaxPoolParameters = [
  'input',
  'kernel_size',
  'stride?',
  'padding?',
  'dilation?',
  'ceil_mode?',
  'return_indices?',
]

function maxPool(name: string, plain: number, indexed: number): MaybeIndexed<MaxPool<Tensor>, MaxPoolParameters> {
  const body: MaxPool<unknown> = (
    input,
    kernel_size,
    stride = null,
    padding = 0,
    dilation = 1,
    ceil_mode = false,
    return_indices = false,
  ) => call(return_indices ? indexed : plain, input, kernel_size, stride ?? [], padding, dilation, ceil_mode)
  return define(name, maxPoolParameters, body) as MaybeIndexed<MaxPool<Tensor>, MaxPoolParameters>
}

function maxPoolWithIndices(name: string, op: number): Callable<MaxPool<[Tensor, Tensor]>, MaxPoolParameters> {
  const body: MaxPool<[Tensor, Tensor]> = (
    input,
    kernel_size,
    stride = null,
    padding = 0,
    dilation = 1,
    ceil_mode = false,
  ) => call(op, input, kernel_size, stride ?? [], padding, dilation, ceil_mode) as [Tensor, Tensor]
  return define(name, maxPoolParameters, body)
}

/**
 * Maximum over windows. input: (N, C, L) or (C, L). `stride` defaults to `kernel_size`; padding counts as −∞.
 * With `return_indices` the result is [maxima, their flat places].
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool1d.html
 */
export const max_pool1d = maxPool('max_pool1d', ops.max_pool1d, ops.max_pool1d_with_indices)

/** `max_pool1d` that always returns [maxima, their flat places]. */
export const max_pool1d_with_indices = maxPoolWithIndices('max_pool1d_with_indices', ops.max_pool1d_with_indices)

/**
 * Maximum over windows. input: (N, C, H, W) or (C, H, W). `stride` defaults to `kernel_size`; padding counts as −∞.
 * With `return_indices` the result is [maxima, their flat places].
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool2d.html
 */
export const max_pool2d = maxPool('max_pool2d', ops.max_pool2d, ops.max_pool2d_with_indices)

/** `max_pool2d` that always returns [maxima, their flat places]. */
export const max_pool2d_with_indices = maxPoolWithIndices('max_pool2d_with_indices', ops.max_pool2d_with_indices)

/**
 * Maximum over windows. input: (N, C, D, H, W) or (C, D, H, W). `stride` defaults to `kernel_size`; padding counts as −∞.
 * With `return_indices` the result is [maxima, their flat places].
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_pool3d.html
 */
export const max_pool3d = maxPool('max_pool3d', ops.max_pool3d, ops.max_pool3d_with_indices)

/** `max_pool3d` that always returns [maxima, their flat places]. */
export const max_pool3d_with_indices = maxPoolWithIndices('max_pool3d_with_indices', ops.max_pool3d_with_indices)

/**
 * Mean over windows. input: (N, C, L) or (C, L). `stride` defaults to `kernel_size`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool1d.html
 */
export const avg_pool1d = define(
  'avg_pool1d',
  ['input', 'kernel_size', 'stride?', 'padding?', 'ceil_mode?', 'count_include_pad?'],
  (
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | null = null,
    padding: Ints = 0,
    ceil_mode = false,
    count_include_pad = true,
  ): Tensor => call(ops.avg_pool1d, input, kernel_size, stride ?? [], padding, ceil_mode, count_include_pad) as Tensor,
)

/**
 * Mean over windows. input: (N, C, H, W) or (C, H, W). `stride` defaults to `kernel_size`; `divisor_override` replaces the
 * number of elements that the sum is divided by.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool2d.html
 */
export const avg_pool2d = define(
  'avg_pool2d',
  ['input', 'kernel_size', 'stride?', 'padding?', 'ceil_mode?', 'count_include_pad?', 'divisor_override?'],
  (
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | null = null,
    padding: Ints = 0,
    ceil_mode = false,
    count_include_pad = true,
    divisor_override: number | null = null,
  ): Tensor =>
    call(
      ops.avg_pool2d,
      input,
      kernel_size,
      stride ?? [],
      padding,
      ceil_mode,
      count_include_pad,
      divisor_override,
    ) as Tensor,
)

/**
 * Mean over windows. input: (N, C, D, H, W) or (C, D, H, W). `stride` defaults to `kernel_size`; `divisor_override` replaces the
 * number of elements that the sum is divided by.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.avg_pool3d.html
 */
export const avg_pool3d = define(
  'avg_pool3d',
  ['input', 'kernel_size', 'stride?', 'padding?', 'ceil_mode?', 'count_include_pad?', 'divisor_override?'],
  (
    input: Tensor,
    kernel_size: Ints,
    stride: Ints | null = null,
    padding: Ints = 0,
    ceil_mode = false,
    count_include_pad = true,
    divisor_override: number | null = null,
  ): Tensor =>
    call(
      ops.avg_pool3d,
      input,
      kernel_size,
      stride ?? [],
      padding,
      ceil_mode,
      count_include_pad,
      divisor_override,
    ) as Tensor,
)
