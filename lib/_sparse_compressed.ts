/** Tensors of the compressed sparse layouts. Python's binding takes dtype and device from the values; the operators don't. */
import { call } from './_C/call.js'
import { define } from './_C/callable.js'
import { native } from './_C/native.js'
import { as_tensor } from './_creation.js'
import * as ops from './_generated/ops.js'
import type { DeviceLike } from './device.js'
import { type dtype, int64 } from './dtype.js'
import type { layout } from './layout.js'
import type { Tensor } from './tensor.js'
import type { Nested, Size } from './types.js'

type Data = Tensor | Nested

const isTensor = (data: Data): data is Tensor => native.isTensor(data)
const indices = (data: Data) => (isTensor(data) ? data : as_tensor(data, { dtype: int64 }))

/** One layout's function; `across` and `along` name its two lists of indices. */
function compressed<const Across extends string, const Along extends string>(
  name: string,
  op: number,
  across: Across,
  along: Along,
) {
  return define(
    name,
    [across, along, 'values', 'size?', '*', 'dtype?', 'layout?', 'device?', 'pin_memory?', 'requires_grad?'],
    (
      pointers: Data,
      places: Data,
      values: Data,
      size: Size | null = null,
      dtype: dtype | null = null,
      layout: layout | null = null,
      device: DeviceLike | null = null,
      pin_memory: boolean | null = null,
      requires_grad = false,
    ): Tensor => {
      const elements = as_tensor(values, { dtype, device })
      const options = { dtype: dtype ?? elements.dtype, layout, device: device ?? elements.device, pin_memory }
      const keywords = requires_grad ? { ...options, requires_grad } : options
      const shape = size === null ? [] : [size]
      return call(op, indices(pointers), indices(places), elements, ...shape, keywords) as Tensor
    },
  )
}

/**
 * A sparse matrix (or a batch) by rows: the columns and values of row i stand from `crow_indices[i]` to `crow_indices[i + 1]`.
 * crow_indices: (*, rows + 1), col_indices and values: (*, n). Without `dtype` and `device` those of the values.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse_csr_tensor.html
 */
export const sparse_csr_tensor = compressed('sparse_csr_tensor', ops.sparse_csr_tensor, 'crow_indices', 'col_indices')

/**
 * `sparse_csr_tensor` by columns.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse_csc_tensor.html
 */
export const sparse_csc_tensor = compressed('sparse_csc_tensor', ops.sparse_csc_tensor, 'ccol_indices', 'row_indices')

/**
 * `sparse_csr_tensor` whose values are blocks: (*, n, block rows, block columns).
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse_bsr_tensor.html
 */
export const sparse_bsr_tensor = compressed('sparse_bsr_tensor', ops.sparse_bsr_tensor, 'crow_indices', 'col_indices')

/**
 * `sparse_csc_tensor` whose values are blocks: (*, n, block rows, block columns).
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse_bsc_tensor.html
 */
export const sparse_bsc_tensor = compressed('sparse_bsc_tensor', ops.sparse_bsc_tensor, 'ccol_indices', 'row_indices')

/**
 * Any of the compressed layouts; `layout` must name it.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse_compressed_tensor.html
 */
export const sparse_compressed_tensor = compressed(
  'sparse_compressed_tensor',
  ops.sparse_compressed_tensor,
  'compressed_indices',
  'plain_indices',
)
