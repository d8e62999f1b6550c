/** The table of a parity run, by namespace, and `docs/parity.md`. */
import { CHECKS, type Check, type Outcome, type Status } from './checks.js'
import { namespaceOf } from './resolve.js'
import type { Case, Drawn } from './values.js'

/** A case without its arguments, with what came of it. */
export type Result = Outcome & Pick<Case, 'name' | 'variant' | 'dtype' | 'index'>

export function resultsOf(cases: readonly Case[], outcomes: readonly Outcome[]): Result[] {
  return cases.map(({ name, variant, dtype, index }, i) => ({ name, variant, dtype, index, ...outcomes[i]! }))
}

/** How many of a number of comparisons found Python's result. */
export class Count {
  equal = 0
  all = 0

  add(status: Status): void {
    if (status === 'excused' || status === 'skipped') return
    this.all++
    if (status === 'equal') this.equal++
  }

  get share(): number {
    return this.all === 0 ? 1 : this.equal / this.all
  }
}

/** The function's samples stand apart by dtype. */
export const COLUMNS = ['float32', 'other dtypes', ...CHECKS.slice(1)] as const
export type Column = (typeof COLUMNS)[number]

export class Row {
  readonly names = new Set<string>()
  readonly counts = Object.fromEntries(COLUMNS.map(column => [column, new Count()])) as Record<Column, Count>

  add(result: Result): void {
    this.names.add(result.name)
    for (const [check, { status }] of findings(result)) this.counts[columnOf(check, result.dtype)].add(status)
  }
}

function columnOf(check: Check, dtype: string): Column {
  if (check !== 'function') return check
  return dtype === 'float32' ? 'float32' : 'other dtypes'
}

function findings(result: Result) {
  return CHECKS.flatMap(check => {
    const finding = result.checks[check]
    return finding ? [[check, finding] as const] : []
  })
}

export interface Summary {
  rows: Map<string, Row>
  total: Row
  /** Names without a public function or method, not excused. */
  unresolved: string[]
  /** Entries all of whose gradients are Python's, of those that have any. */
  gradientEntries: Count
}

/** `torch.linalg` for a name that did not resolve and is written `linalg.…` in Python. */
function rowName({ where, name }: Result): string {
  if (where) return namespaceOf(where)
  return name.includes('.') ? `torch.${namespaceOf(name)}` : 'torch'
}

export function summarize(results: readonly Result[]): Summary {
  const rows = new Map<string, Row>()
  const total = new Row()
  const unresolved = new Set<string>()
  const gradients = new Map<string, boolean>()
  for (const result of results) {
    const name = rowName(result)
    const row = rows.get(name) ?? new Row()
    rows.set(name, row)
    row.add(result)
    total.add(result)
    if (result.checks.function?.status === 'unresolved') unresolved.add(result.name)
    const status = result.checks.gradients?.status
    const entry = `${result.name} ${result.variant}`
    if (status && status !== 'skipped') gradients.set(entry, status === 'equal' && (gradients.get(entry) ?? true))
  }
  const gradientEntries = new Count()
  for (const isEqual of gradients.values()) gradientEntries.add(isEqual ? 'equal' : 'failing')
  const sorted = new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { rows: sorted, total, unresolved: [...unresolved], gradientEntries }
}

export function share(part: number, whole: number): string {
  if (whole === 0) return '–'
  // Rounded down: 100.0 % is all of them.
  return `${(Math.floor((1000 * part) / whole) / 10).toFixed(1)} %`
}

