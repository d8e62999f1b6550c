import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { checkNumbers } from '../../_C/checks.js'
import { valueError } from '../../_C/raise.js'
import { sizesOf } from '../../_C/sizes.js'
import * as ops from '../../_generated/ops.js'
import type { Tensor } from '../../tensor.js'
import { type Ints, ntuple } from './_types.js'

/** The spatial size of an unpooled tensor: the given one where the windows allow it, else the smallest. */
function unpoolOutputSize(
  input: Tensor,
  kernel_size: number[],
  stride: number[],
  padding: number[],
  output_size: readonly number[] | null,
): number[] {
  const n = kernel_size.length
  const own = sizesOf(input).slice(-n)
  const smallest = kernel_size.map((kernel, d) => (own[d]! - 1) * stride[d]! + kernel - 2 * padding[d]!)
  let size = smallest
  if (output_size !== null) {
    checkNumbers(`max_unpool${n}d`, 'output_size', output_size)
    size = output_size.length === n + 2 ? output_size.slice(2) : [...output_size]
    if (size.length !== n)
      throw valueError(
        `output_size should be a sequence containing ${n} or ${n + 2} elements, but it has a length of '${size.length}'`,
      )
    for (const [d, wanted] of size.entries()) {
      const min = smallest[d]! - stride[d]!
      const max = smallest[d]! + stride[d]!
      if (!(min < wanted && wanted < max))
        throw valueError(`invalid output_size "[${size.join(', ')}]" (dim ${d} must be between ${min} and ${max})`)
    }
  }
  for (const [d, n] of size.entries())
    if (n < 0)
      throw valueError(
        `max_unpooling: output_size must contain non-negative spatial dimensions, but got output_size[${d}]=${n}`,
      )
  return size
}

/**
 * Inverse of `max_pool1d`: puts each maximum back at its place in `indices`, zeros elsewhere. `output_size` chooses between
 * the sizes that pool to the same one.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
 */
export const max_unpool1d = define(
  'max_unpool1d',
  ['input', 'indices', 'kernel_size', 'stride?', 'padding?', 'output_size?'],
  (
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | null = null,
    padding: Ints = 0,
    output_size: readonly number[] | null = null,
  ): Tensor => {
    const kernel = ntuple('max_unpool1d', 'kernel_size', kernel_size, 1)
    const steps = stride === null ? kernel : ntuple('max_unpool1d', 'stride', stride, 1)
    const size = [
      ...unpoolOutputSize(input, kernel, steps, ntuple('max_unpool1d', 'padding', padding, 1), output_size),
      1,
    ]
    const planes = call(ops.max_unpool2d, call(ops.unsqueeze, input, -1), call(ops.unsqueeze, indices, -1), size)
    return call(ops.squeeze, planes, -1) as Tensor
  },
)

/**
 * Inverse of `max_pool2d`: puts each maximum back at its place in `indices`, zeros elsewhere. `output_size` chooses between
 * the sizes that pool to the same one.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
 */
export const max_unpool2d = define(
  'max_unpool2d',
  ['input', 'indices', 'kernel_size', 'stride?', 'padding?', 'output_size?'],
  (
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | null = null,
    padding: Ints = 0,
    output_size: readonly number[] | null = null,
  ): Tensor => {
    const kernel = ntuple('max_unpool2d', 'kernel_size', kernel_size, 2)
    const steps = stride === null ? kernel : ntuple('max_unpool2d', 'stride', stride, 2)
    const size = unpoolOutputSize(input, kernel, steps, ntuple('max_unpool2d', 'padding', padding, 2), output_size)
    return call(ops.max_unpool2d, input, indices, size) as Tensor
  },
)

/**
 * Inverse of `max_pool3d`: puts each maximum back at its place in `indices`, zeros elsewhere. `output_size` chooses between
 * the sizes that pool to the same one.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html
 */
export const max_unpool3d = define(
  'max_unpool3d',
  ['input', 'indices', 'kernel_size', 'stride?', 'padding?', 'output_size?'],
  (
    input: Tensor,
    indices: Tensor,
    kernel_size: Ints,
    stride: Ints | null = null,
    padding: Ints = 0,
    output_size: readonly number[] | null = null,
  ): Tensor => {
    const kernel = ntuple('max_unpool3d', 'kernel_size', kernel_size, 3)
    const steps = stride === null ? kernel : ntuple('max_unpool3d', 'stride', stride, 3)
    const margins = ntuple('max_unpool3d', 'padding', padding, 3)
    const size = unpoolOutputSize(input, kernel, steps, margins, output_size)
    return call(ops.max_unpool3d, input, indices, size, steps, margins) as Tensor
  },
)
