/** The table of what is thrown here and in Python, and `docs/parity-errors.md`. */
import type { DrawnErrors, ErrorCase, ErrorOutcome, ErrorStatus } from './errors.js'
import { escaped, share, tableOf } from './report.js'

const DATABASES = { op: 'operators', module: 'modules', optim: 'optimizers' }
const STATUSES: ErrorStatus[] = ['equal', 'other text', 'other class', 'does not throw', 'skipped']

export type ErrorCounts = Record<ErrorStatus, number>

function count(outcomes: readonly ErrorOutcome[]): ErrorCounts {
  const counts = Object.fromEntries(STATUSES.map(status => [status, 0])) as ErrorCounts
  for (const { status } of outcomes) counts[status]++
  return counts
}

/** Of all databases together, without what is skipped: how many calls there are, and how they end. */
export function summarizeErrors(outcomes: readonly ErrorOutcome[]): ErrorCounts & { calls: number } {
  const counts = count(outcomes)
  return { ...counts, calls: outcomes.length - counts.skipped }
}

/** The lines of the table, as Markdown. */
export function errorTable(cases: readonly ErrorCase[], outcomes: readonly ErrorOutcome[]): string[] {
  const row = (name: string, own: readonly ErrorOutcome[]) => {
    const { calls, ...counts } = summarizeErrors(own)
    const numbers = STATUSES.filter(status => status !== 'skipped').map(status => String(counts[status]))
    return [name, String(calls), ...numbers, share(counts.equal, calls)]
  }
  const rowOf = (name: string, belongs: (sample: ErrorCase) => boolean) => {
    const own = outcomes.filter((_, i) => belongs(cases[i]!))
    return own.length > 0 ? [row(name, own)] : []
  }
  const rows = Object.entries(DATABASES).flatMap(([database, name]) => [
    ...rowOf(name, sample => sample.database === database && !sample.spoiled),
    ...rowOf(`${name}, spoiled`, sample => sample.database === database && sample.spoiled !== undefined),
  ])
  const head = ['database', 'wrong calls', ...STATUSES.filter(status => status !== 'skipped'), 'share']
  return tableOf(head, [...rows, row('**all**', outcomes)])
}

/** `op clamp (sparse_csr), 2`. */
function describeErrorCase({ database, name, variant, layout, spoiled, index }: ErrorCase): string {
  const details = [variant, layout, spoiled].filter(Boolean).join(', ')
  return `${database} ${name}${details ? ` (${details})` : ''}, ${index}`
}

/** What is said about each call that ends otherwise than in Python. */
export function errorCauses(
  cases: readonly ErrorCase[],
  outcomes: readonly ErrorOutcome[],
  ...statuses: ErrorStatus[]
): string[] {
  return cases.flatMap((sample, i) => {
    const { status, cause } = outcomes[i]!
    return statuses.includes(status) ? [`${describeErrorCase(sample)}: ${status}. ${cause ?? ''}`] : []
  })
}

export function errorMarkdown(drawn: DrawnErrors, outcomes: readonly ErrorOutcome[], command: string): string {
  const list = (title: string, lines: string[]) =>
    lines.length === 0 ? [] : [`## ${title}`, '', ...lines.map(text => `- ${escaped(text.replace(/\s+/g, ' '))}`), '']
  return [
    '# Errors, as Python throws them',
    '',
    `Written by \`${command}\`; do not edit. What PyTorch's own databases of operators, modules and optimizers (torch ` +
      `${drawn.torch}) list as wrong calls, made in Python and here: the class and the whole text of what is thrown are ` +
      "compared. Where Python's argument parser throws, a `TypeError` about the same argument is asked for, because its " +
      'text here lists the signatures that exist here.',
    '',
    'Spoiled are right calls of the same databases with one argument of another dtype or shape, out of range, or nonsense, as far ' +
      "as Python refuses them. What differs there are mostly accidents of Python's own source (a tuple that can't be unpacked, an " +
      'index out of it), where here a check speaks, and the overload of an operator that is tried first.',
    '',
    ...errorTable(drawn.cases, outcomes),
    '',
    ...list('Different', errorCauses(drawn.cases, outcomes, 'other text', 'other class', 'does not throw')),
    ...list('Without a comparison', errorCauses(drawn.cases, outcomes, 'skipped')),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n')
}
