/** What is alive: scopes that free tensors at their end, and a report of the tensors that are left. */
import { setTracer } from './_C/call.js'
import { currentModes, withModes } from './_C/modes.js'
import { native } from './_C/native.js'
import { tensorsIn } from './_tensors_in.js'
import type { Tensor } from './tensor.js'

/**
 * Runs `fn` and frees the tensors made meanwhile at once, instead of when the garbage collector comes; those in the returned
 * value (in arrays, plain objects, Maps and Sets) live on. `fn` may be asynchronous: what it makes across awaits belongs to
 * the scope too, what others make does not. Scopes nest.
 */
export function scope<T>(fn: () => T): T {
  if (typeof fn !== 'function') throw new TypeError(`scope expected a function, got ${typeof fn}`)
  const parent = currentModes().scope
  const id = native.openScope()
  const fail = (error: unknown): never => {
    native.closeScope(id, parent, [])
    throw error
  }
  const close = <V>(result: V): V => {
    native.closeScope(id, parent, tensorsIn(result))
    return result
  }
  let result: T
  try {
    result = withModes({ scope: id }, fn)
  } catch (error) {
    return fail(error)
  }
  if (result instanceof Promise) return result.then(close, fail) as T
  return close(result)
}

/** How many tensors are alive in this thread. */
export function liveTensors(): number {
  return native.liveCount()
}

/** Where each tensor was made, by its id; null while tensors are not tracked. */
let places: Map<number, string> | null = null
let pruneAt = 10_000

/** The stack from the first line outside the library on. */
function callerPlace(): string {
  const holder: { stack?: string } = {}
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 30
  Error.captureStackTrace(holder, callerPlace)
  Error.stackTraceLimit = stackTraceLimit
  const lines = (holder.stack ?? '').split('\n').slice(1)
  const outside = lines.find(line => !line.includes(libraryFolder) && !line.includes('node:'))
  return (outside ?? lines.at(-1) ?? 'unknown').trim().replace(/^at /, '')
}

const libraryFolder = import.meta.url.replace(/[^/]*$/, '')

function forgetFreed(): void {
  if (places === null) return
  const alive = new Set(native.liveIds())
  for (const id of places.keys()) if (!alive.has(id)) places.delete(id)
  pruneAt = Math.max(10_000, places.size * 2)
}

function remember(result: unknown): void {
  if (places === null) return
  const made = native.isTensor(result) ? [result as Tensor] : Array.isArray(result) ? result : []
  let place: string | null = null
  for (const t of made) {
    if (!native.isTensor(t)) continue
    const id = native.id(t as Tensor)
    if (places.has(id)) continue
    place ??= callerPlace()
    places.set(id, place)
  }
  if (places.size > pruneAt) forgetFreed()
}

/** Remembers from now on which line of the program made each tensor, for `leakReport`. Costs time while it is on. */
export function trackTensors(on: boolean): void {
  places = on ? (places ?? new Map()) : null
  setTracer(on ? remember : null)
}

interface Group {
  count: number
  bytes: number
  descriptions: Map<string, number>
}

/** Bytes of a description such as `[2, 3] float32 24 bytes`. */
const bytesOf = (description: string): number => Number(/(\d+) bytes/.exec(description)?.[1] ?? 0)

/**
 * The tensors that are alive in this thread, as text: grouped by the line that made them (after `trackTensors(true)`), with
 * count, shapes and bytes, the heaviest first.
 */
export function leakReport(): string {
  forgetFreed()
  const groups = new Map<string, Group>()
  let total = 0
  for (const [id, description] of native.describeLive()) {
    const place =
      places?.get(id) ?? (places ? 'made before trackTensors(true)' : 'place unknown: call trackTensors(true)')
    const group = groups.get(place) ?? { count: 0, bytes: 0, descriptions: new Map() }
    groups.set(place, group)
    group.count++
    group.bytes += bytesOf(description)
    group.descriptions.set(description, (group.descriptions.get(description) ?? 0) + 1)
    total++
  }
  const sorted = [...groups].sort(([, a], [, b]) => b.bytes - a.bytes || b.count - a.count)
  const bytes = sorted.reduce((sum, [, group]) => sum + group.bytes, 0)
  const lines = [`${total} live tensors, ${bytes} bytes`]
  for (const [place, group] of sorted) {
    lines.push(`${group.count} × ${group.bytes} bytes at ${place}`)
    for (const [description, count] of group.descriptions) lines.push(`    ${count} × ${description}`)
  }
  return lines.join('\n')
}
