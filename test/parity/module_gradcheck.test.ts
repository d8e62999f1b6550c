import { writeSync } from 'node:fs'
import * as torch from 'torch-node'
import { afterAll, describe, expect, it } from 'vitest'
import { drawModules } from './module_db.js'
import { checkModule, type Order } from './module_gradcheck.js'
import { python } from './python.js'

const { modules, cases, bytes } = drawModules(python, 'float64')
torch.set_num_threads(1)
it('explore', () => {
  for (const facts of modules) for (const order of ['grad', 'gradgrad'] as Order[]) {
    const own = cases.filter(c => c.name === facts.name && (c.training || facts.differ))
    const t0 = performance.now()
    const errors = new Map<string, number>()
    let fast = 0, checks = 0
    for (const c of own.slice(0, 40)) {
      try { const r = checkModule(c, bytes, order, false); checks += r.checks; if (r.fast) fast++ }
      catch (e) { const m = String(e).split('\n')[0]! ; errors.set(m, (errors.get(m) ?? 0) + 1) }
    }
    const ms = performance.now() - t0
    writeSync(1, `${order} ${facts.name} ${own.length} ok=${checks} fast=${fast} ${ms.toFixed(0)} ms ${facts[order] ? `SKIP(${facts[order]})` : ''} ${[...errors].map(([m, n]) => `${n}x ${m}`).join(' | ')}\n`)
  }
}, 600000)
