/** Each stress run with its size and its bar. They run in child processes: resident memory then counts one run alone. */
import { join } from 'node:path'
import { packageRoot } from '#lib/_C/libtorch.js'
import { supervise } from '../supervise.js'
import type { LoopFigures, TrainingFigures } from './memory.js'
import type { CrossingFigures } from './workers.js'

/** What a run measured, in words, and what it broke: empty when all is well. */
export interface Report {
  figures: string
  broken: string[]
}

export interface Stress {
  what: string
  /** How often: in the full run, and in the slice that the tests make. */
  full: number
  slice: number
  judge(figures: unknown, count: number): Report
}

function mb(value: number): string {
  return `${value.toFixed(0)} MB`
}

/** The bars that do not hold, each with its words. */
function broken(...bars: readonly [holds: boolean, what: string][]): string[] {
  return bars.filter(([holds]) => !holds).map(([, what]) => what)
}

export const stresses: Record<string, Stress> = {
  loop: {
    what: 'small operator calls in one synchronous loop',
    full: 1_000_000,
    slice: 200_000,
    judge(value) {
      const { maxLive, rssBefore, maxRss } = value as LoopFigures
      const growth = maxRss - rssBefore
      return {
        figures: `at most ${maxLive} live tensors, RSS ${mb(rssBefore)} grew by ${mb(growth)}`,
        broken: broken([maxLive < 20_000, '20,000 live tensors or more'], [growth < 60, 'RSS grew by 60 MB or more']),
      }
    },
  },
  large: {
    what: 'results of 4 MB each',
    full: 2_000,
    slice: 500,
    judge(value) {
      const { maxLive, maxRss } = value as LoopFigures
      const figures = `at most ${maxLive} live tensors, RSS at most ${mb(maxRss)}`
      return { figures, broken: broken([maxRss < 500, 'RSS of 500 MB or more']) }
    },
  },
  training: {
    what: 'epochs of a training loop',
    full: 100,
    slice: 10,
    judge(value) {
      const { first, last, owned } = value as TrainingFigures
      return {
        figures: `${first} live tensors after the first epoch, ${last} after the last, ${owned} of them owned`,
        broken: broken([last <= owned, 'tensors beyond model, optimizer and data']),
      }
    },
  },
  workers: {
    what: 'times 16 workers that load the addon and compute at once',
    full: 100,
    slice: 2,
    judge(value, count) {
      const { rounds } = value as { rounds: number }
      return { figures: `${rounds} rounds ended cleanly`, broken: broken([rounds === count, 'ended early']) }
    },
  },
  crossing: {
    what: 'trips of a 100 MB tensor to a worker and back',
    full: 200,
    slice: 20,
    judge(value) {
      const { milliseconds, sameMemory } = value as CrossingFigures
      return {
        figures: `${milliseconds.toFixed(3)} ms there and back, ${sameMemory ? 'the same' : 'another'} memory`,
        broken: broken([sameMemory, 'the memory is another'], [milliseconds < 1, '1 ms or more']),
      }
    },
  },
}

/** Makes one stress run; a process that does not end cleanly breaks every bar. */
export async function runStress(kind: string, count: number): Promise<Report> {
  let figures: unknown = null
  const ending = await supervise(join(packageRoot, '.cache', 'programs', 'test', 'stress', 'program.js'), {
    args: [kind, String(count)],
    env: { OMP_NUM_THREADS: '1' },
    patienceMs: 300_000,
    onLine(line) {
      figures = JSON.parse(line)
    },
  })
  const report = figures === null ? { figures: 'none', broken: [] } : stresses[kind]!.judge(figures, count)
  if (ending.clean) return report
  return { figures: report.figures, broken: [...report.broken, `the process ended: ${ending.reason}`] }
}
