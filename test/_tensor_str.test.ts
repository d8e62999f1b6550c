import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'

// What Python 2.13 prints; test/parity/printing.test.ts asks it live.
describe('printing', () => {
  afterEach(() => torch.set_printoptions({ profile: 'default' }))

  it.each([
    ['a float', () => torch.tensor(1.5), 'tensor(1.5000)'],
    [
      'whole floats',
      () =>
        torch.tensor([
          [1, 2],
          [3, 4],
        ]),
      'tensor([[1., 2.],\n        [3., 4.]])',
    ],
    ['ties to even', () => torch.tensor([0.03125, -0.0]), 'tensor([0.0312, -0.0000])'],
    ['specials', () => torch.tensor([1, Number.NaN, -1 / 0]), 'tensor([1., nan, -inf])'],
    ['a wide range', () => torch.tensor([1, 1e-5]), 'tensor([1.0000e+00, 1.0000e-05])'],
    ['integers', () => torch.tensor([1n, -20n]), 'tensor([  1, -20])'],
    ['int64 beyond 2**53', () => torch.tensor([2n ** 60n]), 'tensor([1152921504606846976])'],
    ['booleans', () => torch.tensor([true, false]), 'tensor([ True, False])'],
    ['complex', () => torch.tensor([new torch.Complex(1, -2)]), 'tensor([1.-2.j])'],
    [
      'a dtype that is not the default',
      () => torch.tensor([1], { dtype: torch.int8 }),
      'tensor([1], dtype=torch.int8)',
    ],
    ['nothing', () => torch.tensor([]), 'tensor([])'],
    ['no rows', () => torch.zeros([0, 3], { dtype: torch.int64 }), 'tensor([], size=(0, 3), dtype=torch.int64)'],
    ['a leaf', () => torch.ones(1, { requires_grad: true }), 'tensor([1.], requires_grad=True)'],
    ['a result', () => torch.ones(1, { requires_grad: true }).exp(), 'tensor([2.7183], grad_fn=<ExpBackward0>)'],
    ['meta', () => torch.zeros([2], { device: 'meta' }), "tensor(..., device='meta', size=(2,))"],
    ['many', () => torch.arange(1001), 'tensor([   0,    1,    2,  ...,  998,  999, 1000])'],
    [
      'sparse',
      () => torch.tensor([0, 5]).to_sparse(),
      'tensor(indices=tensor([[1]]),\n       values=tensor([5.]),\n       size=(2,), nnz=1, layout=torch.sparse_coo)',
    ],
  ] as [string, () => torch.Tensor, string][])('of %s', (_, make, text) => {
    expect(String(make())).toBe(text)
  })

  it('follows set_printoptions', () => {
    torch.set_printoptions({ precision: 2, threshold: 5, edgeitems: 1 })
    expect(torch.get_printoptions()).toMatchObject({ precision: 2, threshold: 5, edgeitems: 1, linewidth: 80 })
    expect(String(torch.arange(6).div(4))).toBe('tensor([0.00,  ..., 1.25])')
    torch.set_printoptions({ profile: 'full', sci_mode: true })
    expect(String(torch.tensor([12.5]))).toBe('tensor([1.2500e+01])')
    torch.set_printoptions({ linewidth: 20, profile: 'default' })
    expect(String(torch.arange(6))).toBe('tensor([0, 1, 2, 3,\n        4, 5])')
    expect(() => torch.set_printoptions({ precision: -1 })).toThrow(TypeError)
    expect(() => torch.set_printoptions({ profile: 'long' as 'full' })).toThrow(TypeError)
    expect(() => torch.set_printoptions({ precission: 1 } as object)).toThrow('precission')
  })

  it('leaves no trace: no gradient, no tensor of a scope', () => {
    const x = torch.ones(2000, { requires_grad: true })
    const before = x._version
    torch.scope(() => String(x))
    expect([String(x).includes('...'), x._version]).toEqual([true, before])
  })
})
