/** A module as Python prints it. */
import { printedChildren } from './_module_state.js'
import type { AnyModule } from './module.js'

/** Indents every line but the first and the blank ones. */
export function addIndent(text: string, spaces: number): string {
  const [first, ...rest] = text.split('\n')
  return [first, ...rest.map(line => (line.trim() ? ' '.repeat(spaces) + line : ''))].join('\n')
}

/** `Name(extra)` on one line, or one line for each part. */
export function printTree(module: AnyModule): string {
  const extra = module.extra_repr()
  const extraLines = extra ? extra.split('\n') : []
  const childLines = printedChildren(module).map(
    ([name, child]) => `(${name}): ${child ? addIndent(child.toString(), 2) : 'None'}`,
  )
  const name = module._get_name()
  if (extraLines.length === 1 && childLines.length === 0) return `${name}(${extraLines[0]})`
  const lines = [...extraLines, ...childLines]
  return lines.length > 0 ? `${name}(\n  ${lines.join('\n  ')}\n)` : `${name}()`
}

/** A value as Python's `repr` writes it: `True`, `None`, `(1, 2)`, `'zeros'`, `1e-05`. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return `'${value}'`
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : reprFloat(value)
  if (Array.isArray(value)) return value.length === 1 ? `(${repr(value[0])},)` : `(${value.map(repr).join(', ')})`
  return String(value)
}

/**
 * A float as Python prints it: `1.0`, `1e-05`, `0.0001`. JavaScript does not know floats from whole numbers, so who prints
 * one has to say that it is a float.
 */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
    const sign = exponent.startsWith('-') ? '-' : '+'
    return `${mantissa}e${sign}${exponent.slice(1).padStart(2, '0')}`
  }
  return Number.isInteger(value) ? `${BigInt(value)}.0` : String(value)
}
