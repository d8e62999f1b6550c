/** The one door to every operator. */
import { beforeCall } from './modes.js'
import { native } from './native.js'
import { Shell } from './shell.js'

/** Calls operator `op` (an index of `_generated/ops.ts`) with the user's own arguments. */
export function call(op: number, ...args: unknown[]): unknown {
  beforeCall()
  return native.call(op, new Shell(), ...args)
}

/** Calls an operator by its full name, as `torch.ops.ns.name(...)` does. */
export function callByName(name: string, overload: string | null, ...args: unknown[]): unknown {
  beforeCall()
  return native.callByName(name, overload, ...args)
}
