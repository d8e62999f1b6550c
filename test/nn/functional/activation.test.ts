import * as torch from 'torch-node'
import * as F from 'torch-node/nn/functional'
import { describe, expect, it } from 'vitest'
import { warningThatStarts } from '../../support/warnings.js'

const x = torch.tensor([-2, -0.5, 0, 0.5, 2])

describe('activations', () => {
  it('are elementwise', () => {
    expect(F.relu(x).tolist()).toEqual([0, 0, 0, 0.5, 2])
    expect(F.relu6(torch.tensor([-1, 5, 9])).tolist()).toEqual([0, 5, 6])
    expect(F.hardtanh(x).tolist()).toEqual([-1, -0.5, 0, 0.5, 1])
    expect(F.leaky_relu(x, 0.5).tolist()).toEqual([-1, -0.25, 0, 0.5, 2])
    expect(F.threshold(x, 0.25, 9).tolist()).toEqual([9, 9, 9, 0.5, 2])
    expect(F.hardshrink(x).tolist()).toEqual([-2, 0, 0, 0, 2])
    expect(F.softshrink(x).tolist()).toEqual([-1.5, -0, 0, 0, 1.5])
    expect(F.softsign(torch.tensor([1, -3])).tolist()).toEqual([0.5, -0.75])
    expect(F.prelu(x, torch.tensor([0.5])).tolist()).toEqual([-1, -0.25, 0, 0.5, 2])
    expect(F.glu(torch.tensor([3, 0])).tolist()).toEqual([1.5])
  })

  it('change their input where inplace says so', () => {
    const y = x.clone()
    const result = F.relu(y, { inplace: true })
    expect(y.tolist()).toEqual([0, 0, 0, 0.5, 2])
    expect(result.data_ptr()).toBe(y.data_ptr())
    expect(F.hardtanh_(torch.tensor([5])).tolist()).toEqual([1])
    expect(x.tolist()).toEqual([-2, -0.5, 0, 0.5, 2])
  })

  it('refuse what Python refuses, in its words', () => {
    expect(() => F.hardtanh(x, 1, -1)).toThrow('min_val cannot be greater than max_val')
    expect(() => F.hardtanh(x, 1, -1)).toThrow(torch.ValueError)
    expect(() => F.glu(torch.tensor(1))).toThrow('glu does not support scalars because halving size must be even')
    // @ts-expect-error: not a tensor
    expect(() => F.relu(3)).toThrow(TypeError)
    // @ts-expect-error: no such parameter
    expect(() => F.relu(x, { in_place: true })).toThrow("relu() got an unexpected keyword argument 'in_place'")
  })

  it('carry gradients', () => {
    const leaf = torch.tensor([-1, 2], { requires_grad: true })
    F.silu(leaf).sum().backward()
    expect(leaf.grad!.at(0).item()).toBeCloseTo(0.0723, 4)
    expect(leaf.grad!.at(1).item()).toBeCloseTo(1.0908, 4)
  })
})

describe('softmax', () => {
  it('sums to one along dim, in the dtype that is asked for', () => {
    const y = F.softmax(torch.ones([2, 4]), 1)
    expect(y.tolist()).toEqual([
      [0.25, 0.25, 0.25, 0.25],
      [0.25, 0.25, 0.25, 0.25],
    ])
    expect(F.softmax(x, 0, { dtype: torch.float64 }).dtype).toBe(torch.float64)
    expect(
      F.log_softmax(torch.zeros([2]), 0)
        .at(0)
        .item(),
    ).toBeCloseTo(-Math.LN2, 6)
    expect(F.softmin(torch.tensor([1, 1]), 0).tolist()).toEqual([0.5, 0.5])
  })

  it('chooses a dimension as Python once did, and warns', async () => {
    const warning = warningThatStarts('Implicit dimension choice for softmax has been deprecated')
    expect(F.softmax(torch.ones([2, 2])).tolist()).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ])
    await warning
  })

  it('draws one-hot samples whose gradient is the soft one', () => {
    torch.manual_seed(0)
    const logits = torch.randn([5, 3], { requires_grad: true })
    const sample = F.gumbel_softmax(logits, { tau: 0.5, hard: true })
    expect(sample.sum(1).tolist()).toEqual([1, 1, 1, 1, 1])
    sample.at('...', 0).sum().backward()
    expect(logits.grad!.abs().sum().item()).toBeGreaterThan(0)
  })
})