/** A Markdown table whose columns stand below each other, numbers to the right. */
export function tableOf(head: string[], cells: string[][]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map(line => line[i]!.length)))
  const line = (texts: string[]) =>
    `| ${texts.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...cells.map(line)]
}

/** The lines of the table, as Markdown, which reads well in a terminal too. */
export function table({ rows, total }: Summary): string[] {
  const cell = ({ equal, all }: Count) => (all === 0 ? '–' : equal === all ? String(all) : `${equal} of ${all}`)
  const line = (name: string, row: Row) => [
    name,
    String(row.names.size),
    ...COLUMNS.map(column => cell(row.counts[column])),
  ]
  const cells = [...rows].map(([name, row]) => line(name, row))
  const shares = COLUMNS.map(column => share(total.counts[column].equal, total.counts[column].all))
  return tableOf(['namespace', 'names', ...COLUMNS], [...cells, line('**all**', total), ['**share**', '', ...shares]])
}

/** Findings of the same kind for one entry, with what differs in the first. */
interface Group {
  entry: string
  check: Check
  /** Samples by dtype. */
  samples: Map<string, number[]>
  /** The first one's. */
  cause: string
}

/** All findings with one of the statuses, by entry, check and reason. */
export function groups(results: readonly Result[], ...statuses: Status[]): Group[] {
  const found = new Map<string, Group>()
  for (const result of results) {
    const entry = result.name + (result.variant ? ` (${result.variant})` : '')
    for (const [check, finding] of findings(result)) {
      if (!statuses.includes(finding.status)) continue
      const cause = (finding.cause ?? '').split('\n')[0]!
      // Two samples of one kind differ in the numbers that they name.
      const key = `${entry} ${check} ${cause.replace(/[-\d.e]+/g, '')}`
      const group = found.get(key) ?? { entry, check, samples: new Map(), cause }
      found.set(key, group)
      const dtype = result.dtype ?? 'no dtype'
      group.samples.set(dtype, [...(group.samples.get(dtype) ?? []), result.index ?? 0])
    }
  }
  return [...found.values()]
}

/** `linalg.norm (subgradients_at_zero), gradients: float32 samples 0, 4 – cause`. */
export function describeGroup({ entry, check, samples, cause }: Group): string {
  const numbers = [...samples].map(([dtype, indices]) => {
    const shown = indices.length > 8 ? `${indices.slice(0, 8).join(', ')} … (${indices.length})` : indices.join(', ')
    return `${dtype} sample${indices.length > 1 ? 's' : ''} ${shown}`
  })
  return `${entry}, ${check}: ${numbers.join('; ')} – ${cause}`
}

/** A cause as Markdown text: what Python or LibTorch said may hold anything. */
export function escaped(text: string): string {
  return text.replace(/[\\|<>*_`]/g, '\\$&')
}

export function markdown(head: Omit<Drawn, 'cases' | 'bytes'>, results: readonly Result[], command: string): string {
  const summary = summarize(results)
  const list = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : [title, '', ...lines.map(text => `- ${escaped(text)}`), '']
  const { equal, all } = summary.gradientEntries
  return [
    '# Parity with Python',
    '',
    `Written by \`${command}\`; do not edit. Python draws samples from PyTorch's own operator database (${head.entries} ` +
      `entries, ${head.names.length} names) of torch ${head.torch} and makes the calls, torch-node makes them too. Compared are ` +
      'dtype, shape, strides, names of results and elements, these with the tolerances of `torch.testing.assert_close`. A cell ' +
      'counts samples: one number where all are equal.',
    '',
    'Method, in-place and alias are the same call in another form; an in-place call that Python refuses has to be refused in ' +
      'the same words. Gradients are for random gradients of all results, or of their absolute values where these have an ' +
      'arbitrary phase; forward mode is for random tangents of all inputs.',
    '',
    ...table(summary),
    '',
    ...(all === 0 ? [] : [`Of ${all} entries with gradients, ${equal} have Python's for every sample.`, '']),
    ...list('## Failing', groups(results, 'failing', 'unresolved').map(describeGroup)),
    ...list('## Excused', groups(results, 'excused').map(describeGroup)),
    ...list(
      '## Without a comparison: Python throws too, or has no sample',
      groups(results, 'skipped').map(describeGroup),
    ),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}
