/** What `assert_close` says, in PyTorch's words. */
import { typeName } from '../_C/args.js'
import { call } from '../_C/call.js'
import { native } from '../_C/native.js'
import { sizesOf } from '../_C/sizes.js'
import * as ops from '../_generated/ops.js'
import { floatRepr, formatFixed } from '../_python_format.js'
import { Complex } from '../complex.js'
import { type dtype, int64 } from '../dtype.js'
import { tupleText } from '../size.js'
import type { Tensor } from '../tensor.js'

export interface Tolerance {
  rtol: number
  atol: number
}

/** What is compared: `Tensor-likes` unless a part of a tensor has a name of its own. */
export type Identifier = string | ((usual: string) => string) | null

/** A value as Python's `str` writes it; numbers of a floating-point `kind` with a point. */
export function valueText(value: unknown, kind: dtype | null = null): string {
  if (value === null || value === undefined) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value instanceof Complex) return `${value}`
  if (typeof value === 'number') {
    const isFloat = kind === null ? !Number.isInteger(value) : kind.is_floating_point
    return isFloat ? floatRepr(value) : String(value)
  }
  if (typeof value === 'bigint' || typeof value === 'string' || native.isTensor(value)) return String(value)
  return typeName(value)
}

const named = (identifier: Identifier, usual: string): string =>
  typeof identifier === 'function' ? identifier(usual) : (identifier ?? usual)

function mismatch(
  what: string,
  { rtol, atol }: Tolerance,
  extra: string,
  differences: readonly (readonly [kind: string, value: string, index: readonly number[] | null, allowed: number])[],
): string {
  const isExact = rtol === 0 && atol === 0
  const lines = differences.map(([kind, value, index, allowed]) => {
    const limit = isExact ? '' : ` (up to ${floatRepr(allowed)} allowed)`
    if (index === null) return `${kind[0]!.toUpperCase()}${kind.slice(1)} difference: ${value}${limit}`
    return `Greatest ${kind} difference: ${value} at index ${tupleText(index)}${limit}`
  })
  return `${what} are not ${isExact ? 'equal' : 'close'}!\n\n${extra}\n${lines.join('\n')}`
}

/** Of two numbers. */
export function scalarMismatch(
  actual: unknown,
  expected: unknown,
  tolerance: Tolerance,
  identifier: Identifier = null,
  kind: dtype | null = null,
): string {
  const parts = (value: unknown) =>
    value instanceof Complex ? [value.re, value.im] : [Number(value as number | bigint | boolean), 0]
  const [[a, ai], [b, bi]] = [parts(actual), parts(expected)] as [[number, number], [number, number]]
  const absolute = Math.hypot(a - b, ai - bi)
  const size = Math.hypot(b, bi)
  const relative = size === 0 ? Number.POSITIVE_INFINITY : absolute / size
  const areBigints = typeof actual === 'bigint' && typeof expected === 'bigint'
  const isWhole = kind === null ? areBigints : !kind.is_floating_point && !kind.is_complex
  return mismatch(
    named(identifier, 'Scalars'),
    tolerance,
    `Expected ${valueText(expected, kind)} but got ${valueText(actual, kind)}.`,
    [
      ['absolute', isWhole ? String(absolute) : floatRepr(absolute), null, tolerance.atol],
      ['relative', floatRepr(relative), null, tolerance.rtol],
    ],
  )
}

/** The indices of the element that comes `flat`th in row-major order. */
function unravel(flat: number, shape: readonly number[]): number[] {
  const index: number[] = []
  let rest = flat
  for (const size of [...shape].reverse()) {
    index.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return index
}

/** The greatest element and where it is. */
function greatest(values: Tensor): [unknown, number] {
  const [value, index] = call(ops.max, values, 0) as [Tensor, Tensor]
  return [value.item(), index.item()]
}

/** Of two tensors of one shape; `matches` tells which elements are close. */
export function tensorMismatch(
  actual: Tensor,
  expected: Tensor,
  matches: Tensor,
  tolerance: Tolerance,
  identifier: Identifier = null,
): string {
  const count = matches.numel()
  const wrong = count - matches.sum().item()
  const extra = `Mismatched elements: ${wrong} / ${count} (${formatFixed((100 * wrong) / count, 1)}%)`
  const what = named(identifier, 'Tensor-likes')
  const shape = sizesOf(matches)
  if (actual.dtype.is_floating_point && actual.dtype.itemsize === 1) {
    const first = (matches.logical_not().nonzero().tolist() as number[][])[0]!
    return `${what} are not 'equal'!\n\n${extra}\nThe first mismatched element is at index ${tupleText(first)}.`
  }
  const isReal = actual.dtype.is_floating_point || actual.dtype.is_complex
  const [a, b] = [actual, expected].map(t => (isReal ? t.flatten() : t.flatten().to(int64))) as [Tensor, Tensor]
  const close = matches.flatten()
  const absolute = a.sub(b).abs().masked_fill(close, 0)
  const relative = absolute.div(b.abs()).masked_fill(close, 0)
  const [absValue, absIndex] = greatest(absolute)
  const [relValue, relIndex] = greatest(relative)
  return mismatch(what, tolerance, extra, [
    ['absolute', valueText(absValue, absolute.dtype), unravel(absIndex, shape), tolerance.atol],
    ['relative', valueText(relValue, relative.dtype), unravel(relIndex, shape), tolerance.rtol],
  ])
}
