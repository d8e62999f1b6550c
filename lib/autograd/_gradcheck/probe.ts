/** How an input's elements are moved: where its values lie, and which element of the Jacobian each of them is. */
import { call } from '../../_C/call.js'
import { native } from '../../_C/native.js'
import * as ops from '../../_generated/ops.js'
import { float64, int64 } from '../../dtype.js'
import { sparse_bsc, sparse_bsr, sparse_coo, sparse_csc, sparse_csr } from '../../layout.js'
import type { Tensor } from '../../tensor.js'

const compressed: readonly unknown[] = [sparse_csr, sparse_csc, sparse_bsr, sparse_bsc]
const blocked: readonly unknown[] = [sparse_bsr, sparse_bsc]
const byRows: readonly unknown[] = [sparse_csr, sparse_bsr]

export function isCompressed(t: Tensor): boolean {
  return compressed.includes(t.layout)
}

export function isSparse(t: Tensor): boolean {
  return t.layout === sparse_coo || isCompressed(t)
}

/** The values that a tensor stores, the same memory, without a history. */
export function valuesOf(t: Tensor): Tensor {
  if (t.layout === sparse_coo) return (call(ops._values, t.detach()) as Tensor).data
  return isCompressed(t) ? (call(ops.values, t.detach()) as Tensor).data : t.data
}

/** `t` as a dense, flat tensor. */
export function flatDense(t: Tensor): Tensor {
  return (isSparse(t) ? t.to_dense() : t).reshape([-1])
}

function compressedIndices(t: Tensor): [Tensor, Tensor] {
  const rows = byRows.includes(t.layout)
  return [call(rows ? ops.crow_indices : ops.ccol_indices, t), call(rows ? ops.col_indices : ops.row_indices, t)] as [
    Tensor,
    Tensor,
  ]
}

/** Which element of the flattened tensor the stored values are, as a flat tensor of integers. */
function positionsOf(t: Tensor): Tensor {
  const count = native.numel(valuesOf(t))
  const numbers = call(ops.arange, count, { dtype: int64, device: t.device }) as Tensor
  if (!isSparse(t)) return numbers
  if (t.layout === sparse_coo) {
    // Duplicates have one position each: so they are not summed up, as `to_dense` would.
    const indices = call(ops._indices, t) as Tensor
    const sizes = t.shape
    const block = sizes.slice(indices.shape[0]).reduce((a, b) => a * b, 1)
    let flat = call(ops.zeros, [indices.shape[1]], { dtype: int64, device: t.device }) as Tensor
    for (let d = 0; d < indices.shape[0]!; d++) flat = flat.mul(sizes[d]!).add(indices.select(0, d))
    const inner = call(ops.arange, block, { dtype: int64, device: t.device }) as Tensor
    return flat.mul(block).unsqueeze(1).add(inner).reshape([-1])
  }
  const [outer, inner] = compressedIndices(t)
  const numbered = numbers.add(1).to(float64).view(valuesOf(t).shape)
  const options = { dtype: float64, layout: t.layout, device: t.device }
  const map = call(ops.sparse_compressed_tensor, outer, inner, numbered, t.shape, options) as Tensor
  const dense = map.to_dense().reshape([-1])
  const places = dense.nonzero().reshape([-1])
  const order = dense.index_select(0, places).to(int64).sub(1)
  return (call(ops.empty_like, places) as Tensor).index_copy(0, order, places)
}

/** A sparse tensor with every element stored. */
function densify(t: Tensor): Tensor {
  if (t.layout !== sparse_coo) {
    const blocksize = blocked.includes(t.layout) ? valuesOf(t).shape.slice(1, 3) : null
    const coo = densify(call(ops.to_sparse, t.detach(), { layout: sparse_coo }) as Tensor)
    return (call(ops.to_sparse, coo, { layout: t.layout, blocksize }) as Tensor).requires_grad_(t.requires_grad)
  }
  const sparseDim = call(ops.sparse_dim, t) as unknown as number
  const sizes = t.shape.slice(0, sparseDim)
  const places = (call(ops.ones, sizes, { dtype: int64, device: t.device }) as Tensor).nonzero().t()
  const rows = sizes.reduce((a, b) => a * b, 1)
  const values = t
    .detach()
    .to_dense()
    .reshape([rows, ...t.shape.slice(sparseDim)])
  const full = call(ops.sparse_coo_tensor, places, values.clone(), t.shape) as Tensor
  return (call(ops._coalesced_, full, true) as Tensor).requires_grad_(t.requires_grad)
}

/** One input that has derivatives, as the differences see it. */
export class Probe {
  /** The input that the function gets. */
  readonly input: Tensor
  /** What is moved. */
  readonly values: Tensor
  /** The number of elements of the whole input. */
  readonly numel: number
  readonly positions: Tensor
  /** The positions of the values that the caller's input stores. */
  readonly #stored: Tensor

  /** With `masked`, elements that a sparse input does not store are no inputs. */
  constructor(input: Tensor, masked: boolean) {
    this.input = masked || !isSparse(input) ? input : densify(input)
    this.values = valuesOf(this.input)
    this.numel = native.numel(input)
    this.positions = positionsOf(this.input)
    this.#stored = this.input === input ? this.positions : positionsOf(input)
  }

  /** Zeros but for a one, in the place of one value. */
  unit(value: number): Tensor {
    const { dtype, device, shape } = this.values
    const flat = call(ops.zeros, [native.numel(this.values)], { dtype, device }) as Tensor
    flat.at(value).fill_(1)
    return flat.view(shape)
  }

  /** A random direction of length 1 without negative parts: for `values`, and for the whole input, flat. */
  random(): { values: Tensor; dense: Tensor } {
    const drawn = call(ops.rand, [native.numel(this.#stored)], { dtype: float64 }) as Tensor
    const { dtype, shape } = this.values
    const zeros = call(ops.zeros, [this.numel], { dtype: float64 }) as Tensor
    const dense = zeros.index_copy(0, this.#stored, drawn.div(drawn.norm())).to(dtype)
    return { values: dense.index_select(0, this.positions).view(shape), dense }
  }

  /** Rows for the values as rows for the whole input: zero for what is not stored. */
  spread(rows: Tensor): Tensor {
    if (!isSparse(this.input)) return rows
    const all = call(ops.zeros, [this.numel, ...rows.shape.slice(1)], {
      dtype: rows.dtype,
      device: rows.device,
    }) as Tensor
    return all.index_copy(0, this.positions, rows)
  }
}
