/** Python's printed forms of what transforms keep. */
import { floatRepr } from '../../../_python_format.js'

/** `0.5`, `[1, 2]`, `True`, `nearest`; null for what a transform does not print. */
export function pythonText(value: unknown): string | null {
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False'
    case 'number':
      return Number.isInteger(value) ? String(value) : floatRepr(value)
    case 'string':
      return value
    default:
      return Array.isArray(value) ? `[${value.map(itemText).join(', ')}]` : null
  }
}

function itemText(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`
  return pythonText(value) ?? (value === null ? 'None' : String(value))
}

/** `(0.1, 2.0)` */
export const floatTuple = (values: unknown): string => `(${(values as number[]).map(floatRepr).join(', ')})`

/** `[0.1, 2.0]` */
export const floatList = (values: unknown): string => `[${(values as number[]).map(floatRepr).join(', ')}]`

/** `(0, 1)` */
export const tuple = (values: unknown): string => `(${(values as unknown[]).map(itemText).join(', ')})`

export const float = (value: unknown): string => floatRepr(value as number)
