/** Python's built-in exceptions and warnings, in its words. */
import { IndexError, NotImplementedError, TorchError, ValueError } from './errors.js'

export function runtimeError(message: string): TorchError {
  return new TorchError(message)
}

export function valueError(message: string): ValueError {
  return new ValueError(message, 'ERR_TORCH_VALUE')
}

export function indexError(message: string): IndexError {
  return new IndexError(message, 'ERR_TORCH_INDEX')
}

export function notImplementedError(message: string): NotImplementedError {
  return new NotImplementedError(message, 'ERR_TORCH_NOT_IMPLEMENTED')
}

/** Python's `AssertionError`. */
export function assertionError(message: string): TorchError {
  return new TorchError(message, 'ERR_TORCH_ASSERTION')
}

const warned = new Set<string>()
let always = false

/** Lets warnings come each time; see `torch.set_warn_always`. */
export function setWarnAlways(value: boolean): void {
  always = value
}

/** Warns once a process about one thing, as Python's default filter does for one line of a script. */
export function warn(message: string, category = 'UserWarning'): void {
  if (warned.has(message) && !always) return
  warned.add(message)
  process.emitWarning(message, category)
}
