import { isPlainObject } from '../_C/args.js'
import { call, callByName } from '../_C/call.js'
import { define } from '../_C/callable.js'
import { checkNumbers } from '../_C/checks.js'
import { native } from '../_C/native.js'
import { runtimeError, valueError } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import { bool, int64 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import type { Int, Size } from '../types.js'

type Tensors = readonly Tensor[]
type Several = readonly (Tensor | Tensors)[]

/** Tensors given one by one, or as one list. */
function gather(given: Several): Tensors {
  return (given.length === 1 && Array.isArray(given[0]) ? given[0] : given) as Tensors
}

function atLeast(op: number, given: Several): Tensor | Tensor[] {
  return call(op, given.length === 1 ? given[0] : given) as Tensor | Tensor[]
}

/**
 * Views with one dimension where there was none; several tensors give a list.
 * https://docs.pytorch.org/docs/stable/generated/torch.atleast_1d.html
 */
export function atleast_1d(tensor: Tensor): Tensor
export function atleast_1d(tensors: Tensors): Tensor[]
export function atleast_1d(...tensors: Tensors): Tensor[]
export function atleast_1d(...tensors: Several): Tensor | Tensor[] {
  return atLeast(ops.atleast_1d, tensors)
}

/**
 * Views with at least two dimensions, new ones first; several tensors give a list.
 * https://docs.pytorch.org/docs/stable/generated/torch.atleast_2d.html
 */
export function atleast_2d(tensor: Tensor): Tensor
export function atleast_2d(tensors: Tensors): Tensor[]
export function atleast_2d(...tensors: Tensors): Tensor[]
export function atleast_2d(...tensors: Several): Tensor | Tensor[] {
  return atLeast(ops.atleast_2d, tensors)
}

/**
 * Views with at least three dimensions: (n) becomes (1, n, 1), (m, n) becomes (m, n, 1); several tensors give a list.
 * https://docs.pytorch.org/docs/stable/generated/torch.atleast_3d.html
 */
export function atleast_3d(tensor: Tensor): Tensor
export function atleast_3d(tensors: Tensors): Tensor[]
export function atleast_3d(...tensors: Tensors): Tensor[]
export function atleast_3d(...tensors: Several): Tensor | Tensor[] {
  return atLeast(ops.atleast_3d, tensors)
}

/**
 * Views of the tensors in their common shape; throws where there is none.
 * https://docs.pytorch.org/docs/stable/generated/torch.broadcast_tensors.html
 */
export function broadcast_tensors(...tensors: Tensors | [Tensors]): Tensor[] {
  return call(ops.broadcast_tensors, gather(tensors)) as Tensor[]
}

/**
 * The shape that the shapes broadcast to; a number counts as [number].
 * https://docs.pytorch.org/docs/stable/generated/torch.broadcast_shapes.html
 */
export function broadcast_shapes(...shapes: readonly (number | readonly number[])[]): number[] {
  const lists = shapes.map(shape => (typeof shape === 'number' ? [shape] : shape))
  for (const list of lists) checkNumbers('broadcast_shapes', 'shapes', list)
  const common = Array<number>(Math.max(0, ...lists.map(list => list.length))).fill(1)
  for (const [i, list] of lists.entries())
    for (let back = 1; back <= list.length; back++) {
      const size = list[list.length - back]!
      const place = common.length - back
      if (size === common[place] || size === 1) continue
      if (size < 0) throw valueError('Attempting to broadcast a dimension with negative length!')
      if (common[place] !== 1)
        throw runtimeError(
          `Attempting to broadcast a dimension of length ${size} at ${-back}! Mismatching argument at index ${i} had [${list.join(', ')}]; but expected shape should be broadcastable to [${common.join(', ')}]`,
        )
      common[place] = size
    }
  return common
}

/**
 * Every combination of elements of the 1-D tensors, a row each: (∏ sizes, tensors), or a 1-D tensor for one.
 * https://docs.pytorch.org/docs/stable/generated/torch.cartesian_prod.html
 */
export function cartesian_prod(...tensors: Tensors | [Tensors]): Tensor {
  return call(ops.cartesian_prod, gather(tensors)) as Tensor
}

/**
 * The matrix with the tensors (0-D to 2-D) as its diagonal blocks.
 * https://docs.pytorch.org/docs/stable/generated/torch.block_diag.html
 */
export function block_diag(...tensors: Tensors | [Tensors]): Tensor {
  return call(ops.block_diag, gather(tensors)) as Tensor
}

/**
 * Grids of the coordinates in the 1-D tensors, one result for each, of shape (size of each tensor) for `'ij'`, with the first
 * two dimensions swapped for `'xy'`.
 * https://docs.pytorch.org/docs/stable/generated/torch.meshgrid.html
 */
export function meshgrid(
  ...args: [...Tensors] | [...Tensors, { indexing?: 'ij' | 'xy' }] | [Tensors, { indexing?: 'ij' | 'xy' }?]
): Tensor[] {
  const last = args.at(-1)
  const keywords = isPlainObject(last) ? last : null
  const tensors = gather((keywords === null ? args : args.slice(0, -1)) as Several)
  return call(ops.meshgrid, tensors, ...(keywords === null ? [] : [keywords])) as Tensor[]
}

/**
 * Views of tensors with named dimensions, in one order of names.
 * https://docs.pytorch.org/docs/stable/generated/torch.align_tensors.html
 */
export function align_tensors(...tensors: Tensors | [Tensors]): Tensor[] {
  return callByName('aten::align_tensors', null, gather(tensors)) as Tensor[]
}

/**
 * Cuts into pieces of one size (the last may be smaller) or of the given sizes along `dim`; the pieces are views.
 * https://docs.pytorch.org/docs/stable/generated/torch.split.html
 */
export const split = define(
  'split',
  ['tensor', 'split_size_or_sections', 'dim?'],
  (tensor: Tensor, split_size_or_sections: number | readonly number[], dim = 0): Tensor[] =>
    call(
      Array.isArray(split_size_or_sections) ? ops.split_with_sizes : ops.split,
      tensor,
      split_size_or_sections,
      dim,
    ) as Tensor[],
)

/**
 * Flat places as coordinates in a tensor of `shape`, one int64 tensor of the places' shape for each dimension.
 * https://docs.pytorch.org/docs/stable/generated/torch.unravel_index.html
 */
export const unravel_index = define(
  'unravel_index',
  ['indices', 'shape'],
  (indices: Tensor, shape: Int | Size): Tensor[] => {
    if (indices.dtype.is_complex || indices.dtype.is_floating_point || indices.dtype === bool)
      throw new TypeError(`expected 'indices' to be integer dtype, but got ${indices.dtype}`)
    const given: Size = Array.isArray(shape) ? shape : [shape as Int]
    checkNumbers('unravel_index', 'shape', given)
    // Products of sizes may leave what a number holds.
    const sizes = given.map(BigInt)
    if (sizes.some(size => size < 0n))
      throw valueError(`'shape' cannot have negative values, but got (${sizes.join(', ')})`)
    const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((product, size) => product * size, 1n))
    const vector = (values: bigint[]) =>
      call(ops.to, native.fromNested(values, int64.scalarType), indices.device, int64)
    const places = call(ops.floor_divide, call(ops.unsqueeze, indices, -1), vector(strides))
    return call(ops.unbind, call(ops.remainder, places, vector(sizes)), -1) as Tensor[]
  },
)
