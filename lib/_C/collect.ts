import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

type Collect = (options: { type: 'minor' }) => void

let collect: Collect | null | undefined

/** V8's own `gc` function, which a new context has while the flag is set; null where V8 refuses. */
function findCollect(): Collect | null {
  if ('gc' in globalThis && typeof globalThis.gc === 'function') return globalThis.gc as unknown as Collect
  try {
    setFlagsFromString('--expose-gc')
    return runInNewContext('gc') as Collect
  } catch {
    return null
  } finally {
    setFlagsFromString('--no-expose-gc')
  }
}

/** Collects the young generation, in a millisecond or so. */
export function collectYoung(): void {
  if (collect === undefined) collect = findCollect()
  collect?.({ type: 'minor' })
}
