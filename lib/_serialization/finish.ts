/** From what the unpickler built to what a program works with. */
import type { Containers } from './unpickler.js'

/**
 * Makes dicts plain objects where their keys allow it, gives OrderedDicts their hidden `_metadata`, and freezes tuples.
 * Goes over each container once, so that what was shared stays shared and cycles are no trouble.
 */
export function finish(value: unknown, containers: Containers): unknown {
  const objects = new Map<unknown, object>()
  for (const dict of containers.dicts) {
    const ordered = containers.ordered.has(dict)
    if (isObjectLike(dict, ordered)) objects.set(dict, {})
  }
  const final = (part: unknown): unknown => (part instanceof Map ? (objects.get(part) ?? part) : part)

  for (const list of [...containers.lists, ...containers.tuples])
    for (let i = 0; i < list.length; i++) list[i] = final(list[i])
  for (const dict of containers.dicts) {
    const object = objects.get(dict)
    if (!object) {
      for (const [key, item] of dict) dict.set(key, final(item))
      continue
    }
    for (const [key, item] of dict) setOwn(object, String(key), final(item))
    if (containers.ordered.has(dict)) hideMetadata(object, containers.ordered.get(dict), final)
  }
  for (const tuple of containers.tuples) Object.freeze(tuple)
  return final(value)
}

/** Whether a dict's keys are what a plain object keeps without a change. */
function isObjectLike(dict: ReadonlyMap<unknown, unknown>, ordered: boolean): boolean {
  for (const key of dict.keys()) {
    // An OrderedDict is a state dict, whose keys are names, also where they look like numbers.
    if (
      typeof key === 'string'
        ? !ordered && isIndex(key)
        : !(typeof key === 'number' && isIndex(String(key)) && !ordered)
    )
      return false
  }
  return true
}

/** Whether a property's name is one that JavaScript keeps as a number. */
export function isIndex(key: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1
}

/** Sets a property by that very name, also `__proto__`. */
function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

function hideMetadata(object: object, attributes: unknown, final: (part: unknown) => unknown): void {
  const metadata = attributes instanceof Map ? attributes.get('_metadata') : undefined
  if (Object.hasOwn(object, '_metadata')) return
  Object.defineProperty(object, '_metadata', {
    value: metadata === undefined ? {} : final(metadata),
    writable: true,
    configurable: true,
    enumerable: false,
  })
}
