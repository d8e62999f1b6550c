import { defaultMaxListeners, getMaxListeners, setMaxListeners } from 'node:events'

/**
 * Calls `listener` with the reason when the signal is aborted. What it returns takes the listener away: call it as soon as
 * the work has ended, since one signal may outlive many pieces of work.
 */
export function onAbort(signal: AbortSignal | null | undefined, listener: (reason: unknown) => void): () => void {
  if (!signal) return () => {}
  const aborted = (): void => listener(signal.reason)
  // Many calls may wait for one signal: that is no leak to warn of. A limit that somebody has set stays.
  if (getMaxListeners(signal) === defaultMaxListeners) setMaxListeners(0, signal)
  signal.addEventListener('abort', aborted, { once: true })
  return () => signal.removeEventListener('abort', aborted)
}
