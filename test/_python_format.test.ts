import { describe, expect, it } from 'vitest'
import { floatRepr, formatExponent, formatFixed, formatGeneral } from '#lib/_python_format.js'

describe('Python’s float formats', () => {
  it('.nf: ties to even, the sign of zero, no exponents', () => {
    expect([0.5, 1.5, 2.5, -2.5].map(v => formatFixed(v, 0))).toEqual(['0', '2', '2', '-2'])
    expect([0.03125, 0.09375, 0.125].map(v => formatFixed(v, 4))).toEqual(['0.0312', '0.0938', '0.1250'])
    expect(formatFixed(-0, 4)).toBe('-0.0000')
    expect(formatFixed(1e22, 1)).toBe('10000000000000000000000.0')
    expect([Number.NaN, -1 / 0].map(v => formatFixed(v, 2))).toEqual(['nan', '-inf'])
  })

  it('.ne: two digits of exponent, ties to even', () => {
    expect(formatExponent(0.00012345, 4)).toBe('1.2345e-04')
    expect(formatExponent(2.5, 0)).toBe('2e+00')
    expect(formatExponent(0, 2)).toBe('0.00e+00')
    expect(formatExponent(-1e100, 1)).toBe('-1.0e+100')
  })

  it('g and repr', () => {
    expect([1e6, 123456, 1e-5, 0.0001, 0.000976562].map(v => formatGeneral(v))).toEqual([
      '1e+06',
      '123456',
      '1e-05',
      '0.0001',
      '0.000976562',
    ])
    expect([1, 0.1, 1e16, 1e15, 1e-5, 0.0001, -0, 5e-324].map(floatRepr)).toEqual([
      '1.0',
      '0.1',
      '1e+16',
      '1000000000000000.0',
      '1e-05',
      '0.0001',
      '-0.0',
      '5e-324',
    ])
  })
})
