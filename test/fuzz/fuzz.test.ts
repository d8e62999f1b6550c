import { expect, it } from 'vitest'
import { fuzz } from './fuzz.js'

it('every call returns or throws a TypeError or TorchError', { timeout: 180_000 }, async () => {
  // Another seed than the full run's default, so that the two together see more.
  const report = await fuzz({ seed: 7, calls: 6_000 })
  expect(report.crashes).toEqual([])
  expect(report.breaches.filter(breach => !breach.error.startsWith('took'))).toEqual([])
  expect(report.returned).toBeGreaterThan(600)
  expect(report.threw).toBeGreaterThan(600)
})
