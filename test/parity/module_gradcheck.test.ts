/**
 * `gradcheck` and `gradgradcheck` of every module of PyTorch's own database, also of those that PyTorch's tests skip: what
 * fails here has to fail in Python, for the same reason. A slice of the inputs, all of them with TORCH_NODE_GRADCHECK=all.
 */
import { writeSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, describe, expect, it } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { drawModules, type ModuleCase } from './module_db.js'
import { checkModule, type Order } from './module_gradcheck.js'
import { PythonDialogue, python } from './python.js'

const seed = 0
const all = process.env.TORCH_NODE_GRADCHECK === 'all'
/** Inputs of each module in a slice. */
const SLICE = 2

/** As many as a slice has, from all over the list. */
function slice(cases: ModuleCase[]): ModuleCase[] {
  if (all || cases.length <= SLICE) return cases
  const step = cases.length / SLICE
  return Array.from({ length: SLICE }, (_, i) => cases[Math.floor(i * step + (seed % step))]!)
}

const firstLine = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!
/** Which output and input fast mode names first depends on the directions that it draws. */
const withoutPlace = (line: string): string => line.replace(/ for output \d+ with respect to input \d+,$/, '')

describe.skipIf(!python)('derivatives of modules by differences', () => {
  const { modules, cases, bytes } = drawModules(python, 'float64', { seed, inputsOnly: true })
  const threads = torch.get_num_threads()
  torch.set_num_threads(1)
  const dialogue = python ? new PythonDialogue(join(packageRoot, 'test/parity/module_gradcheck.py'), `${seed}`) : null
  const counts = { grad: { modules: 0, inputs: 0, checks: 0 }, gradgrad: { modules: 0, inputs: 0, checks: 0 } }
  /** What neither language can, by module and reason. */
  const neither: string[] = []

  for (const facts of modules) {
    const differing = cases.filter(({ name, training }) => name === facts.name && (training || facts.differ))
    for (const order of ['grad', 'gradgrad'] as Order[]) {
      it(`${order}check of ${facts.name}`, { timeout: all ? 1_200_000 : 60_000 }, async () => {
        const wrong: string[] = []
        const reasons = new Map<string, number>()
        const own = slice(differing)
        for (const sample of own) {
          const { name, training, index } = sample
          try {
            counts[order].checks += checkModule(sample, bytes, order, all && index < 2)
            counts[order].inputs++
          } catch (error) {
            const mine = firstLine(error)
            const told = (await dialogue!.ask({ name, training, index, order })) as string
            if (withoutPlace(mine) !== withoutPlace(told))
              wrong.push(`input ${index}, training ${training}: ${mine}; Python: ${told}`)
            reasons.set(mine, (reasons.get(mine) ?? 0) + 1)
          }
        }
        expect(own.length).toBeGreaterThan(0)
        expect(wrong).toEqual([])
        if (reasons.size === 0) counts[order].modules++
        const skip = facts[order] === null ? '' : `, which the database skips (${facts[order]})`
        for (const [reason, count] of reasons)
          neither.push(`${order}check of ${facts.name}${skip}: ${count} of ${own.length} inputs: ${reason}`)
      })
    }
  }

  afterAll(() => {
    dialogue?.end()
    torch.set_num_threads(threads)
    const lines = (['grad', 'gradgrad'] as const).map(order => {
      const { modules: right, inputs, checks } = counts[order]
      return `${order}check: ${right} of ${modules.length} modules right in all inputs (${inputs} inputs, ${checks} checks)`
    })
    // Written past vitest, which keeps what a passing file prints to itself.
    writeSync(1, `${[...lines, ...neither.map(line => `  fails in Python too: ${line}`)].join('\n')}\n`)
  })
})
