import * as torch from 'torch-node'
import * as F from 'torch-node/nn/functional'
import { describe, expect, it } from 'vitest'
import { warningThatStarts } from '../../support/warnings.js'

const classes = (...values: number[]) => torch.tensor(values, { dtype: torch.int64 })

describe('losses of classes', () => {
  it('agree with each other', () => {
    const scores = torch.tensor([
      [1, 2, 3],
      [0, 0, 0],
    ])
    const target = classes(2, 0)
    const loss = F.cross_entropy(scores, target).item() as number
    expect(loss).toBeCloseTo((Math.log(Math.exp(-2) + Math.exp(-1) + 1) + Math.log(3)) / 2, 6)
    expect(F.nll_loss(F.log_softmax(scores, 1), target).item()).toBeCloseTo(loss, 6)
    const none = F.cross_entropy(scores, target, { reduction: 'none' })
    expect(none.shape).toEqual([2])
    expect(none.mean().item()).toBeCloseTo(loss, 6)
    expect(F.cross_entropy(scores, target, { ignore_index: 2 }).item()).toBeCloseTo(Math.log(3), 6)
    const identity = torch.eye(3)
    expect(F.linear_cross_entropy(scores, identity, target).item()).toBeCloseTo(loss, 6)
  })

  it('take probabilities', () => {
    const p = torch.tensor([0.25, 0.5])
    const y = torch.tensor([0, 1])
    const expected = -(Math.log(0.75) + Math.log(0.5)) / 2
    expect(F.binary_cross_entropy(p, y).item()).toBeCloseTo(expected, 6)
    expect(F.binary_cross_entropy_with_logits(torch.logit(p), y).item()).toBeCloseTo(expected, 6)
    const weighted = F.binary_cross_entropy(p, y, torch.tensor([2])).item()
    expect(weighted).toBeCloseTo(2 * expected, 6)
    expect(() => F.binary_cross_entropy(p, torch.ones([3]))).toThrow(
      'Using a target size (torch.Size([3])) that is different to the input size (torch.Size([2])) is deprecated.',
    )
    expect(() => F.binary_cross_entropy_with_logits(p, torch.ones([3]))).toThrow(torch.ValueError)
  })

  it('divide the divergence by the batch', () => {
    const input = torch.full([2, 2], Math.log(0.5))
    const target = torch.tensor([
      [1, 0],
      [0.5, 0.5],
    ])
    expect(F.kl_div(input, target, { reduction: 'sum' }).item()).toBeCloseTo(Math.LN2, 6)
    expect(F.kl_div(input, target, { reduction: 'batchmean' }).item()).toBeCloseTo(Math.LN2 / 2, 6)
  })

  it('refuse what Python refuses', () => {
    const x = torch.ones([2, 2])
    // @ts-expect-error: no such reduction
    expect(() => F.cross_entropy(x, classes(0, 1), { reduction: 'average' })).toThrow(
      'average is not a valid value for reduction',
    )
    expect(() => F.multi_margin_loss(x, classes(0, 1), 3)).toThrow('only p == 1 and p == 2 supported')
    expect(() => F.cross_entropy(x, classes(0, 7))).toThrow(torch.IndexError)
    expect(() => F.linear_cross_entropy(x, torch.ones([3, 3]), classes(0, 1))).toThrow(
      'expected equal input and linear_weight last dimensions (in_features), got 2 and 3, respectively',
    )
  })
})

