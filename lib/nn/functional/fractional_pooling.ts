import { call } from '../../_C/call.js'
import { type Callable, define } from '../../_C/callable.js'
import { valueError } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import { type Ints, ntuple } from './_types.js'
import type { MaybeIndexed } from './pooling.js'

type Parameters = ['input', 'kernel_size', 'output_size?', 'output_ratio?', 'return_indices?', '_random_samples?']
type FractionalMaxPool<Result> = (
  input: Tensor,
  kernel_size: Ints,
  output_size?: Ints | null,
  output_ratio?: number | readonly number[] | null,
  return_indices?: boolean,
  _random_samples?: Tensor | null,
) => Result

const parameters: Parameters = [
  'input',
  'kernel_size',
  'output_size?',
  'output_ratio?',
  'return_indices?',
  '_random_samples?',
]

/** Pools `n` spatial dimensions; which windows is drawn at random. */
function fractionalMaxPool(name: string, op: number, n: number): FractionalMaxPool<[Tensor, Tensor]> {
  return (input, kernel_size, output_size = null, output_ratio = null, _indices = true, _random_samples = null) => {
    const shape = sizesOf(input)
    let size: Ints
    if (output_size !== null) size = output_size
    else {
      if (output_ratio === null)
        throw valueError(`${name} requires specifying either an output_size or an output_ratio`)
      if (n === 2 && Array.isArray(output_ratio) && output_ratio.length > 2)
        throw valueError(`${name} requires output_ratio to either be a single Int or tuple of Ints.`)
      const ratio = ntuple(name, 'output_ratio', output_ratio, n)
      size = ratio.map((share, d) => Math.trunc(input.size(d - n) * share))
    }
    let samples: unknown = _random_samples
    if (samples === null) {
      const batch = shape.length === n + 1 ? 1 : shape[0]!
      const options = { dtype: input.dtype, device: input.device }
      samples = call(ops.rand, [batch, input.size(-n - 1), n], options)
    }
    return call(op, input, kernel_size, size, samples) as [Tensor, Tensor]
  }
}

function withIndices(name: string, op: number, n: number): Callable<FractionalMaxPool<[Tensor, Tensor]>, Parameters> {
  return define(`${name}_with_indices`, parameters, fractionalMaxPool(name, op, n))
}

function maybeIndices(name: string, op: number, n: number): MaybeIndexed<FractionalMaxPool<Tensor>, Parameters> {
  const pool = fractionalMaxPool(name, op, n)
  const body: FractionalMaxPool<unknown> = (
    input,
    kernel_size,
    output_size,
    ratio,
    return_indices = false,
    samples,
  ) => {
    const pooled = pool(input, kernel_size, output_size, ratio, true, samples)
    return return_indices ? pooled : pooled[0]
  }
  return define(name, parameters, body) as MaybeIndexed<FractionalMaxPool<Tensor>, Parameters>
}

/**
 * Maximum over randomly placed windows, so that the result has `output_size`, or `output_ratio` times the input's.
 * input: (N, C, H, W) or (C, H, W). With `return_indices` the result is [maxima, their flat places].
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool2d.html
 */
export const fractional_max_pool2d = maybeIndices('fractional_max_pool2d', ops.fractional_max_pool2d, 2)

/** `fractional_max_pool2d` that always returns [maxima, their flat places]. */
export const fractional_max_pool2d_with_indices = withIndices('fractional_max_pool2d', ops.fractional_max_pool2d, 2)

/**
 * Maximum over randomly placed windows, so that the result has `output_size`, or `output_ratio` times the input's.
 * input: (N, C, D, H, W) or (C, D, H, W). With `return_indices` the result is [maxima, their flat places].
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.fractional_max_pool3d.html
 */
export const fractional_max_pool3d = maybeIndices('fractional_max_pool3d', ops.fractional_max_pool3d, 3)

/** `fractional_max_pool3d` that always returns [maxima, their flat places]. */
export const fractional_max_pool3d_with_indices = withIndices('fractional_max_pool3d', ops.fractional_max_pool3d, 3)
