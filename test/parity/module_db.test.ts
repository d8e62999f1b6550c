/** Every module of PyTorch's own database: first weights, printed form, state, outputs, gradients, in both languages. */
import { mkdtempSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, describe, expect, it } from 'vitest'
import { type DrawnModules, drawModules, runModuleCase } from './module_db.js'
import { python } from './python.js'

function draw(): DrawnModules {
  if (!python) return { names: [], cases: [], bytes: new Uint8Array(0) }
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-modules-'))
  try {
    return drawModules(python, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe.skipIf(!python)("PyTorch's module database", () => {
  const { names, cases, bytes } = draw()
  const threads = torch.get_num_threads()
  torch.set_num_threads(1)
  const failures: string[] = []
  for (const name of names) {
    it(name, () => {
      const own = cases.filter(sample => sample.name === name)
      const wrong: string[] = []
      for (const sample of own) {
        const where = `${sample.training ? 'training' : 'evaluation'} ${sample.index}`
        try {
          const found = runModuleCase(sample, bytes)
          if (found) wrong.push(`${where}: ${found}`)
        } catch (error) {
          wrong.push(`${where}: ${String(error)}`)
        }
      }
      if (wrong.length > 0) failures.push(`${name}: ${wrong.length} of ${own.length} inputs, the first ${wrong[0]}`)
      expect(own.length).toBeGreaterThan(0)
      expect(wrong).toEqual([])
    })
  }
  afterAll(() => {
    torch.set_num_threads(threads)
    const equal = names.length - failures.length
    const lines = [
      `modules: ${names.length} in all (${cases.length} inputs), ${equal} equal, ${failures.length} failing`,
    ]
    // Written past vitest, which keeps what a passing file prints to itself.
    writeSync(1, `${[...lines, ...failures.map(failure => `  ${failure}`)].join('\n')}\n`)
  })
})
