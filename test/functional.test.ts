import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

describe('shapes', () => {
  it('gain dimensions, one tensor alone or several', () => {
    const x = torch.tensor([1, 2])
    expect(torch.atleast_1d(torch.tensor(1)).shape).toEqual([1])
    expect(torch.atleast_2d(x).shape).toEqual([1, 2])
    expect(torch.atleast_3d(x, torch.ones([2, 2])).map(t => [...t.shape])).toEqual([
      [1, 2, 1],
      [2, 2, 1],
    ])
    expect(torch.atleast_1d([x])).toHaveLength(1)
  })

  it('broadcast', () => {
    expect(torch.broadcast_shapes([2, 1], 3, [1, 1, 1])).toEqual([1, 2, 3])
    expect(torch.broadcast_shapes()).toEqual([])
    expect(torch.broadcast_tensors(torch.ones([2, 1]), torch.ones([3])).map(t => [...t.shape])).toEqual([
      [2, 3],
      [2, 3],
    ])
    expect(() => torch.broadcast_shapes([2], [3])).toThrow(
      'Attempting to broadcast a dimension of length 3 at -1! Mismatching argument at index 1 had [3]; but expected shape should be broadcastable to [2]',
    )
    expect(() => torch.broadcast_shapes([-2])).toThrow(torch.ValueError)
    // @ts-expect-error: not a shape
    expect(() => torch.broadcast_shapes('ab')).toThrow(TypeError)
  })

  it('combine', () => {
    const [a, b] = [torch.tensor([1, 2]), torch.tensor([3, 4, 5])]
    expect(torch.cartesian_prod(a, b).shape).toEqual([6, 2])
    expect(torch.block_diag(torch.ones([1, 1]), torch.ones([2, 2])).shape).toEqual([3, 3])
    expect(torch.meshgrid(a, b, { indexing: 'xy' })[0]!.shape).toEqual([3, 2])
    expect(torch.meshgrid([a, b], { indexing: 'ij' })[0]!.shape).toEqual([2, 3])
  })

  it('split by size or sizes', () => {
    const x = torch.arange(5)
    expect(torch.split(x, 2).map(t => t.numel())).toEqual([2, 2, 1])
    expect(torch.split(x, [1, 4]).map(t => t.numel())).toEqual([1, 4])
    expect(torch.split(torch.ones([2, 6]), 3, { dim: 1 })).toHaveLength(2)
    expect(() => torch.split(x, [1, 1])).toThrow(torch.TorchError)
  })

  it('turn flat places into coordinates', () => {
    const places = torch.tensor([0, 5], { dtype: torch.int64 })
    expect(torch.unravel_index(places, [2, 3]).map(t => t.tolist())).toEqual([
      [0, 1],
      [0, 2],
    ])
    expect(torch.unravel_index(places, [2n, 2n ** 62n])[1]!.tolist()).toEqual([0, 5])
    expect(() => torch.unravel_index(torch.ones([1]), [2])).toThrow(
      "expected 'indices' to be integer dtype, but got torch.float32",
    )
    expect(() => torch.unravel_index(places, [-1])).toThrow("'shape' cannot have negative values, but got (-1)")
  })
})

describe('einsum', () => {
  const a = torch.tensor([
    [1, 2],
    [3, 4],
  ])

  it('takes an equation or lists of subscripts', () => {
    expect(torch.einsum('ij,jk->ik', a, a).tolist()).toEqual(a.matmul(a).tolist())
    expect(torch.einsum('ii', [a]).item()).toBe(5)
    expect(torch.einsum(a, [0, 1], a, [1, 2], [0, 2]).tolist()).toEqual(a.matmul(a).tolist())
    expect(torch.einsum(a, ['...', 0]).shape).toEqual([2, 2])
    expect(torch.einsum('ij,jk,kl->il', a, a, a).tolist()).toEqual(a.matmul(a).matmul(a).tolist())
  })

  it('refuses what Python refuses', () => {
    expect(() => torch.einsum('ii')).toThrow('einsum(): must specify the equation string')
    expect(() => torch.einsum(a, [0, 99])).toThrow(
      'einsum(): subscript in subscript list is not within the valid range [0, 52)',
    )
    expect(() => torch.einsum('ij,jk->ik', a)).toThrow(torch.TorchError)
    expect(() => torch.einsum(a, a)).toThrow(TypeError)
  })
})

