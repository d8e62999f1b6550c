/** Reads many damaged and hostile files in child processes, and reports what breaks the rules. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { type Breach, MARK, type Message } from '../fuzz/protocol.js'
import { supervise } from '../supervise.js'
import { makeCorpus, readCorpus } from './corpus.js'
import { makeCase } from './mutate.js'

export interface ReaderReport {
  cases: number
  /** Read as if nothing had happened, or as another value. */
  returned: number
  threw: number
  /** Cases that ended their process, or hung. */
  crashes: Breach[]
  /** Cases that threw something else than a TypeError or TorchError, ran code, or took too long or too much. */
  breaches: Breach[]
}

export interface ReaderOptions {
  seed: number
  /** How many cases at most, and for how long. */
  cases?: number
  seconds?: number
  first?: number
  /** Only files whose name has this. */
  only?: string
  onProgress?: (done: number) => void
  onBreach?: (breach: Breach) => void
}

/** Each child reads so many: a crash costs its work at most. */
const casesPerChild = 5000
/** What one process may take beside its libraries; a case may take 500 MB. */
const memoryLimitKb = 4_500_000

export async function fuzzReaders(options: ReaderOptions): Promise<ReaderReport> {
  const { seed, cases = Number.POSITIVE_INFINITY, seconds = Number.POSITIVE_INFINITY, first = 0 } = options
  const report: ReaderReport = { cases: 0, returned: 0, threw: 0, crashes: [], breaches: [] }
  const folder = mkdtempSync(join(tmpdir(), 'torch-node-readers-'))
  const [files, work, progress] = [join(folder, 'corpus'), join(folder, 'work'), join(folder, 'progress')]
  makeCorpus(files)
  mkdirSync(work)
  if (options.only)
    for (const { name } of readCorpus(files)) if (!name.includes(options.only)) rmSync(join(files, name))
  const corpus = readCorpus(files)
  const deadline = performance.now() + 1000 * seconds
  let next = first
  while (next < first + cases && performance.now() < deadline) {
    const count = Math.min(casesPerChild, first + cases - next)
    const ending = await supervise(join(packageRoot, '.cache', 'programs', 'test', 'fuzz_readers', 'child.js'), {
      args: [files, seed, next, count, progress].map(String),
      cwd: work,
      env: { OMP_NUM_THREADS: '1' },
      memoryLimitKb,
      patienceMs: 20_000,
      onLine(line) {
        if (!line.startsWith(MARK)) return
        const message = JSON.parse(line.slice(MARK.length)) as Message
        if ('done' in message) {
          report.returned += message.returned
          report.threw += message.threw
          options.onProgress?.(message.done - first)
        } else {
          report.breaches.push(message)
          options.onBreach?.(message)
        }
      },
    })
    if (ending.clean) {
      next += count
      continue
    }
    const i = readFileSync(progress).readDoubleLE()
    const crash = { i, text: makeCase(corpus, join(work, 'executed'), seed, i).text, error: ending.reason }
    next = i + 1
    report.crashes.push(crash)
    options.onBreach?.(crash)
  }
  report.cases = next - first
  rmSync(folder, { recursive: true, force: true })
  return report
}
