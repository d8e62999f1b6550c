/** What `trace` looks at once it is done: whether the function does the same again. */

import { isPlainObject } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { type NativeScript, native } from '../_C/native.js'
import { warn } from '../_C/raise.js'
import { tensorsIn } from '../_tensors_in.js'
import { no_grad } from '../autograd/grad_mode.js'
import { float64 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { run } from './_run.js'

/** A traced function did other operators the second time, or failed. */
export class TracingCheckError extends TorchError {
  override name = 'TracingCheckError'
}

export interface TraceCheck {
  traced: NativeScript
  /** Empty for a function. */
  method: string
  name: string
  eager: (...args: never[]) => unknown
  /** Traces once more, with other inputs. */
  retrace(inputs: readonly unknown[]): NativeScript
  inputs: readonly unknown[]
  check_tolerance?: number
}

/** A copy with tensors of its own; frozen arrays, which are tuples, stay frozen. */
function cloned(value: unknown): unknown {
  if (native.isTensor(value)) {
    const t = value as Tensor
    return t.detach().clone().requires_grad_(t.requires_grad)
  }
  if (Array.isArray(value)) return Object.isFrozen(value) ? Object.freeze(value.map(cloned)) : value.map(cloned)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, cloned(item)]))
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cloned(item)]))
  return value
}

function isClose(a: Tensor, b: Tensor, rtol: number): boolean {
  if (String(a.shape) !== String(b.shape)) return false
  const [x, y] = [a, b].map(t => (t.is_complex() ? t : t.is_quantized ? t.dequantize() : t).to_dense().detach()) as [
    Tensor,
    Tensor,
  ]
  const atol = x.dtype === float64 && y.dtype === float64 ? 1e-7 : 1e-5
  return x.is_complex() || y.is_complex()
    ? x.allclose(y.to(x.dtype), { rtol, atol, equal_nan: true })
    : x.double().allclose(y.double(), { rtol, atol, equal_nan: true })
}

/** Warns about results that differ, and tells whether none does. */
function compare(results: unknown, reference: unknown, rtol: number, what: string): boolean {
  const [a, b] = [tensorsIn(results), tensorsIn(reference)]
  let same = true
  for (const [i, tensor] of a.entries()) {
    const other = b[i]
    if (other !== undefined && isClose(tensor, other, rtol)) continue
    same = false
    warn(
      `Output nr ${i + 1}. of the traced function does not match the corresponding output of the ${what}. It may depend on ` +
        'random numbers (did you forget to call .eval() on your model?), on values of tensors, or on state that changes.',
      'TracerWarning',
    )
  }
  return same
}

/** The first lines in which two texts differ. */
function difference(a: string, b: string): string {
  const [mine, other] = [a.split('\n'), b.split('\n')]
  const i = mine.findIndex((line, k) => line !== other[k])
  const line = i < 0 ? mine.length : i
  return `- ${mine[line] ?? ''}\n+ ${other[line] ?? ''}`
}

export function checkTrace(check: TraceCheck): void {
  const { traced, method, name, eager, retrace, inputs, check_tolerance = 1e-5 } = check
  const failed = (message: string, cause?: unknown): TracingCheckError =>
    Object.assign(
      new TracingCheckError(`Tracing failed sanity checks!\n${message}`),
      cause === undefined ? {} : { cause },
    )
  const attempt = (what: string, call: (args: readonly unknown[]) => unknown): unknown => {
    try {
      return call(cloned(inputs) as unknown[])
    } catch (cause) {
      throw failed(
        `encountered an exception while running the ${what} of ${name} with test inputs: ${String(cause)}`,
        cause,
      )
    }
  }
  // With gradients as the first time: some layers take another way without.
  const again = attempt('second trace', retrace) as NativeScript
  no_grad(() => {
    const results = attempt('trace', args => run(traced, method, args))
    const expected = attempt('function', args => (eager as (...args: unknown[]) => unknown)(...args))
    if (compare(results, expected, check_tolerance, 'function'))
      compare(
        results,
        attempt('repeated trace', args => run(again, method, args)),
        check_tolerance,
        'repeated trace',
      )
  })
  const [first, second] = [traced, again].map(script =>
    native.scriptGraph(script, method, 'canonical').replace(/___torch_mangle_[0-9]+\./g, ''),
  ) as [string, string]
  if (first !== second) throw failed(`Graphs differed across invocations!\n${difference(first, second)}`)
}
