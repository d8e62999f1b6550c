import { modeBlock } from '../_C/modes.js'

/** Runs a synchronous block without recording gradients; cheaper than `torch.no_grad(fn)`, which also follows awaits. */
export function withoutGrad<T>(fn: () => T): T {
  const block = modeBlock({ grad: false })
  try {
    return fn()
  } finally {
    block[Symbol.dispose]()
  }
}
