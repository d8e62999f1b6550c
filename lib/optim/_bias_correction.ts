import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { Complex } from '../complex.js'
import { float64 } from '../dtype.js'
import type { Tensor } from '../tensor.js'

/** How much Adam's running means fall short after so many steps, because they began at zero. */
export interface BiasCorrection {
  /** `1 − beta1^step` */
  first: number
  /** `√(1 − beta2^step)` */
  secondRoot: number
}

/** A small float64 tensor, whose power LibTorch takes with the C library's `pow`. */
function doubles(...values: number[]): Tensor {
  return native.fromBytes(new Float64Array(values), float64.scalarType, [values.length], true)
}

/**
 * The corrections after `step` steps. V8's own `Math.pow` differs from the C library's, and so from Python's, in the last
 * bit of every tenth result; LibTorch's on a few elements is the C library's.
 */
export function biasCorrection(beta1: number, beta2: number, step: number): BiasCorrection {
  const powers = native.toNested(call(ops.pow, doubles(beta1, beta2), doubles(step, step)) as Tensor) as number[]
  const second = 1 - powers[1]!
  const root = native.toNested(call(ops.pow, doubles(second), doubles(0.5)) as Tensor) as number[]
  return { first: 1 - powers[0]!, secondRoot: root[0]! }
}

/** Python's `base ** exponent` of floats. */
export function clibPow(base: number, exponent: number): number {
  return native.item(call(ops.pow, doubles(base), doubles(exponent)) as Tensor) as number
}

/** Python's `math.cos`, where V8's again differs in the last bit: this operator is the C library's. */
export function clibCos(angle: number): number {
  const [number] = native.toNested(call(ops.polar, doubles(1), doubles(angle)) as Tensor) as Complex[]
  return number!.re
}
