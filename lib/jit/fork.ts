import type { Forward } from '../nn/module.js'
import type { ScriptFunction } from './script_function.js'
import { ScriptModule } from './script_module.js'

/**
 * Starts a function or module of TorchScript on a thread of the addon's own. The promise is Python's `Future`.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.fork.html
 */
export function fork<R = unknown>(
  func: ScriptModule<Forward> | ScriptFunction<Forward>,
  ...args: unknown[]
): Promise<R> {
  return (func instanceof ScriptModule ? func.forwardAsync(...args) : func.callAsync(...args)) as Promise<R>
}

/** The result of a `fork`: `await wait(future)`. https://docs.pytorch.org/docs/stable/generated/torch.jit.wait.html */
export function wait<R>(future: Promise<R>): Promise<R> {
  return future
}
