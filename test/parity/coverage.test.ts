import { describe, expect, it } from 'vitest'
import { coverage, inventory, totals } from './coverage.js'
import { python } from './python.js'

describe.skipIf(!python)('PyTorch’s public names', () => {
  const result = python ? coverage(inventory()) : null

  it('all exist here or have a reason in docs/differences.md', () => {
    const missing = result!.rows.flatMap(row => row.missing.map(name => `${row.namespace}.${name}`))
    expect(missing).toEqual([])
    expect(totals(result!).names).toBeGreaterThan(2400)
  })

  it('are excused in less than 3 %, and never where they exist', () => {
    const { names, excused } = totals(result!)
    expect(excused / names).toBeLessThan(0.03)
    expect(result!.idle).toEqual([])
  })
})
