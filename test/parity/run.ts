/** `npm run parity [-- --samples 3 --dtypes float32,float64 --gradients …]`: the whole comparison, and docs/parity.md. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { packageRoot } from '#lib/_C/libtorch.js'
import { draw, runAll } from './opinfo.js'
import { python, whyNoPython } from './python.js'
import { causes, markdown, summarize, table } from './report.js'
import { readDrawn } from './values.js'

interface Options {
  seed: number
  samples: number
  all: boolean
  dtypes: string[]
  names?: string[]
  gradients: boolean
  write: boolean
}

function integer(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('not a whole number')
  return value
}

const list = (text: string) => text.split(',')

const options = new Command('parity')
  .description('Compares torch-node with the Python of the same LibTorch, over its operator database.')
  .option('--seed <n>', 'of the samples', integer, 0)
  .option('--samples <n>', 'at most so many for each entry and dtype', integer, 1)
  .option('--all', 'all samples', false)
  .option('--dtypes <list>', 'separated by commas', list, ['float32'])
  .option('--names <list>', 'glob patterns, separated by commas', list)
  .option('--gradients', 'compares gradients too', false)
  .option('--no-write', 'leaves docs/parity.md alone')
  .parse()
  .opts<Options>()

if (!python) {
  console.error(`no Python to compare with: ${whyNoPython}`)
  process.exit(1)
}

const folder = mkdtempSync(join(tmpdir(), 'torch-node-parity-'))
try {
  const samples = options.all ? undefined : options.samples
  console.error(`drawing samples (seed ${options.seed}) …`)
  draw(python, folder, { ...options, samples, fallback: true })
  const drawn = readDrawn(folder)
  const showProgress = process.stderr.isTTY
  const outcomes = await runAll(folder, drawn, done => {
    if (showProgress) process.stderr.write(`\r${done} of ${drawn.cases.length}`)
  })
  if (showProgress) process.stderr.write('\r\x1b[K')
  const summary = summarize(drawn.cases, outcomes)
  console.log(table(summary).join('\n'))
  for (const line of causes(drawn.cases, outcomes, 'unresolved', 'failing')) console.log(`  ${line}`)
  const named = process.argv.slice(2).filter(argument => argument !== '--no-write')
  const command = ['npm run parity', ...(named.length > 0 ? ['--', ...named] : [])].join(' ')
  if (options.write && !options.names) {
    writeFileSync(join(packageRoot, 'docs', 'parity.md'), markdown(drawn, outcomes, command))
    console.error('docs/parity.md is written')
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