describe('losses of values', () => {
  const x = torch.tensor([1, 2, 3])
  const y = torch.tensor([1, 0, 0])

  it('reduce as asked', () => {
    expect(F.mse_loss(x, y).item()).toBeCloseTo(13 / 3, 6)
    expect(F.mse_loss(x, y, { reduction: 'sum' }).item()).toBe(13)
    expect(F.mse_loss(x, y, { reduction: 'none' }).tolist()).toEqual([0, 4, 9])
    expect(F.l1_loss(x, y, { weight: torch.tensor([0, 1, 3]) }).item()).toBe(2.75)
    expect(F.huber_loss(x, y, 'sum').item()).toBe(4)
    expect(F.huber_loss(x, y, { weight: torch.tensor([0, 0, 3]) }).item()).toBe(2.5)
    expect(F.smooth_l1_loss(x, y, { beta: 0, reduction: 'sum' }).item()).toBe(5)
  })

  it('keep the meaning of size_average and reduce', () => {
    expect(F.mse_loss(x, y, false).item()).toBe(13)
    expect(F.l1_loss(x, y, { reduce: false }).tolist()).toEqual([0, 2, 3])
  })

  it('broadcast, and warn of it', async () => {
    const warning = warningThatStarts('Using a target size (torch.Size([1])) that is different to the input size')
    expect(F.mse_loss(x, torch.tensor([0]), { reduction: 'sum' }).item()).toBe(14)
    await warning
  })

  it('take variances as numbers and tensors', () => {
    const one = torch.ones([3])
    const loss = F.gaussian_nll_loss(x, y, one).item()
    expect(loss).toBeCloseTo(13 / 6, 6)
    expect(F.gaussian_nll_loss(x, y, 1).item()).toBeCloseTo(loss as number, 6)
    expect(F.gaussian_nll_loss(x, y, torch.tensor([1])).item()).toBeCloseTo(loss as number, 6)
    expect(() => F.gaussian_nll_loss(x, y, -1)).toThrow('var has negative entry/entries')
    expect(() => F.gaussian_nll_loss(x, y, torch.ones([2]))).toThrow('var is of incorrect size')
    const variance = torch.ones([3], { requires_grad: true })
    F.gaussian_nll_loss(x, y, variance).backward()
    expect(variance.grad!.shape).toEqual([3])
  })

  it('take a distance of one’s own', () => {
    const [a, p, n] = [torch.zeros([2, 3]), torch.zeros([2, 3]), torch.ones([2, 3])]
    const distance = (u: torch.Tensor, v: torch.Tensor) => u.sub(v).abs().sum(1)
    expect(F.triplet_margin_with_distance_loss(a, p, n, { distance_function: distance, margin: 4 }).item()).toBe(1)
    expect(() => F.triplet_margin_with_distance_loss(a, p, n, { margin: 0 })).toThrow(
      'margin must be greater than 0, got 0',
    )
    expect(() => F.triplet_margin_loss(a, p, n, -1)).toThrow(torch.ValueError)
  })
})

describe('linear_cross_entropy in chunks', () => {
  const leaves = () => {
    torch.manual_seed(0)
    const make = (...shape: number[]) => torch.randn(shape).requires_grad_()
    return [make(5, 3), make(4, 3), make(4)] as const
  }
  const target = classes(0, 3, 1, 2, 1)

  it('is the loss of all at once, gradients too', () => {
    for (const reduction of ['mean', 'sum', 'none'] as const) {
      const [[x, w, b], [x2, w2, b2]] = [leaves(), leaves()]
      const keywords = { reduction, ignore_index: 1, weight: torch.tensor([1, 2, 3, 4]) }
      const whole = F.linear_cross_entropy(x, w, target, { ...keywords, linear_bias: b })
      const options = new torch.nn.LinearCrossEntropyOptions({ batch_chunk_size: 2 })
      const chunked = F.linear_cross_entropy(x2, w2, target, { ...keywords, linear_bias: b2, options })
      expect(torch.allclose(whole, chunked)).toBe(true)
      whole.pow(2).sum().backward()
      chunked.pow(2).sum().backward()
      for (const [one, other] of [
        [x, x2],
        [w, w2],
        [b, b2],
      ] as const)
        expect(torch.allclose(one.grad!, other.grad!, { atol: 1e-6 })).toBe(true)
    }
  })

  it('goes backward again only where that was allowed', () => {
    const [x, w] = leaves()
    const once = F.linear_cross_entropy(x, w, target, { options: {} })
    once.backward(null, { retain_graph: true })
    expect(() => once.backward()).toThrow('linear_cross_entropy chunked backward called twice')
    const often = F.linear_cross_entropy(x, w, target, { options: { allow_retain_graph: true } })
    often.backward(null, { retain_graph: true })
    often.backward()
  })

  it('takes one row alone, and refuses wrong options', () => {
    const [x, w] = leaves()
    const row = F.linear_cross_entropy(x.at(0), w, torch.tensor(2, { dtype: torch.int64 }), { options: {} })
    expect(row.dim()).toBe(0)
    const make = (fields: object) => () => new torch.nn.LinearCrossEntropyOptions(fields)
    expect(make({ batch_chunk_size: 0 })).toThrow('batch_chunk_size must be positive int or None, got 0')
    expect(make({ chunking_method: 'aspect_ratio:0' })).toThrow('invalid chunking_method: aspect_ratio:0')
    expect(make({ acc_policy: 'quick' })).toThrow(torch.ValueError)
    expect(() =>
      F.linear_cross_entropy(x, w, target, { options: { batch_chunk_size: 3, chunking_method: 'aspect_ratio' } }),
    ).toThrow("batch_chunk_size (=3) and chunking_method ('aspect_ratio') give different chunk sizes")
  })
})
