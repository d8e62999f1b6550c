/**
 * Every module of PyTorch's own database: first weights, printed form, state, outputs, gradients, second derivatives, in
 * training and evaluation, float32 and float64, in both languages.
 */
import { writeSync } from 'node:fs'
import * as torch from 'torch-node'
import { afterAll, describe, expect, it } from 'vitest'
import { drawModules, runModuleCase } from './module_db.js'
import { python } from './python.js'

describe.skipIf(!python).each(['float32', 'float64'] as const)("PyTorch's module database, %s", dtype => {
  const { modules, cases, bytes } = drawModules(python, dtype)
  const threads = torch.get_num_threads()
  torch.set_num_threads(1)
  const failures: string[] = []
  const twice = new Set<string>()
  const inexact = new Set<string>()
  let [inputs, exact] = [0, 0]
  for (const { name } of modules) {
    it(name, () => {
      const own = cases.filter(sample => sample.name === name)
      const wrong: string[] = []
      for (const sample of own) {
        const outcome = runModuleCase(sample, bytes)
        inputs++
        if (outcome.exact && !outcome.wrong) exact++
        else inexact.add(name)
        if (outcome.twice) twice.add(name)
        const where = `${sample.training ? 'training' : 'evaluation'} ${sample.index}`
        if (outcome.wrong) wrong.push(`${where}: ${outcome.wrong}`)
      }
      if (wrong.length > 0) failures.push(`${name}: ${wrong.length} of ${own.length} inputs, the first ${wrong[0]}`)
      expect(own.length).toBeGreaterThan(0)
      expect(wrong).toEqual([])
    })
  }
  afterAll(() => {
    torch.set_num_threads(threads)
    const lines = [
      `modules, ${dtype}: ${modules.length} in all (${inputs} inputs), ${modules.length - failures.length} equal, ${failures.length} failing`,
      `  ${exact} inputs exactly equal, the others are of ${[...inexact].join(', ') || 'none'}`,
      `  double backward compared for ${twice.size} modules, refused by both for the others`,
    ]
    // Written past vitest, which keeps what a passing file prints to itself.
    writeSync(1, `${[...lines, ...failures.map(failure => `  ${failure}`)].join('\n')}\n`)
  })
})
