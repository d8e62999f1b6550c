/** `npm run coverage`: PyTorch's public names against those here, and docs/coverage.md. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { type Coverage, coverage, inventory, totals } from './coverage.js'
import { markdownTable, percent } from './markdown.js'
import { python, whyNoPython } from './python.js'

function table(result: Coverage): string[] {
  const all = totals(result)
  const cells = result.rows.map(({ namespace, names, present, excused, missing }) => [
    namespace,
    ...[names, present, excused.length, missing.length].map(String),
  ])
  const sum = ['**all**', ...[all.names, all.present, all.excused, all.missing].map(String)]
  return markdownTable(['namespace', 'names', 'here', 'excused', 'missing'], [...cells, sum])
}

function markdown(result: Coverage): string {
  const { names, excused } = totals(result)
  const extension = result.extension.names.length
  const here = result.extension.present.length
  const listed = (of: 'excused' | 'missing') =>
    result.rows.flatMap(row => row[of].map(name => `\`${row.namespace}.${name}\``)).join(', ') || 'none'
  return [
    '# Names',
    '',
    `Written by \`npm run coverage\`; do not edit. Every public name of torch ${result.torch}, namespace by namespace, and ` +
      'whether it exists here. An excused name has a row with the reason in [differences.md](differences.md#names-that-are-not-here).',
    '',
    ...table(result),
    '',
    `Excused: ${percent(excused, names)} of all names. \`torch.__all__\` also copies ${extension} undocumented classes of the C ` +
      `extension, mostly of TorchScript's compiler (\`torch.AliasDb\`, \`torch.BoolType\` …), of which ${here} exist here; with ` +
      `the rest of them as excuses it would be ${percent(excused + extension - here, names + extension)}.`,
    '',
    `- excused: ${listed('excused')}`,
    `- missing: ${listed('missing')}`,
    '',
  ].join('\n')
}

if (!python) {
  console.error(`no Python to compare with: ${whyNoPython}`)
  process.exit(1)
}
const result = coverage(inventory())
console.log(table(result).join('\n'))
for (const { namespace, missing } of result.rows) {
  if (missing.length > 0) console.log(`  ${namespace}: ${missing.join(' ')}`)
}
if (result.idle.length > 0) console.log(`excuses without a name: ${result.idle.join(', ')}`)
writeFileSync(join(packageRoot, 'docs', 'coverage.md'), markdown(result))
console.error('docs/coverage.md is written')
