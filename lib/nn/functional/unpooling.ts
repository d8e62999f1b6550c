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

type Unpool = (input: Tensor, indices: Tensor, size: number[], stride: number[], padding: number[]) => unknown

function maxUnpool(dims: 1 | 2 | 3, unpool: Unpool) {
  const name = `max_unpool${dims}d`
  return define(
    name,
    ['input', 'indices', 'kernel_size', 'stride?', 'padding?', 'output_size?'],
    (
      input: Tensor,
      indices: Tensor,
      kernel_size: Ints,
      stride: Ints | null = null,
      padding: Ints = 0,
      output_size: readonly number[] | null = null,
    ): Tensor => {
      const kernel = ntuple(name, 'kernel_size', kernel_size, dims)
      const steps = stride === null ? kernel : ntuple(name, 'stride', stride, dims)
      const margins = ntuple(name, 'padding', padding, dims)
      const size = unpoolOutputSize(input, kernel, steps, margins, output_size)
      return unpool(input, indices, size, steps, margins) as Tensor
    },
  )
}

/**
 * Inverse of `max_pool1d`: puts each maximum back at its place in `indices`, zeros elsewhere. `output_size` chooses between
 * the sizes that pool to the same one.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool1d.html
 */
export const max_unpool1d = maxUnpool(1, (input, indices, size) => {
  const planes = call(ops.max_unpool2d, call(ops.unsqueeze, input, -1), call(ops.unsqueeze, indices, -1), [...size, 1])
  return call(ops.squeeze, planes, -1)
})

/**
 * Inverse of `max_pool2d`: puts each maximum back at its place in `indices`, zeros elsewhere. `output_size` chooses between
 * the sizes that pool to the same one.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool2d.html
 */
export const max_unpool2d = maxUnpool(2, (input, indices, size) => call(ops.max_unpool2d, input, indices, size))

/**
 * Inverse of `max_pool3d`: puts each maximum back at its place in `indices`, zeros elsewhere. `output_size` chooses between
 * the sizes that pool to the same one.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.max_unpool3d.html
 */
export const max_unpool3d = maxUnpool(3, (...args) => call(ops.max_unpool3d, ...args))
