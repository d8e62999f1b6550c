/** torchvision's compiled operators, which the addon brings along. */
import { callByName } from '../../_C/call.js'
import { native } from '../../_C/native.js'

/** Calls `torchvision::name`. */
export function callVision(name: string, ...args: unknown[]): unknown {
  native.registerVisionOps()
  return callByName(`torchvision::${name}`, null, ...args)
}

/** A number for both directions, or one for each. */
export type Pair = number | readonly [number, number]

export function pairOf(value: Pair): readonly [number, number] {
  return typeof value === 'number' ? [value, value] : value
}
