/** Results as nested lists of numbers, for what Python tells as JSON. */
import * as torch from 'torch-node'
import { expect } from 'vitest'

export type Many = torch.Tensor | null | readonly Many[]

/** Nested lists of a result's elements, a complex number as a list of two. */
export function numbers(value: Many): unknown {
  if (value === null) return null
  if (Array.isArray(value)) return (value as readonly Many[]).map(numbers)
  const t = (value as torch.Tensor).detach()
  return (t.is_complex() ? torch.view_as_real(t.resolve_conj()) : t).to(torch.float64).tolist()
}

/** Nested lists of numbers, equal to a relative difference. */
export function expectClose(mine: unknown, told: unknown, what: string, rtol = 1e-5): void {
  if (Array.isArray(told)) {
    expect(Array.isArray(mine) && mine.length, what).toBe(told.length)
    for (const [i, part] of told.entries()) expectClose((mine as unknown[])[i], part, what, rtol)
    return
  }
  if (typeof told !== 'number') return expect(mine, what).toBe(told)
  const far = Math.abs((mine as number) - told)
  expect(far, `${what}: ${String(mine)} against ${told}`).toBeLessThanOrEqual(rtol / 10 + rtol * Math.abs(told))
}
