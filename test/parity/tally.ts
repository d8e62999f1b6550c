/** Counts of comparisons, name by name, for the tables that `npm run parity:transforms` prints. */
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** `near` is as close as the test allows, where it allows for a difference. */
export type Outcome = 'equal' | 'near' | 'wrong'
export type Counts = Record<Outcome, number>

/** The folder that tests leave their counts in, if any asks for them. */
export const tallyFolder = 'TORCH_NODE_TALLY'

export class Tally {
  readonly #counts: Record<string, Counts> = {}

  constructor(readonly namespace: string) {}

  add(name: string, outcome: Outcome, times = 1): void {
    this.#counts[name] ??= { equal: 0, near: 0, wrong: 0 }
    this.#counts[name][outcome] += times
  }

  /** Cases of which some are wrong. */
  addAll<C extends { name: string }>(cases: readonly C[], wrong: readonly C[]): void {
    const failed = new Set(wrong)
    for (const item of cases) this.add(item.name, failed.has(item) ? 'wrong' : 'equal')
  }

  /** Lets `compare` judge each case, which writes into one of the lists what is not equal; it says how much it compared. */
  each<C extends { name?: string; functional?: string }>(
    cases: readonly C[],
    compare: (item: C) => number,
    wrong: readonly unknown[],
    ...near: readonly (readonly unknown[])[]
  ): number {
    const length = () => near.reduce((sum, list) => sum + list.length, 0)
    let compared = 0
    for (const item of cases) {
      const [wrongBefore, nearBefore] = [wrong.length, length()]
      const times = compare(item)
      const outcome = wrong.length > wrongBefore ? 'wrong' : length() > nearBefore ? 'near' : 'equal'
      this.add(item.functional ?? item.name ?? '', outcome, times)
      compared += times
    }
    return compared
  }

  /** Leaves the counts for `readTallies`, if somebody asked. */
  write(): void {
    const folder = process.env[tallyFolder]
    if (!folder) return
    const { namespace } = this
    writeFileSync(join(folder, `${randomUUID()}.json`), JSON.stringify({ namespace, counts: this.#counts }))
  }
}

/** What the tests left in a folder: counts by name, by namespace. */
export function readTallies(folder: string): Map<string, Map<string, Counts>> {
  const all = new Map<string, Map<string, Counts>>()
  for (const file of readdirSync(folder)) {
    const { namespace, counts } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
      namespace: string
      counts: Record<string, Counts>
    }
    const names = all.get(namespace) ?? new Map<string, Counts>()
    all.set(namespace, names)
    for (const [name, { equal, near, wrong }] of Object.entries(counts)) {
      const sum = names.get(name) ?? { equal: 0, near: 0, wrong: 0 }
      names.set(name, { equal: sum.equal + equal, near: sum.near + near, wrong: sum.wrong + wrong })
    }
  }
  return all
}
