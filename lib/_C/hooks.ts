import { type Modes, modeBlock } from './modes.js'

/** Wraps a callback of the autograd engine, so that it runs under the grad mode that the engine asks for, and `others`. */
export function underGradMode<A extends unknown[], R>(
  callback: (...args: A) => R,
  others: Partial<Modes> = {},
): (gradMode: boolean, ...args: A) => R {
  return (gradMode, ...args) => {
    const block = modeBlock({ ...others, grad: gradMode })
    try {
      return callback(...args)
    } finally {
      block[Symbol.dispose]()
    }
  }
}
