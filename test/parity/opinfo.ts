/** Draws samples from PyTorch's operator database, makes the same calls through the public functions, and compares. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { packageRoot } from '#lib/_C/libtorch.js'
import { native } from '#lib/_C/native.js'
import type { Tensor } from '#lib/tensor.js'
import { supervise } from '../supervise.js'
import { difference } from './compare.js'
import type { Python } from './python.js'
import { excused, resolve, withoutContents } from './resolve.js'
import { type Case, Decoder, type Drawn } from './values.js'

export type Status =
  | 'equal'
  /** The result differs, or the call threw where Python's did not. */
  | 'failing'
  /** No public function or method of that name. */
  | 'unresolved'
  /** Listed in `excused`. */
  | 'excused'
  /** Nothing to compare: the sample fails in Python too, or there is none. */
  | 'skipped'

export interface Outcome {
  status: Status
  /** Where the name resolved, such as `torch.linalg.inv`. */
  where: string | null
  cause: string | null
}

export interface DrawOptions {
  seed?: number
  /** At most so many samples for each entry and dtype. */
  samples?: number
  dtypes?: readonly string[]
  /** Another dtype where an entry supports none of `dtypes`. */
  fallback?: boolean
  /** Glob patterns. */
  names?: readonly string[]
  gradients?: boolean
}

/** Has Python write samples and results into `folder`. */
export function draw(python: Python, folder: string, options: DrawOptions): void {
  const args = [join(packageRoot, 'test', 'parity', 'opinfo.py'), '--out', folder, '--seed', String(options.seed ?? 0)]
  if (options.samples !== undefined) args.push('--samples', String(options.samples))
  if (options.dtypes) args.push('--dtypes', options.dtypes.join(','))
  if (options.fallback) args.push('--fallback')
  if (options.names) args.push('--names', options.names.join(','))
  if (options.gradients) args.push('--gradients')
  const run = spawnSync(python.command, args, { env: python.env, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`drawing samples failed: ${run.error ?? run.stderr}`)
}

/** Makes one case's call and compares. */
export function runCase(sample: Case, bytes: Uint8Array): Outcome {
  const { name, variant } = sample
  if (excused[name]) return { status: 'excused', where: null, cause: excused[name] }
  const target = resolve(name, variant)
  if (!target) return { status: 'unresolved', where: null, cause: 'no such function or method' }
  const outcome = (status: Status, cause: string | null): Outcome => ({ status, where: target.where, cause })
  if (sample.skipped || sample.error) return outcome('skipped', sample.skipped ?? sample.error!)
  try {
    const decoder = new Decoder(bytes)
    const args = [sample.input, ...sample.args].map(value => decoder.decode(value))
    const keywords = decoder.decode(sample.kwargs) as Record<string, unknown>
    torch.manual_seed(sample.seed)
    const result = target.call(args, keywords)
    const options = { bytes, contents: !withoutContents.has(name) }
    const found = difference(result, sample.output!, options) ?? gradientDifference(sample, decoder, result, bytes)
    return outcome(found ? 'failing' : 'equal', found)
  } catch (error) {
    return outcome('failing', error instanceof Error ? `${error.name}: ${error.message}` : String(error))
  }
}

function tensorsIn(value: unknown): Tensor[] {
  if (native.isTensor(value)) return [value as Tensor]
  return Array.isArray(value) ? value.flatMap(tensorsIn) : []
}

/** Gradients of the sum of all results, where Python wrote them. */
function gradientDifference(sample: Case, decoder: Decoder, result: unknown, bytes: Uint8Array): string | null {
  if (sample.gradients === undefined) return null
  const outputs = tensorsIn(result).filter(t => t.requires_grad)
  if (outputs.length === 0) return 'no result requires a gradient'
  const ones = outputs.map(t => torch.ones_like(t))
  const grads = native.gradOf(outputs, decoder.leaves, ones, null, false, true)
  return difference(grads, sample.gradients, { bytes, contents: true }, 'gradient')
}

/**
 * Runs the cases of a folder that `draw` filled in child processes, so that a call which ends or hangs its process is
 * reported as that and the others go on.
 */
export async function runAll(folder: string, drawn: Drawn, onOutcome?: (done: number) => void): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  while (outcomes.length < drawn.cases.length) {
    const ending = await supervise(join(packageRoot, '.cache', 'programs', 'test', 'parity', 'child.js'), {
      args: [folder, String(outcomes.length)],
      env: { OMP_NUM_THREADS: '1' },
      patienceMs: 60_000,
      onLine(line) {
        outcomes.push(JSON.parse(line) as Outcome)
        onOutcome?.(outcomes.length)
      },
    })
    const left = drawn.cases[outcomes.length]
    if (!left) break
    const where = resolve(left.name, left.variant)?.where ?? null
    outcomes.push({ status: 'failing', where, cause: `the process ended: ${ending.reason}` })
  }
  return outcomes
}
