/** Makes many calls with wrong and odd arguments in child processes, and reports what breaks the rules. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { supervise } from '../supervise.js'
import { makeCall } from './calls.js'
import { type Breach, MARK, type Message } from './protocol.js'
import { isEndless } from './targets.js'

export interface FuzzReport {
  calls: number
  returned: number
  threw: number
  /** Calls that ended their process, or hung. */
  crashes: Breach[]
  /** Calls that threw something else than a TypeError or TorchError, or took seconds. */
  breaches: Breach[]
}

export interface FuzzOptions {
  seed: number
  calls: number
  first?: number
  onProgress?: (done: number) => void
  onBreach?: (breach: Breach) => void
}

/** Each child makes so many calls: few enough that a report of a crash stays near its cause. */
const CALLS_PER_CHILD = 10_000

/** About 2 GB more than the process takes to start: an allocation of 2³¹ bytes has to fail at once. */
const MEMORY_LIMIT_KB = 3_500_000

export async function fuzz({ seed, calls, first = 0, onProgress, onBreach }: FuzzOptions): Promise<FuzzReport> {
  const report: FuzzReport = { calls: 0, returned: 0, threw: 0, crashes: [], breaches: [] }
  // Functions that write files do it here.
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-fuzz-'))
  const progress = join(folder, 'progress')
  const end = first + calls
  let next = first
  while (next < end) {
    const count = Math.min(CALLS_PER_CHILD, end - next)
    const ending = await supervise(join(packageRoot, '.cache', 'programs', 'test', 'fuzz', 'child.js'), {
      args: [seed, next, count, progress].map(String),
      cwd: folder,
      env: { OMP_NUM_THREADS: '1' },
      memoryLimitKb: MEMORY_LIMIT_KB,
      patienceMs: 30_000,
      onLine(line) {
        if (!line.startsWith(MARK)) return
        const message = JSON.parse(line.slice(MARK.length)) as Message
        if ('done' in message) {
          report.returned += message.returned
          report.threw += message.threw
          onProgress?.(message.done - first)
        } else {
          report.breaches.push(message)
          onBreach?.(message)
        }
      },
    })
    if (ending.clean) {
      next += count
      continue
    }
    const at = readFileSync(progress).readDoubleLE()
    const { name, text } = makeCall(seed, at)
    const crash = { i: at, text, error: ending.reason }
    next = at + 1
    if (ending.hung && isEndless(name)) continue
    report.crashes.push(crash)
    onBreach?.(crash)
  }
  report.calls = calls
  rmSync(folder, { recursive: true, force: true })
  return report
}
