import * as torch from 'torch-node'
import * as F from 'torch-node/nn/functional'
import { describe, expect, it } from 'vitest'

describe('batch_norm', () => {
  it('normalises each channel and follows the statistics in training', () => {
    const x = torch.tensor([
      [1, 10],
      [3, 30],
    ])
    const mean = torch.zeros([2])
    const variance = torch.ones([2])
    const y = F.batch_norm(x, mean, variance, { training: true, momentum: 0.5, eps: 1e-12 })
    expect(y.tolist()).toEqual([
      [-1, -1],
      [1, 1],
    ])
    expect(mean.tolist()).toEqual([1, 10])
    expect(variance.tolist()).toEqual([1.5, 100.5])
    const used = F.batch_norm(torch.tensor([[1, 10]]), mean, variance, null, torch.tensor([5, 6]))
    expect(used.tolist()).toEqual([[5, 6]])
  })

  it('refuses what has no spread', () => {
    const x = torch.ones([1, 2])
    expect(() => F.batch_norm(x, null, null, { training: true })).toThrow(
      'Expected more than 1 value per channel when training, got input size torch.Size([1, 2])',
    )
    expect(() => F.batch_norm(torch.ones([2, 2]), null, null, { training: true, eps: 0 })).toThrow(
      'batch_norm eps must be positive during training, but got 0',
    )
    // @ts-expect-error: the running statistics must be given, be it as null
    expect(() => F.batch_norm(x)).toThrow("batch_norm() missing required argument: 'running_mean'")
  })
})

describe('other normalisations', () => {
  it('normalise over their dimensions', () => {
    const x = torch.tensor([[1, 3]])
    expect(F.layer_norm(x, [2], { eps: 1e-12 }).tolist()).toEqual([[-1, 1]])
    expect(F.group_norm(torch.tensor([[1, 3, 10, 30]]), 2, { eps: 1e-12 }).tolist()).toEqual([[-1, 1, -1, 1]])
    expect(F.rms_norm(torch.tensor([3, 3]), [2]).tolist()).toEqual([1, 1])
    expect(
      F.normalize(torch.tensor([[3, 4]]))
        .at(0, 1)
        .item(),
    ).toBeCloseTo(0.8, 6)
    expect(
      F.local_response_norm(torch.ones([1, 2, 3]), 2, { alpha: 0, k: 2, beta: 1 })
        .at(0, 0, 0)
        .item(),
    ).toBe(0.5)
  })

  it('write into out', () => {
    const out = torch.empty([1, 2])
    F.normalize(torch.tensor([[3, 4]]), { out })
    expect(out.at(0, 0).item()).toBeCloseTo(0.6, 6)
  })

  it('refuse what Python refuses', () => {
    expect(() => F.instance_norm(torch.ones([1, 2, 1]))).toThrow(
      'Expected more than 1 spatial element when training, got input size torch.Size([1, 2, 1])',
    )
    expect(() => F.group_norm(torch.ones([2]), 1)).toThrow(
      'Expected at least 2 dimensions for input tensor but received 1',
    )
    expect(() => F.local_response_norm(torch.ones([2, 2]), 1)).toThrow(torch.ValueError)
  })
})

describe('dropout', () => {
  it('scales what it keeps, in training only', () => {
    torch.manual_seed(0)
    const x = torch.ones([1000])
    const y = F.dropout(x, 0.5)
    expect(new Set(y.tolist() as number[])).toEqual(new Set([0, 2]))
    expect(F.dropout(x, 0.5, false).sum().item()).toBe(1000)
    const channels = F.dropout1d(torch.ones([50, 3]), 0.5)
    for (const row of channels.tolist() as number[][]) expect(new Set(row).size).toBe(1)
  })

  it('refuses what is no probability and no channel', () => {
    expect(() => F.dropout(torch.ones([2]), 1.5)).toThrow('dropout probability has to be between 0 and 1, but got 1.5')
    expect(() => F.dropout1d(torch.ones([2]))).toThrow('dropout1d: Expected 2D or 3D input, but received a 1D input.')
  })
})
