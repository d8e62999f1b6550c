/** Finds the tensors in plain values: in arrays, plain objects, Maps and Sets, however deep. */
import { isPlainObject } from './_C/args.js'
import { native } from './_C/native.js'
import type { Tensor } from './tensor.js'

export function tensorsIn(value: unknown): Tensor[] {
  const found: Tensor[] = []
  const seen = new Set<object>()
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return
    seen.add(part)
    if (native.isTensor(part)) found.push(part as Tensor)
    else if (Array.isArray(part) || part instanceof Set) part.forEach(visit)
    else if (part instanceof Map) {
      for (const [key, item] of part) {
        visit(key)
        visit(item)
      }
    } else if (isPlainObject(part)) Object.values(part).forEach(visit)
  }
  visit(value)
  return found
}

/** A copy of a plain value in which `replace` has exchanged whatever it did not answer with undefined. */
export function mapPlain(value: unknown, replace: (part: object) => unknown): unknown {
  const copies = new Map<object, unknown>()
  const copy = (part: unknown): unknown => {
    if (typeof part !== 'object' || part === null) return part
    if (copies.has(part)) return copies.get(part)
    const other = replace(part)
    if (other !== undefined) {
      copies.set(part, other)
      return other
    }
    if (Array.isArray(part)) {
      const items: unknown[] = []
      copies.set(part, items)
      for (const item of part) items.push(copy(item))
      return items
    }
    if (part instanceof Map) {
      const map = new Map<unknown, unknown>()
      copies.set(part, map)
      for (const [key, item] of part) map.set(copy(key), copy(item))
      return map
    }
    if (part instanceof Set) {
      const set = new Set<unknown>()
      copies.set(part, set)
      for (const item of part) set.add(copy(item))
      return set
    }
    if (!isPlainObject(part)) return part
    const fields: Record<string, unknown> = {}
    copies.set(part, fields)
    for (const [key, item] of Object.entries(part)) fields[key] = copy(item)
    return fields
  }
  return copy(value)
}
