/** Medians, ratios, bars and the printed table of a bench run. */

export interface Result {
  name: string
  /** Nanoseconds of one iteration, round by round. */
  node: number[]
  python: number[]
  /** Median of node/python, round by round: what else the machine did in a round counts for both. */
  ratio: number
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export function result(name: string, node: number[], python: number[]): Result {
  return { name, node, python, ratio: median(node.map((ns, i) => ns / python[i]!)) }
}

export interface Bar {
  what: string
  /** The cases whose ratios' median is held against it. */
  cases: readonly string[]
  atMost: number
}

/** What the project asks of itself. */
export const bars: readonly Bar[] = [
  { what: 'small-operator calls', cases: ['add', 'mul', 'relu', 'view', 'mm', 'sum', 'item'], atMost: 1.3 },
  { what: 'MLP step, SGD', cases: ['MLP step, SGD'], atMost: 1 },
  { what: 'MLP step, Adam', cases: ['MLP step, Adam'], atMost: 1 },
  { what: 'image pipeline', cases: ['image: pipeline'], atMost: 0.5 },
  { what: 'import', cases: ['import'], atMost: 0.5 },
]

function time(ns: number): string {
  if (ns < 1e4) return `${ns.toFixed(0)} ns`
  if (ns < 1e7) return `${(ns / 1e3).toFixed(1)} µs`
  return ns < 1e10 ? `${(ns / 1e6).toFixed(1)} ms` : `${(ns / 1e9).toFixed(2)} s`
}

export function table(results: readonly Result[]): string[] {
  const rows = [
    ['case', 'torch-node', 'Python', 'ratio', 'of its rounds'],
    ...results.map(({ name, node, python, ratio }) => {
      const ratios = node.map((ns, i) => ns / python[i]!)
      const range = `${Math.min(...ratios).toFixed(2)} … ${Math.max(...ratios).toFixed(2)}`
      return [name, time(median(node)), time(median(python)), ratio.toFixed(2), range]
    }),
  ]
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map(row => row[i]!.length)))
  const line = (row: string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ')
  return [line(rows[0]!), widths.map(width => '─'.repeat(width)).join('  '), ...rows.slice(1).map(line)]
}

export interface Verdict extends Bar {
  ratio: number
  passed: boolean
}

/** The bars whose cases were all measured. */
export function verdicts(results: readonly Result[]): Verdict[] {
  return bars.flatMap(bar => {
    const ratios = bar.cases.map(name => results.find(measured => measured.name === name)?.ratio)
    if (ratios.includes(undefined)) return []
    const ratio = median(ratios as number[])
    return [{ ...bar, ratio, passed: ratio <= bar.atMost }]
  })
}

export function verdictLine({ what, ratio, atMost, passed }: Verdict): string {
  return `${passed ? 'pass       ' : 'falls short'}  ${what}: ${ratio.toFixed(2)} × Python, the bar is ${atMost.toFixed(1)} ×`
}
