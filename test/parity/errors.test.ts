/** Every call that PyTorch's databases list as wrong throws here what it throws in Python. */
import { mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type DrawnErrors,
  drawErrors,
  type ErrorOutcome,
  type ErrorStatus,
  normalized,
  runErrorCase,
} from './errors.js'
import { errorCauses, errorTable, summarizeErrors } from './errors_report.js'
import { python } from './python.js'

describe.skipIf(!python)("the wrong calls of PyTorch's databases", () => {
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-errors-'))
  let drawn: DrawnErrors
  let outcomes: ErrorOutcome[]
  const those = (...statuses: ErrorStatus[]) => errorCauses(drawn.cases, outcomes, ...statuses)

  beforeAll(() => {
    drawn = drawErrors(python!, folder)
    outcomes = drawn.cases.map(sample => runErrorCase(sample, drawn.bytes))
    // Written past vitest, which keeps what a passing file prints to itself.
    writeSync(1, `${errorTable(drawn.cases, outcomes).join('\n')}\n`)
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  it('are all there', () => {
    const count = (database: string) => drawn.cases.filter(sample => sample.database === database).length
    expect(count('op')).toBeGreaterThan(700)
    expect(count('module')).toBeGreaterThan(80)
    expect(count('optim')).toBeGreaterThan(100)
    expect(those('skipped').length, those('skipped').join('\n')).toBeLessThan(40)
  })

  it('throw', () => expect(those('does not throw')).toEqual([]))

  it("throw the class of Python's error", () => expect(those('other class')).toEqual([]))

  it('say what Python says, at least 98 %', () => {
    const { calls, equal } = summarizeErrors(outcomes)
    expect(equal / calls, those('other text').join('\n')).toBeGreaterThanOrEqual(0.98)
  })

  it('are told from calls that throw something else, or nothing', () => {
    const index = drawn.cases.findIndex(({ name }) => name === 'nn.functional.adaptive_avg_pool2d')
    const sample = drawn.cases[index]!
    expect(runErrorCase(sample, drawn.bytes).status).toBe('equal')
    expect(runErrorCase({ ...sample, message: 'other words' }, drawn.bytes).status).toBe('other text')
    expect(runErrorCase({ ...sample, classes: ['IndexError'] }, drawn.bytes).status).toBe('other class')
    const right = { ...sample, args: [{ $tensor: oneByOne }, 1], kwargs: {} }
    expect(runErrorCase(right, drawn.bytes).status).toBe('does not throw')
  })
})

const oneByOne = { dtype: 'float32', shape: [1, 1, 1], strides: [1, 1, 1], offset: 0, data: [0, 4], layout: 'strided' }

describe('texts to compare', () => {
  it('are equal where only JavaScript makes the difference', () => {
    expect(normalized('must be int, not float: 2.0')).toBe(normalized('must be int, not int: 2'))
    expect(normalized("<class 'Complex'>")).toBe(normalized("<class 'complex'>"))
  })

  it('are not where there is another', () => {
    expect(normalized('2.05')).not.toBe(normalized('25'))
    expect(normalized('a float32')).not.toBe(normalized('a int32'))
  })
})
