import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { sparse } = torch
const dense = torch.tensor([
  [0, 2],
  [3, 0],
])

describe('torch.sparse', () => {
  it('multiplies', () => {
    const s = dense.to_sparse()
    expect(sparse.mm(s, torch.eye(2)).tolist()).toEqual(dense.tolist())
    expect(sparse.addmm(torch.ones([2, 2]), s, torch.eye(2), { beta: 2 }).tolist()).toEqual([
      [2, 4],
      [5, 2],
    ])
    const sampled = sparse.sampled_addmm(dense.to_sparse_csr(), torch.ones([2, 3]), torch.ones([3, 2]), { beta: 0 })
    expect(sampled.to_dense().tolist()).toEqual([
      [0, 3],
      [3, 0],
    ])
  })

  it('sums, and normalises what is there', () => {
    const s = dense.to_sparse()
    expect(sparse.sum(s).item()).toBe(5)
    expect(sparse.sum(s, 0).to_dense().tolist()).toEqual([3, 2])
    expect(sparse.sum(s, { dtype: torch.float64 }).dtype).toBe(torch.float64)
    expect(sparse.softmax(s, 1).to_dense().tolist()).toEqual([
      [0, 1],
      [1, 0],
    ])
    expect(sparse.log_softmax(s, 1, { dtype: torch.float64 }).dtype).toBe(torch.float64)
  })

  it('makes diagonals', () => {
    const made = sparse.spdiags(torch.tensor([[1, 2]]), torch.tensor([0], { dtype: torch.int64 }), [2, 2])
    expect(made.to_dense().tolist()).toEqual([
      [1, 0],
      [0, 2],
    ])
  })
})

describe('compressed tensors', () => {
  it('take dtype from the values, and lists too', () => {
    const values = torch.tensor([2, 3], { dtype: torch.float64 })
    const places = torch.tensor([1, 0], { dtype: torch.int64 })
    const pointers = torch.tensor([0, 1, 2], { dtype: torch.int64 })
    const made = torch.sparse_csr_tensor(pointers, places, values, [2, 2])
    expect(made.dtype).toBe(torch.float64)
    expect(made.to_dense().tolist()).toEqual(dense.tolist())
    expect(torch.sparse_csr_tensor([0, 1, 2], [1, 0], [2, 3]).to_dense().tolist()).toEqual(dense.tolist())
    const byColumn = torch.sparse_csc_tensor({ ccol_indices: pointers, row_indices: places, values, size: [2, 2] })
    expect(byColumn.to_dense().tolist()).toEqual(dense.mT.tolist())
    const layout = torch.sparse_csr
    expect(torch.sparse_compressed_tensor(pointers, places, values, [2, 2], { layout }).layout).toBe(layout)
    const options = { dtype: torch.float32, requires_grad: true }
    const leaf = torch.sparse_csr_tensor(pointers, places, values, [2, 2], options)
    expect([leaf.dtype, leaf.requires_grad]).toEqual([torch.float32, true])
  })
})
