import * as torch from 'torch-node'
import { beforeAll, describe, expect, it } from 'vitest'
import { CHECKS, runCase } from './checks.js'
import { draw } from './opinfo.js'
import { python } from './python.js'
import { COLUMNS, describeGroup, groups, type Result, resultsOf, summarize, table } from './report.js'
import type { Drawn } from './values.js'

/** New samples each day; `TORCH_NODE_PARITY_SEED` repeats those of another. */
const seed = Number(process.env.TORCH_NODE_PARITY_SEED ?? new Date().toISOString().slice(0, 10).replaceAll('-', ''))

/** Beside float32. */
const otherDtype = ['float64', 'int64', 'bool', 'bfloat16', 'complex64'][seed % 5]!

describe.skipIf(!python)(
  `PyTorch’s operator database, float32 and ${otherDtype} (TORCH_NODE_PARITY_SEED=${seed})`,
  () => {
    const results: Result[] = []
    let head: Pick<Drawn, 'entries' | 'names'>

    beforeAll(async () => {
      const threads = torch.get_num_threads()
      torch.set_num_threads(1)
      const dtypes = ['float32', otherDtype]
      const options = { seed, samples: 1, dtypes, fallback: true, gradients: true, forward: true, variants: true }
      for await (const { cases, bytes, ...rest } of draw(options)) {
        head = rest
        const outcomes = cases.map(sample => runCase(sample, bytes))
        results.push(...resultsOf(cases, outcomes))
      }
      torch.set_num_threads(threads)
      console.log(`TORCH_NODE_PARITY_SEED=${seed}\n${table(summarize(results)).join('\n')}`)
    }, 240_000)

    it('holds all entries of the database', () => {
      const entries = new Set(results.map(({ name, variant }) => `${name} ${variant}`))
      expect(entries.size).toBe(head.entries)
      expect(new Set(results.map(({ name }) => name)).size).toBe(head.names.length)
    })

    it('finds a public function or method for every name', () => {
      expect(summarize(results).unresolved).toEqual([])
    })

    it.each(COLUMNS)('gets Python’s result for at least 99 %: %s', column => {
      const { counts } = summarize(results).total
      const atLeast = {
        float32: 600,
        'other dtypes': 10,
        method: 200,
        'in-place': 80,
        alias: 50,
        gradients: 450,
      } as const
      expect(counts[column].all).toBeGreaterThan((atLeast as Record<string, number>)[column] ?? 400)
      const failing = groups(results, 'failing').map(describeGroup)
      expect(counts[column].share, failing.join('\n')).toBeGreaterThanOrEqual(0.99)
    })

    it('compares every kind of call', () => {
      expect(new Set(results.flatMap(({ checks }) => Object.keys(checks)))).toEqual(new Set(CHECKS))
    })
  },
)
