/**
 * `npm run example bench/loader.ts [-- --rounds 3 --times 16]`: epochs of a DataLoader over JPEG files of 500×375, decoded,
 * cropped, flipped and normalised, here and in Python, each in processes of its own, in turns: images/s and memory.
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { Command } from 'commander'
import { packageRoot } from '#lib/_C/libtorch.js'
import { markdownTable } from '../test/parity/markdown.js'
import { python, whyNoPython } from '../test/parity/python.js'
import { imagesVariable, makeImages } from './images.js'
import { median } from './report.js'

interface Run {
  /** Images a second. */
  rate: number
  /** Of all processes, in MB; pages that several share count by their share. */
  mb: number
}

const options = new Command('bench/loader')
  .description('Times DataLoaders over pictures here and in Python.')
  .option('--rounds <n>', 'of each side', Number, 3)
  .option('--times <n>', 'that each of the 64 pictures is in the dataset', Number, 16)
  .parse()
  .opts<{ rounds: number; times: number }>()

if (!python) {
  console.error(`no Python to compare with: ${whyNoPython}`)
  process.exit(1)
}
const { command, env } = python
const images = makeImages(python)
const folder = images.env[imagesVariable]
if (!folder) process.exit(1)

function run(program: string, args: string[]): Run {
  const child = spawnSync(program, args, { env: { ...env, ...images.env, OMP_NUM_THREADS: '1' }, encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout) as Run
}

try {
  const child = join(packageRoot, '.cache', 'programs', 'bench', 'loader_child.js')
  const rows = [0, 2, 4].map(workers => {
    const args = [folder, String(options.times), String(workers)]
    const sides = [
      () => run(process.execPath, [child, ...args]),
      () => run(command, [join(packageRoot, 'bench', 'loader_child.py'), ...args]),
    ] as const
    const rounds = Array.from({ length: options.rounds }, (_, i) =>
      i % 2 ? ([sides[1](), sides[0]()].reverse() as [Run, Run]) : ([sides[0](), sides[1]()] as [Run, Run]),
    )
    const of = (side: 0 | 1, what: keyof Run) => median(rounds.map(round => round[side][what]))
    const cell = (what: keyof Run, unit: string) =>
      `${of(0, what).toFixed(0)} / ${of(1, what).toFixed(0)} ${unit}, ${(of(0, what) / of(1, what)).toFixed(2)} ×`
    return [String(workers), cell('rate', 'images/s'), cell('mb', 'MB')]
  })
  console.log(`${64 * options.times} pictures an epoch, torch-node / Python, medians of ${options.rounds} rounds`)
  console.log(markdownTable(['workers', 'throughput', 'memory'], rows).join('\n'))
} finally {
  images.remove()
}
