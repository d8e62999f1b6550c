/** The one door to every operator. */
import { beforeCall } from './modes.js'
import { native } from './native.js'
import { Shell } from './shell.js'

type Tracer = (result: unknown) => void

let tracer: Tracer | null = null

/** Lets `fn` see every result until it is set to null; the leak report uses it. */
export function setTracer(fn: Tracer | null): void {
  tracer = fn
}

/** Shows the tracer what was made without an operator. */
export function traced<T>(result: T): T {
  if (tracer !== null) tracer(result)
  return result
}

type Adapter = (op: number, args: unknown[]) => unknown[]

let adapter: Adapter | null = null

/** Lets `fn` change the arguments of every operator until it is set to null; the default device uses it. */
export function setAdapter(fn: Adapter | null): void {
  adapter = fn
}

type Wrapper = (result: unknown, args: readonly unknown[]) => unknown

let wrapper: Wrapper | null = null

/** Lets `fn` say what operators give, from result and arguments, until it is set to null; `tv_tensors.set_return_type` uses it. */
export function setWrapper(fn: Wrapper | null): void {
  wrapper = fn
}

/** Calls operator `op` (an index of `_generated/ops.ts`) with the user's own arguments. */
export function call(op: number, ...args: unknown[]): unknown {
  beforeCall()
  const result = native.call(op, new Shell(), ...(adapter === null ? args : adapter(op, args)))
  if (tracer !== null) tracer(result)
  return wrapper === null ? result : wrapper(result, args)
}

/** Calls an operator by its full name, as `torch.ops.ns.name(...)` does. */
export function callByName(name: string, overload: string | null, ...args: unknown[]): unknown {
  beforeCall()
  const result = native.callByName(name, overload, ...args)
  if (tracer !== null) tracer(result)
  return wrapper === null ? result : wrapper(result, args)
}
