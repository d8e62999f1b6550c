/** `npm run parity:transforms`: the tests that compare transforms with torchvision's, and docs/parity-transforms.md. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { markdownTable } from './markdown.js'
import { type Counts, readTallies, tallyFolder } from './tally.js'
import { whyNoTorchvision } from './torchvision.js'

if (whyNoTorchvision) {
  console.error(`no torchvision to compare with: ${whyNoTorchvision}`)
  process.exit(1)
}

/** A row of the table: all comparisons, those that are equal, nearly equal and neither. */
const row = (name: string, { equal, near, wrong }: Counts): string[] => [
  name,
  ...[equal + near + wrong, equal, near, wrong].map(count => (count === 0 ? '–' : String(count))),
]

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => a.localeCompare(b)

const folder = mkdtempSync(join(tmpdir(), 'torch-node-tally-'))
try {
  const vitest = join(packageRoot, 'node_modules', 'vitest', 'vitest.mjs')
  const run = spawnSync(process.execPath, [vitest, 'run', 'test/parity/transforms_'], {
    cwd: packageRoot,
    env: { ...process.env, [tallyFolder]: folder },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const head = ['', 'comparisons', 'equal', 'near', 'wrong']
  const total: Counts = { equal: 0, near: 0, wrong: 0 }
  const sections = [...readTallies(folder)].sort(byName).flatMap(([namespace, names]) => {
    const rows = [...names].sort(byName).map(([name, counts]) => {
      for (const outcome of ['equal', 'near', 'wrong'] as const) total[outcome] += counts[outcome]
      return row(name, counts)
    })
    return ['', `## ${namespace}`, '', ...markdownTable(head, rows)]
  })
  const lines = [
    "# Transforms against torchvision's",
    '',
    'Written by `npm run parity:transforms`; do not edit. Python draws tensors, pictures, boxes, masks, options and seeds afresh, ' +
      "calls torchvision, and torch-node makes the same calls. Equal means: whole numbers to the last, floats to 1e-6, classes' " +
      'draws and printed form too. Near are pictures that are turned, where a pixel or two on the very edge of a source differ.',
    '',
    ...markdownTable(head, [row('all', total)]),
    ...sections,
  ]
  console.log(lines.join('\n'))
  writeFileSync(join(packageRoot, 'docs', 'parity-transforms.md'), `${lines.join('\n')}\n`)
  process.exitCode = run.status ?? 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
