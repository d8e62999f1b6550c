import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { windows } = torch.signal

describe('windows', () => {
  it('are symmetric, or periodic where told', () => {
    expect(windows.bartlett(5).tolist()).toEqual([0, 0.5, 1, 0.5, 0])
    expect(windows.bartlett(4, { sym: false }).tolist()).toEqual([0, 0.5, 1, 0.5])
    const hann = windows.hann(5, { dtype: torch.float64 }).tolist() as number[]
    for (const [i, expected] of [0, 0.5, 1, 0.5, 0].entries()) expect(hann[i]).toBeCloseTo(expected, 12)
    expect(windows.general_hamming(5, { alpha: 0.5 }).tolist()).toEqual(windows.hann(5).tolist())
    expect(windows.general_cosine(5, { a: [0.5, 0.5] }).tolist()).toEqual(windows.hann(5).tolist())
    expect(windows.gaussian(3, { std: 2 }).at(0).item()).toBeCloseTo(Math.exp(-1 / 8), 6)
    expect(windows.exponential(3, { tau: 2 }).at(0).item()).toBeCloseTo(Math.exp(-1 / 2), 6)
    expect(windows.kaiser(5).at(2).item()).toBe(1)
  })

  it('have the dtype and gradient that are asked for', () => {
    expect(windows.cosine(3, { dtype: torch.float64 }).dtype).toBe(torch.float64)
    expect(windows.nuttall(3, { requires_grad: true }).requires_grad).toBe(true)
    for (const make of [windows.blackman, windows.hamming, windows.kaiser, windows.cosine]) {
      expect(make(0).shape).toEqual([0])
      expect(make(1).shape).toEqual([1])
    }
  })

  it('refuse what Python refuses', () => {
    expect(() => windows.hann(-1)).toThrow('general_cosine requires non-negative window length, got M=-1')
    expect(() => windows.hann(3, { dtype: torch.int64 })).toThrow(
      'general_cosine expects float32 or float64 dtypes, got: torch.int64',
    )
    expect(() => windows.exponential(3, { tau: 0 })).toThrow('Tau must be positive, got: 0 instead.')
    expect(() => windows.exponential(3, { center: 1 })).toThrow('Center must be None for symmetric windows')
    expect(() => windows.general_cosine(3, { a: [] })).toThrow('Coefficients cannot be empty')
    // @ts-expect-error: sym is keyword-only
    expect(() => windows.hann(3, true)).toThrow('hann() takes 1 positional arguments but 2 were given')
  })
})
