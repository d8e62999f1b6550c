import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { draw, type Outcome, runCase } from './opinfo.js'
import { python } from './python.js'
import { causes, summarize, table } from './report.js'
import { type Drawn, readDrawn } from './values.js'

describe.skipIf(!python)('PyTorch’s operator database, the first sample of each entry', () => {
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-'))
  let drawn: Drawn
  let outcomes: Outcome[]

  beforeAll(() => {
    draw(python!, folder, { seed: 0, samples: 1, fallback: true })
    drawn = readDrawn(folder)
    const threads = torch.get_num_threads()
    torch.set_num_threads(1)
    outcomes = drawn.cases.map(sample => runCase(sample, drawn.bytes))
    torch.set_num_threads(threads)
    console.log(table(summarize(drawn.cases, outcomes)).join('\n'))
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('holds all entries of the database', () => {
    const entries = new Set(drawn.cases.map(({ name, variant }) => `${name} ${variant}`))
    expect(entries.size).toBe(drawn.entries)
    expect(new Set(drawn.cases.map(({ name }) => name)).size).toBe(drawn.names.length)
  })

  it('finds a public function or method for every name', () => {
    expect(summarize(drawn.cases, outcomes).unresolved).toEqual([])
  })

  it('gets Python’s result for at least 95 %', () => {
    const { samples, equal } = summarize(drawn.cases, outcomes).total
    expect(samples).toBeGreaterThan(600)
    expect(equal / samples, causes(drawn.cases, outcomes, 'failing').join('\n')).toBeGreaterThanOrEqual(0.95)
  })
})
