/** `npm run parity [-- --samples 3 --dtypes float32,float64 --gradients …]`: the comparison; `-- --full`: docs/parity.md. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { packageRoot } from '#lib/_C/libtorch.js'
import { draw, runAll } from './opinfo.js'
import { python, whyNoPython } from './python.js'
import { describeGroup, groups, markdown, type Result, resultsOf, summarize, table } from './report.js'
import type { Drawn } from './values.js'

interface Options {
  seed: number
  samples: number
  all: boolean
  dtypes: string[]
  names?: string[]
  gradients: boolean
  forward: boolean
  variants: boolean
  full: boolean
  write: boolean
}

const EVERY_DTYPE = ['float32', 'float64', 'int64', 'bool', 'bfloat16', 'complex64']

function integer(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('not a whole number')
  return value
}

const list = (text: string) => text.split(',')

const given = new Command('parity')
  .description('Compares torch-node with the Python of the same LibTorch, over its operator database.')
  .option('--seed <n>', 'of the samples', integer, 0)
  .option('--samples <n>', 'so many of each entry and dtype, at random', integer, 1)
  .option('--all', 'all samples', false)
  .option('--dtypes <list>', 'separated by commas', list, ['float32'])
  .option('--names <list>', 'glob patterns, separated by commas', list)
  .option('--gradients', 'compares gradients too', false)
  .option('--forward', 'compares forward mode too', false)
  .option('--variants', 'compares methods, in-place variants and aliases too', false)
  .option('--full', `all of that: every sample of ${EVERY_DTYPE.join(', ')}`, false)
  .option('--no-write', 'leaves docs/parity.md alone, which --full writes')
  .parse()
  .opts<Options>()

const options: Options = given.full
  ? { ...given, all: true, dtypes: EVERY_DTYPE, gradients: true, forward: true, variants: true }
  : given

if (!python) {
  console.error(`no Python to compare with: ${whyNoPython}`)
  process.exit(1)
}

const results: Result[] = []
let head: Omit<Drawn, 'cases' | 'bytes'> | null = null
const showProgress = process.stderr.isTTY
console.error(`drawing samples (seed ${options.seed}) …`)
for await (const { cases, bytes, folder, ...rest } of draw({
  ...options,
  samples: options.all ? undefined : options.samples,
  fallback: true,
})) {
  head = rest
  const outcomes = await runAll({ folder, cases }, done => {
    if (showProgress) process.stderr.write(`\r${results.length + done} samples, ${cases[done - 1]!.name}\x1b[K`)
  })
  results.push(...resultsOf(cases, outcomes))
  if (!showProgress) console.error(`${results.length} samples, up to ${cases.at(-1)?.name}`)
}
if (showProgress) process.stderr.write('\r\x1b[K')
console.log(table(summarize(results)).join('\n'))
for (const group of groups(results, 'unresolved', 'failing')) console.log(`  ${describeGroup(group)}`)
const named = process.argv.slice(2).filter(argument => argument !== '--no-write')
const command = ['npm run parity', ...(named.length > 0 ? ['--', ...named] : [])].join(' ')
if (options.full && options.write && !options.names && head) {
  writeFileSync(join(packageRoot, 'docs', 'parity.md'), markdown(head, results, command))
  console.error('docs/parity.md is written')
}
