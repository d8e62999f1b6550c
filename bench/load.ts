/**
 * `npm run example bench/load.ts [-- --megabytes 500 --rounds 5]`: loading large files here and in Python, each in a process of its
 * own, in turns: the time of the call, what it adds to the resident memory, and the time until every byte has been read.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import * as torch from 'torch-node'
import { packageRoot } from '#lib/_C/libtorch.js'
import { markdownTable } from '../test/parity/markdown.js'
import { python, whyNoPython } from '../test/parity/python.js'
import { safetensorsFolder, whyNoSafetensors } from '../test/parity/safetensors_python.js'
import { median } from './report.js'

interface Loading {
  /** Of the call that loads. */
  ms: number
  /** Resident memory that the call added, in MB. */
  mb: number
  /** Of the call and of a sum over every tensor. */
  readMs: number
}

const options = new Command('bench/load')
  .description('Loads large files here and in Python.')
  .option('--megabytes <n>', 'of each file', Number, 500)
  .option('--rounds <n>', 'of each side', Number, 5)
  .parse()
  .opts<{ megabytes: number; rounds: number }>()

if (!python || whyNoSafetensors) {
  console.error(`no Python to compare with: ${whyNoPython || whyNoSafetensors}`)
  process.exit(1)
}
const { command } = python
const env = { ...python.env, PYTHONPATH: `${python.env.PYTHONPATH}:${safetensorsFolder}` }

function run(program: string, args: string[]): Loading {
  const child = spawnSync(program, args, { env: { ...env, OMP_NUM_THREADS: '1' }, encoding: 'utf8' })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout) as Loading
}

const here = (kind: string, path: string): Loading =>
  run(process.execPath, [join(packageRoot, '.cache', 'programs', 'bench', 'load_child.js'), kind, path])
const there = (kind: string, path: string): Loading =>
  run(command, [join(packageRoot, 'bench', 'load_child.py'), kind, path])

const folder = mkdtempSync(join(tmpdir(), 'torch-node-load-'))
try {
  const tensors = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`layer${i}.weight`, torch.rand(options.megabytes / 50, 262_144)]),
  )
  const files = {
    safetensors: join(folder, 'model.safetensors'),
    'torch.load, mmap': join(folder, 'model.pt'),
    'torch.load': join(folder, 'model.pt'),
  }
  torch.safetensors.save_file(tensors, files.safetensors)
  torch.save(tensors, files['torch.load'])
  const rows = Object.entries(files).map(([kind, path]) => {
    const rounds = Array.from({ length: options.rounds }, (_, i) =>
      i % 2 ? [there(kind, path), here(kind, path)].reverse() : [here(kind, path), there(kind, path)],
    ) as [Loading, Loading][]
    const of = (side: 0 | 1, what: keyof Loading) => median(rounds.map(round => round[side][what]))
    const cell = (what: keyof Loading, unit: string) =>
      `${of(0, what).toFixed(1)} / ${of(1, what).toFixed(1)} ${unit}, ${(of(0, what) / of(1, what)).toFixed(2)} ×`
    return [kind, cell('ms', 'ms'), cell('mb', 'MB'), cell('readMs', 'ms')]
  })
  console.log(`${options.megabytes} MB, torch-node / Python, medians of ${options.rounds} rounds`)
  console.log(markdownTable(['file', 'loaded in', 'resident memory', 'loaded and read in'], rows).join('\n'))
} finally {
  rmSync(folder, { recursive: true, force: true })
}
