import { isPlainObject } from '../../../_C/args.js'

/** The leaves of nested arrays, plain objects and Maps, depth first, and a function that puts others in their places. */
export function flatten(value: unknown): [leaves: unknown[], unflatten: (leaves: readonly unknown[]) => unknown] {
  const leaves: unknown[] = []
  const rebuild = visit(value, leaves)
  return [leaves, others => rebuild(others)]
}

type Rebuild = (leaves: readonly unknown[]) => unknown

function visit(value: unknown, leaves: unknown[]): Rebuild {
  if (Array.isArray(value)) {
    const parts = value.map(part => visit(part, leaves))
    return all => parts.map(part => part(all))
  }
  if (value instanceof Map) {
    const parts = [...value].map(([key, part]) => [key, visit(part, leaves)] as const)
    return all => new Map(parts.map(([key, part]) => [key, part(all)]))
  }
  if (isPlainObject(value)) {
    const parts = Object.entries(value).map(([key, part]) => [key, visit(part, leaves)] as const)
    return all => Object.fromEntries(parts.map(([key, part]) => [key, part(all)]))
  }
  const index = leaves.push(value) - 1
  return all => all[index]
}
