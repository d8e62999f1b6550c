/**
 * `npm run bench [-- --only 'MLP' --rounds 9 --threads 2]`: the same work in torch-node and in the Python of the same
 * LibTorch, round by round in turns, so that whatever else the machine does meets both.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '#lib/_C/libtorch.js'
import { type Python, python, whyNoPython } from '../test/parity/python.js'
import { makeImages } from './images.js'
import { type Result, result, table, verdictLine, verdicts } from './report.js'
import { Side } from './side.js'

interface Options {
  rounds: number
  seconds: number
  threads: number
  only: string
}

const options = new Command('bench')
  .description('Times torch-node against the Python of the same LibTorch.')
  .option('--rounds <n>', 'of each side', Number, 7)
  .option('--seconds <s>', 'that a case is repeated for in a round', Number, 0.2)
  .option('--threads <n>', 'of both sides', Number, availableParallelism())
  .option('--only <text>', 'the cases with this in their name', '')
  .parse()
  .opts<Options>()

function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

/** In each round the sides take turns, and who begins changes. */
async function inTurns(rounds: number, sides: readonly (() => Promise<number> | number)[]): Promise<number[][]> {
  const times: number[][] = sides.map(() => [])
  for (let round = 0; round < rounds; round++) {
    const order = sides.map((_, i) => (i + round) % sides.length)
    for (const i of order) times[i]!.push(await sides[i]!())
  }
  return times
}

function fresh(command: string, args: readonly string[], env: NodeJS.ProcessEnv): number {
  const begin = process.hrtime.bigint()
  const run = spawnSync(command, args, { env, cwd: packageRoot, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${command} failed: ${run.stderr}`)
  return Number(process.hrtime.bigint() - begin)
}

/** Time to the first tensor: a whole process that imports torch and adds two numbers. */
async function measureImport(asked: Python): Promise<Result> {
  const program = "import * as torch from 'torch-node'; torch.ones([2]).add(1)"
  const inNode = () => fresh(process.execPath, ['--input-type=module', '-e', program], process.env)
  const inPython = () => fresh(asked.command, ['-c', 'import torch; torch.ones([2]).add(1)'], asked.env)
  // Once each beforehand: the files come into the page cache.
  inNode()
  inPython()
  const [node, py] = await inTurns(Math.max(5, options.rounds), [inNode, inPython])
  return result('import', node!, py!)
}

async function measureCases(asked: Python): Promise<{ version: string; results: Result[] }> {
  const nodeProgram = join(packageRoot, '.cache', 'programs', 'bench', 'node.js')
  const images = makeImages(asked)
  const node = new Side('torch-node', process.execPath, [nodeProgram], { ...process.env, ...images.env })
  const pyProgram = join(packageRoot, 'bench', 'bench.py')
  const py = new Side('Python', asked.command, [pyProgram], { ...asked.env, ...images.env })
  try {
    const { cases, version } = await node.start(options.threads)
    await py.start(options.threads)
    const results: Result[] = []
    for (const name of cases.filter(name => name.includes(options.only))) {
      progress(name)
      const sides = [node, py].map(side => () => side.measure(name, options.seconds))
      // A round that does not count warms both up.
      await inTurns(1, sides)
      const [nodeTimes, pythonTimes] = await inTurns(options.rounds, sides)
      results.push(result(name, nodeTimes!, pythonTimes!))
    }
    return { version, results }
  } finally {
    node.stop()
    py.stop()
    images.remove()
  }
}

if (!python) {
  console.error(`no Python to compare with: ${whyNoPython}`)
  process.exit(1)
}
const { version, results } = await measureCases(python)
if ('import'.includes(options.only)) {
  progress('import')
  results.push(await measureImport(python))
}
progress('')
const threads = `${options.threads} thread${options.threads === 1 ? '' : 's'} each`
console.log(`torch-node over LibTorch ${version} against Python's torch ${python.torchVersion}`)
console.log(`${cpus()[0]?.model.trim()}, ${threads}, Node ${process.version}, medians of ${options.rounds} rounds\n`)
console.log(table(results).join('\n'))
console.log()
for (const verdict of verdicts(results)) console.log(verdictLine(verdict))
const folder = join(packageRoot, 'bench', 'results')
mkdirSync(folder, { recursive: true })
const file = join(folder, `${new Date().toISOString().replaceAll(':', '-')}.json`)
writeFileSync(file, `${JSON.stringify({ version, options, node: process.version, results }, null, 2)}\n`)
console.error(`\nall rounds: ${file}`)
