/** Work that can stop between its steps: at once, or with turns for other work between. */

/** How long the event loop waits at most, in milliseconds, while no step takes longer. */
const turnMs = 8

export type Steps<T> = Generator<void, T>

export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

export async function inTurns<T>(steps: Steps<T>): Promise<T> {
  for (let end = performance.now() + turnMs; ; ) {
    const { done, value } = steps.next()
    if (done) return value
    if (performance.now() < end) continue
    await new Promise(setImmediate)
    end = performance.now() + turnMs
  }
}
