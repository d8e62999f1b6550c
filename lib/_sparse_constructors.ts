/** Sparse tensors from indices and values, which may be lists; dtype and device are those of the values. */
import { isPlainObject, signature } from './_C/args.js'
import { call } from './_C/call.js'
import { define } from './_C/callable.js'
import { native } from './_C/native.js'
import { as_tensor } from './_creation.js'
import { defaultDeviceOr } from './_default_device.js'
import * as ops from './_generated/ops.js'
import type { DeviceLike } from './device.js'
import { type dtype, int64 } from './dtype.js'
import type { layout } from './layout.js'
import { withChecks } from './sparse/check_sparse_tensor_invariants.js'
import type { Tensor } from './tensor.js'
import type { Nested, Size } from './types.js'

type Data = Tensor | Nested

/** Keywords of all constructors. */
interface SparseOptions {
  /** Default: that of the values. */
  dtype?: dtype | null
  /** Default: that of the values. */
  device?: DeviceLike | null
  pin_memory?: boolean | null
  requires_grad?: boolean
  /** Whether to check the indices; default: as `torch.sparse.check_sparse_tensor_invariants` says. */
  check_invariants?: boolean | null
}

const isTensor = (data: unknown): data is Tensor => native.isTensor(data)

/** Indices as a tensor beside the values; those of a tensor may be int32. */
function indicesFor(values: Tensor, data: Data): Tensor {
  const { device } = values
  return isTensor(data) ? as_tensor(data, { device }) : as_tensor(data, { dtype: int64, device })
}

const options = [
  ['dtype', null],
  ['device', null],
  ['pin_memory', null],
  ['requires_grad', false],
  ['check_invariants', null],
] as const

type Bound = Required<SparseOptions>

const bindCoo = signature<{ indices: Data; values: Data; size: Size | null; is_coalesced: boolean | null } & Bound>(
  'sparse_coo_tensor',
  'indices',
  'values',
  ['size', null],
  '*',
  ...options,
  ['is_coalesced', null],
)
const bindEmptyCoo = signature<{ size: Size } & Bound>('sparse_coo_tensor', 'size', '*', ...options)

/** `sparse_coo_tensor(size)`: is there nothing but a size? */
function isOnlySize(args: readonly unknown[]): boolean {
  const last = args.at(-1)
  const keywords = isPlainObject(last) ? last : {}
  const given = keywords === last ? args.slice(0, -1) : args
  if (given.length === 0) return !('indices' in keywords) && !('values' in keywords)
  return given.length === 1 && !('values' in keywords) && !('indices' in keywords)
}

/**
 * A sparse tensor of coordinates: `values[i]` stands at `indices[:, i]`. indices: (sparse dimensions, n), values:
 * (n, *dense dimensions), tensors or lists. Without `size` the smallest that holds all indices; without anything else an
 * empty tensor of `size`.
 * https://docs.pytorch.org/docs/stable/generated/torch.sparse_coo_tensor.html
 */
export function sparse_coo_tensor(
  indices: Data,
  values: Data,
  size?: Size | null,
  keywords?: SparseOptions & { is_coalesced?: boolean | null },
): Tensor
export function sparse_coo_tensor(
  indices: Data,
  values: Data,
  keywords: SparseOptions & { size?: Size | null; is_coalesced?: boolean | null },
): Tensor
export function sparse_coo_tensor(size: Size, keywords?: SparseOptions): Tensor
export function sparse_coo_tensor(
  keywords: SparseOptions & { indices: Data; values: Data; size?: Size | null; is_coalesced?: boolean | null },
): Tensor
export function sparse_coo_tensor(keywords: SparseOptions & { size: Size }): Tensor
export function sparse_coo_tensor(...args: unknown[]): Tensor {
  if (isOnlySize(args)) {
    const { size, check_invariants, device, ...rest } = bindEmptyCoo(args)
    const keywords = { ...rest, device: defaultDeviceOr(device) }
    return withChecks(check_invariants, () => call(ops.sparse_coo_tensor, size, keywords) as Tensor)
  }
  const { indices, values, size, dtype, device, pin_memory, requires_grad, check_invariants, is_coalesced } =
    bindCoo(args)
  const elements = as_tensor(values, { dtype, device })
  const keywords = { pin_memory, is_coalesced, ...(requires_grad && { requires_grad }) }
  const shape = size === null ? [] : [size]
  return withChecks(
    check_invariants,
    () => call(ops.sparse_coo_tensor, indicesFor(elements, indices), elements, ...shape, keywords) as Tensor,
  )
}

/** One compressed layout's function; `across` and `along` name its two lists of indices. */
function compressed<const Across extends string, const Along extends string>(
  name: string,
  op: number,
  across: Across,
  along: Along,
) {
  return define(
    name,
    [
      across,
      along,
      'values',
      'size?',
      '*',
      'dtype?',
      'layout?',
      'device?',
      'pin_memory?',
      'requires_grad?',
      'check_invariants?',
    ],
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
      check_invariants: boolean | null = null,
    ): Tensor => {
      const elements = as_tensor(values, { dtype, device })
      const keywords = { dtype: elements.dtype, layout, device: elements.device, pin_memory }
      const given: unknown[] = [indicesFor(elements, pointers), indicesFor(elements, places), elements]
      if (size !== null) given.push(size)
      return withChecks(
        check_invariants,
        () => call(op, ...given, requires_grad ? { ...keywords, requires_grad } : keywords) as Tensor,
      )
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
