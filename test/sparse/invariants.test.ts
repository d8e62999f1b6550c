import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'

const checks = torch.sparse.check_sparse_tensor_invariants
const wrong = () => torch.sparse_csr_tensor([0, 1, 2], [0, 500_000_000], [1, 2], [2, 2])

describe('check_sparse_tensor_invariants', () => {
  afterEach(() => checks.enable())

  it('is on unless switched off', () => {
    expect(checks.is_enabled()).toBe(true)
    expect(wrong).toThrow('`0 <= col_indices < ncols` is not satisfied.')
    checks.disable()
    expect(checks.is_enabled()).toBe(false)
    expect(wrong().col_indices().tolist()).toEqual([0, 500_000_000])
    checks.enable()
    expect(wrong).toThrow('not satisfied')
  })

  it('holds in a block', async () => {
    expect(checks(false, () => checks.is_enabled())).toBe(false)
    expect(checks(false, () => checks(() => checks.is_enabled()))).toBe(true)
    expect(() => checks(false, () => torch.zeros([-1]))).toThrow()
    expect(checks.is_enabled()).toBe(true)
    const after = checks(false, async () => {
      await new Promise(resolve => setTimeout(resolve, 1))
      return checks.is_enabled()
    })
    expect(await after).toBe(false)
    {
      using _ = checks(false)
      expect(wrong().layout).toBe(torch.sparse_csr)
    }
    expect(checks.is_enabled()).toBe(true)
    // @ts-expect-error: no boolean
    expect(() => checks('no')).toThrow('enable must be bool, not str')
  })

  it('is overruled by check_invariants', () => {
    const make = (check_invariants: boolean) =>
      torch.sparse_coo_tensor([[0, 9]], [1, 2], { size: [2], check_invariants })
    expect(make(false)._nnz()).toBe(2)
    expect(checks.is_enabled()).toBe(true)
    checks.disable()
    expect(() => make(true)).toThrow('size is inconsistent')
    expect(checks.is_enabled()).toBe(false)
    const csr = (check_invariants: boolean | null) =>
      torch.sparse_csr_tensor([0, 1, 2], [0, 9], [1, 2], [2, 2], { check_invariants })
    expect(csr(null)._nnz()).toBe(2)
    expect(() => csr(true)).toThrow('not satisfied')
  })

  it('does not look at what has no values yet', () => {
    for (let i = 0; i < 100; i++) {
      torch.tensor([7, 8, 9, 10, 11])
      expect(torch.empty(2, 3, { layout: torch.sparse_csr }).layout).toBe(torch.sparse_csr)
    }
    expect(checks.is_enabled()).toBe(true)
  })
})

describe('as_sparse_gradcheck', () => {
  const gradcheck = torch.sparse.as_sparse_gradcheck(torch.autograd.gradcheck)
  const dense = torch.tensor(
    [
      [0, 1],
      [2, 3],
    ],
    { dtype: torch.float64 },
  )

  it('takes sparse inputs and outputs', () => {
    const coo = dense.to_sparse().requires_grad_()
    expect(gradcheck((x: torch.Tensor) => x.to_sparse_csr(), coo)).toBe(true)
    expect(gradcheck((x: torch.Tensor) => torch.sparse.mm(x, dense), [coo], { masked: true })).toBe(true)
    const csr = dense.to_sparse_csr().requires_grad_()
    expect(gradcheck((x: torch.Tensor) => x.to_dense().pow(2), [csr])).toBe(true)
    expect(gradcheck((x: torch.Tensor) => x.to_dense({ masked_grad: true }), [csr], { masked: true })).toBe(true)
    const bsr = dense.to_sparse_bsr([1, 2]).requires_grad_()
    expect(gradcheck((x: torch.Tensor) => x.to_dense(), [bsr])).toBe(true)
  })

  it('finds a wrong gradient, and leaves strided inputs alone', () => {
    const x = dense.clone().requires_grad_()
    expect(gradcheck((y: torch.Tensor) => y.pow(2), [x])).toBe(true)
    const coo = dense.to_sparse().requires_grad_()
    const wrong = (y: torch.Tensor) => y.to_dense().pow(2).add(y.to_dense().detach())
    expect(() => gradcheck(wrong, [coo])).toThrow('Jacobian mismatch')
    expect(gradcheck(wrong, [coo], { raise_exception: false })).toBe(false)
    expect(coo.to_dense().tolist()).toEqual(dense.tolist())
  })
})
