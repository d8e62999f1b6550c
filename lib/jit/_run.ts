/** Calls of TorchScript, waited for or not. */
import { traced } from '../_C/call.js'
import { beforeCall } from '../_C/modes.js'
import { type NativeScript, native } from '../_C/native.js'
import { inFlight } from './_in_flight.js'
import './_native.js'

export function run(script: NativeScript, name: string, args: readonly unknown[]): unknown {
  beforeCall()
  return traced(native.scriptCall(script, name, args))
}

/** Takes the `signal` out of the trailing keywords. */
function splitSignal(args: readonly unknown[]): [args: readonly unknown[], signal: AbortSignal | null] {
  const last = args.at(-1)
  if (typeof last !== 'object' || last === null || !('signal' in last) || !(last.signal instanceof AbortSignal))
    return [args, null]
  const { signal, ...keywords } = last
  return [Object.keys(keywords).length > 0 ? [...args.slice(0, -1), keywords] : args.slice(0, -1), signal]
}

/** Runs on a thread of the addon's own. */
export async function runAsync(script: NativeScript, name: string, args: readonly unknown[]): Promise<unknown> {
  const [own, signal] = splitSignal(args)
  return inFlight.run(() => {
    beforeCall()
    return native.scriptCallAsync(script, name, own)
  }, signal)
}
