import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { return_types } = torch

describe('torch.return_types', () => {
  it('has the class of each result with names', () => {
    const x = torch.tensor([
      [1, 3],
      [4, 2],
    ])
    const found = x.max(1)
    expect(found).toBeInstanceOf(return_types.max)
    expect(found).toBeInstanceOf(Array)
    expect(found.indices.tolist()).toEqual([1, 0])
    const [values, indices] = found
    expect([values!.tolist(), indices!.tolist(), found.length]).toEqual([[3, 4], [1, 0], 2])
    expect(x.min(1)).not.toBeInstanceOf(return_types.max)
    expect(torch.linalg.svd(x)).toBeInstanceOf(return_types.linalg_svd)
    const out = [torch.empty([0]), torch.empty([0], { dtype: torch.int64 })] as const
    expect(torch.max(x, 1, false, { out })).toBeInstanceOf(return_types.max_out)
  })

  it('makes them from values', () => {
    const made = new return_types.topk([1, 2])
    expect([made.values, made.indices]).toEqual([1, 2])
    expect(String(made)).toBe('torch.return_types.topk(\nvalues=1,\nindices=2)')
    expect([...new return_types.linalg_lu(1, 2, 3)]).toEqual([1, 2, 3])
    expect(() => new return_types.max([1])).toThrow('torch.return_types.max() takes a 2-sequence (1-sequence given)')
  })

  it('lists them', () => {
    expect(return_types.all_return_types).toHaveLength(67)
    expect(return_types.all_return_types).toContain(return_types.sort_out)
  })
})
