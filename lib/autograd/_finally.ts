import { type Modes, modeBlock, withModes } from '../_C/modes.js'

/** Runs `fn` and then `end`: at once, or when the promise that `fn` returns has settled. */
export function runThen<T>(fn: () => T, end: () => void): T {
  let result: T
  try {
    result = fn()
  } catch (error) {
    end()
    throw error
  }
  if (!(result instanceof Promise)) {
    end()
    return result
  }
  return result.finally(end) as T
}

/** The two forms of a block: around `fn`, or what `using` ends. */
export function blockOrRun<T>(fn: (() => T) | undefined, end: () => void): T | Disposable {
  if (fn !== undefined) return runThen(fn, end)
  let open = true
  return {
    [Symbol.dispose]() {
      if (open) end()
      open = false
    },
  }
}

/** Other modes while `fn` runs, or until a `using` block ends; then `end`. */
export function changedOrRun<T>(change: Partial<Modes>, fn: (() => T) | undefined, end: () => void): T | Disposable {
  if (fn !== undefined) return runThen(() => withModes(change, fn), end)
  const block = modeBlock(change)
  return {
    [Symbol.dispose]() {
      block[Symbol.dispose]()
      end()
    },
  }
}
