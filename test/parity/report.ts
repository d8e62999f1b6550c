/** The table of a parity run, by namespace, and `docs/parity.md`. */
import type { Outcome, Status } from './opinfo.js'
import { namespaceOf } from './resolve.js'
import type { Case, Drawn } from './values.js'

interface Row {
  names: Set<string>
  resolved: Set<string>
  samples: number
  equal: number
}

export interface Summary {
  rows: Map<string, Row>
  total: Row
  /** Names without a public function or method, not excused. */
  unresolved: string[]
  excused: string[]
  counts: Record<Status, number>
}

/** `torch.linalg` for a name that did not resolve and is written `linalg.…` in Python. */
function rowName(sample: Case, outcome: Outcome): string {
  if (outcome.where) return namespaceOf(outcome.where)
  return sample.name.includes('.') ? `torch.${namespaceOf(sample.name)}` : 'torch'
}

function emptyRow(): Row {
  return { names: new Set(), resolved: new Set(), samples: 0, equal: 0 }
}

export function summarize(cases: readonly Case[], outcomes: readonly Outcome[]): Summary {
  const rows = new Map<string, Row>()
  const total = emptyRow()
  const counts: Record<Status, number> = { equal: 0, failing: 0, unresolved: 0, excused: 0, skipped: 0 }
  const missing = new Set<string>()
  const excused = new Set<string>()
  for (const [i, sample] of cases.entries()) {
    const outcome = outcomes[i]!
    const name = rowName(sample, outcome)
    const row = rows.get(name) ?? emptyRow()
    rows.set(name, row)
    counts[outcome.status]++
    if (outcome.status === 'unresolved') missing.add(sample.name)
    if (outcome.status === 'excused') excused.add(sample.name)
    for (const place of [row, total]) {
      place.names.add(sample.name)
      if (outcome.where) place.resolved.add(sample.name)
      if (outcome.status === 'equal' || outcome.status === 'failing' || outcome.status === 'unresolved') place.samples++
      if (outcome.status === 'equal') place.equal++
    }
  }
  const sorted = new Map([...rows].sort(([a], [b]) => (a < b ? -1 : 1)))
  return { rows: sorted, total, unresolved: [...missing], excused: [...excused], counts }
}

export function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`
}

/** The lines of the table, as Markdown, which reads well in a terminal too. */
export function table(summary: Summary): string[] {
  const head = ['namespace', 'names', 'resolved', 'samples', 'equal', 'share']
  const cells = [...summary.rows, ['**all**', summary.total] as const].map(([name, row]) => [
    name,
    String(row.names.size),
    String(row.resolved.size),
    String(row.samples),
    String(row.equal),
    share(row.equal, row.samples),
  ])
  return tableOf(head, cells)
}

/** A Markdown table whose columns stand below each other, numbers to the right. */
export function tableOf(head: string[], cells: string[][]): string[] {
  const widths = head.map((title, i) => Math.max(title.length, ...cells.map(line => line[i]!.length)))
  const line = (texts: string[]) =>
    `| ${texts.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join(' | ')} |`
  const rule = `| ${widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...cells.map(line)]
}

/** `linalg.norm subgradients_at_zero, float32, sample 0`. */
export function describeCase(sample: Case): string {
  const variant = sample.variant ? ` (${sample.variant})` : ''
  return `${sample.name}${variant}, ${sample.dtype ?? 'no dtype'}, sample ${sample.index ?? 0}`
}

/** One line for each case with a status, with its cause. */
export function causes(cases: readonly Case[], outcomes: readonly Outcome[], ...statuses: Status[]): string[] {
  return cases.flatMap((sample, i) => {
    const { status, cause } = outcomes[i]!
    return statuses.includes(status) ? [`${describeCase(sample)}: ${cause?.split('\n')[0]}`] : []
  })
}

/** A cause as Markdown text: what Python or LibTorch said may hold anything. */
export function escaped(text: string): string {
  return text.replace(/[\\|<>*_`]/g, '\\$&')
}

export function markdown(drawn: Drawn, outcomes: readonly Outcome[], command: string): string {
  const summary = summarize(drawn.cases, outcomes)
  const list = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : [`## ${title}`, '', ...lines.map(text => `- ${escaped(text)}`), '']
  return [
    '# Parity with Python',
    '',
    `Written by \`${command}\`; do not edit. PyTorch's own operator database (${drawn.entries} entries, ` +
      `${drawn.names.length} names) of torch ${drawn.torch} draws the samples, that Python computes, and torch-node makes the ` +
      'same calls: dtype, shape and elements are compared with the tolerances of `torch.testing.assert_close`.',
    '',
    ...table(summary),
    '',
    ...list('Failing', causes(drawn.cases, outcomes, 'failing', 'unresolved')),
    ...list('Excused', causes(drawn.cases, outcomes, 'excused')),
    ...list('Without a comparison', causes(drawn.cases, outcomes, 'skipped')),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}