describe('products and norms', () => {
  it('contract dimensions', () => {
    const [a, b] = [torch.ones([2, 3, 4]), torch.ones([3, 4, 5])]
    expect(torch.tensordot(a, b).shape).toEqual([2, 5])
    expect(torch.tensordot(a, b, 0).dim()).toBe(6)
    expect(torch.tensordot(a, b, [[1], [0]]).shape).toEqual([2, 4, 4, 5])
    expect(
      torch.tensordot(
        a,
        b,
        torch.tensor(
          [
            [1, 2],
            [0, 1],
          ],
          { dtype: torch.int64 },
        ),
      ).shape,
    ).toEqual([2, 5])
    expect(() => torch.tensordot(a, b, 9)).toThrow('tensordot expects dims < ndim_a or ndim_b, but got dims=9')
    expect(() => torch.tensordot(a, b, -1)).toThrow('tensordot expects dims >= 0, but got dims=-1')
    expect(() => torch.tensordot(a, b, [[1]])).toThrow(torch.TorchError)
  })

  it('measure', () => {
    const x = torch.tensor([
      [3, 4],
      [0, 0],
    ])
    expect(torch.norm(x).item()).toBe(5)
    expect(torch.norm(x, 1).item()).toBe(7)
    expect(torch.norm(x, Infinity, 1).tolist()).toEqual([4, 0])
    expect(torch.norm(x, 'nuc').item()).toBeCloseTo(5, 5)
    expect(torch.norm(x, { dim: 1, keepdim: true }).shape).toEqual([2, 1])
    expect(torch.norm(x.to_sparse()).item()).toBe(5)
    const out = torch.empty([])
    torch.norm(x, { out })
    expect(out.item()).toBe(5)
    expect(torch.cdist(x, x).at(0, 1).item()).toBe(5)
    expect(() => torch.cdist(x, x, 2, 'fast')).toThrow('fast is not a valid value for compute_mode')
  })

  it('factorise', () => {
    torch.manual_seed(0)
    const a = torch.randn([6, 2]).matmul(torch.randn([2, 5]))
    const [u, s, v] = torch.svd_lowrank(a, 2)
    expect(torch.allclose(u.matmul(torch.diag(s)).matmul(v.mT), a, { atol: 1e-4 })).toBe(true)
    const [, spread] = torch.pca_lowrank(a, { q: 2 })
    const centred = a.sub(a.mean(0))
    expect(torch.allclose(spread, torch.linalg.svdvals(centred).at(torch.slice(null, 2)), { atol: 1e-4 })).toBe(true)
    const sparse = torch.pca_lowrank(a.to_sparse(), { q: 2 })[1]
    expect(torch.allclose(sparse, spread, { atol: 1e-4 })).toBe(true)
    expect(() => torch.pca_lowrank(a, 9)).toThrow('q(=9) must be non-negative integer and not greater than min(m, n)=5')
    expect(torch.lu(torch.eye(2))).toHaveLength(2)
    expect(torch.lu(torch.eye(2), { get_infos: true })).toHaveLength(3)
  })
})

describe('unique', () => {
  const x = torch.tensor([3, 1, 1, 3])

  it('gives as many results as asked for', () => {
    expect(torch.unique(x).tolist()).toEqual([1, 3])
    const [values, inverse] = torch.unique(x, { return_inverse: true })
    expect(values.tolist()).toEqual([1, 3])
    expect(inverse.tolist()).toEqual([1, 0, 0, 1])
    expect(torch.unique(x, { return_counts: true })[1].tolist()).toEqual([2, 2])
    expect(torch.unique(x, { return_inverse: true, return_counts: true })).toHaveLength(3)
    expect(torch.unique_consecutive(x).tolist()).toEqual([3, 1, 3])
    expect(torch.unique_consecutive(x, { return_counts: true })[1].tolist()).toEqual([1, 2, 1])
    expect(torch.unique(torch.ones([3, 2]), { dim: 0 }).shape).toEqual([1, 2])
  })
})

describe('stft', () => {
  it('is undone by istft', () => {
    torch.manual_seed(0)
    const signal = torch.randn([2, 64])
    const window = torch.signal.windows.hann(16, { sym: false })
    const spectrum = torch.stft(signal, 16, { window, return_complex: true })
    expect(spectrum.shape).toEqual([2, 9, 17])
    const back = torch.istft(spectrum, 16, { window, length: 64 })
    expect(torch.allclose(back, signal, { atol: 1e-5 })).toBe(true)
  })

  it('refuses what Python refuses', () => {
    expect(() => torch.stft(torch.ones([9]), 4, { return_complex: true, align_to_window: true })).toThrow(
      'stft align_to_window should only be set when center = false',
    )
  })
})
