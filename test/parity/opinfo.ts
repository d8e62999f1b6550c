/** Draws samples from PyTorch's operator database, and has child processes make the same calls here. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { supervise } from '../supervise.js'
import type { Outcome } from './checks.js'
import { PythonDialogue } from './python.js'
import { resolve } from './resolve.js'
import { type Case, type Drawn, readDrawn } from './values.js'

export interface DrawOptions {
  seed?: number
  /** So many samples of each entry and dtype, at random. */
  samples?: number
  dtypes?: readonly string[]
  /** Another dtype where an entry supports none of `dtypes`. */
  fallback?: boolean
  /** Glob patterns. */
  names?: readonly string[]
  gradients?: boolean
  /** Forward mode. */
  forward?: boolean
  /** Methods, in-place variants, aliases. */
  variants?: boolean
}

function flags(options: DrawOptions): string[] {
  const args = ['--seed', String(options.seed ?? 0)]
  if (options.samples !== undefined) args.push('--samples', String(options.samples))
  if (options.dtypes) args.push('--dtypes', options.dtypes.join(','))
  if (options.names) args.push('--names', options.names.join(','))
  for (const name of ['fallback', 'gradients', 'forward', 'variants'] as const)
    if (options[name]) args.push(`--${name}`)
  return args
}

/** What one folder takes: two of them fit a small machine's memory and disk. */
const FOLDER_BYTES = 128 << 20

/**
 * The samples, with the folder that they are in: one folder after the other, so that any number of them fits. Python fills
 * the next folder while the caller works on this one; a folder is gone when the caller asks for the next.
 */
export async function* draw(options: DrawOptions): AsyncGenerator<Drawn & { folder: string }> {
  const root = mkdtempSync(join(tmpdir(), 'torch-node-parity-'))
  const dialogue = new PythonDialogue(join(packageRoot, 'test', 'parity', 'opinfo.py'), ...flags(options))
  const fill = async (number: number) => {
    const folder = join(root, String(number))
    mkdirSync(folder)
    const { more } = (await dialogue.ask({ out: folder, bytes: FOLDER_BYTES })) as { more: boolean }
    return { folder, more }
  }
  try {
    let next: ReturnType<typeof fill> | null = fill(0)
    for (let number = 1; next; number++) {
      const { folder, more }: { folder: string; more: boolean } = await next
      next = more ? fill(number) : null
      // Whoever waits for it gets its error; until then it is nobody's.
      next?.catch(() => {})
      yield { ...readDrawn(folder), folder }
      rmSync(folder, { recursive: true })
    }
  } finally {
    dialogue.end()
    rmSync(root, { recursive: true, force: true })
  }
}

/**
 * Runs the cases of a folder in child processes, so that a call which ends or hangs its process is reported as that and the
 * others go on.
 */
export async function runAll(
  { folder, cases }: { folder: string; cases: readonly Case[] },
  onOutcome?: (done: number) => void,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  while (outcomes.length < cases.length) {
    const ending = await supervise(join(packageRoot, '.cache', 'programs', 'test', 'parity', 'child.js'), {
      args: [folder, String(outcomes.length)],
      env: { OMP_NUM_THREADS: '1' },
      patienceMs: 120_000,
      onLine(line) {
        outcomes.push(JSON.parse(line) as Outcome)
        onOutcome?.(outcomes.length)
      },
    })
    const left = cases[outcomes.length]
    if (!left) break
    const cause = `the process ended: ${ending.reason}`
    const where = resolve(left.name, left.variant)?.where ?? null
    outcomes.push({ where, checks: { function: { status: 'failing', cause } } })
  }
  return outcomes
}
