/** `npm run parity:errors`: what is thrown here and in Python, and docs/parity-errors.md. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { drawErrors, runErrorCase } from './errors.js'
import { errorCauses, errorMarkdown, errorTable } from './errors_report.js'
import { python, whyNoPython } from './python.js'

if (!python) {
  console.error(`no Python to compare with: ${whyNoPython}`)
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), 'torch-node-errors-'))
try {
  const drawn = drawErrors(python, folder, true)
  const outcomes = drawn.cases.map(sample => runErrorCase(sample, drawn.bytes))
  console.log(errorTable(drawn.cases, outcomes).join('\n'))
  for (const line of errorCauses(drawn.cases, outcomes, 'other text', 'other class', 'does not throw')) {
    console.log(`  ${line.replace(/\n/g, '\n  ')}`)
  }
  writeFileSync(join(packageRoot, 'docs', 'parity-errors.md'), errorMarkdown(drawn, outcomes, 'npm run parity:errors'))
  console.error('docs/parity-errors.md is written')
} finally {
  rmSync(folder, { recursive: true, force: true })
}
