import { typeName } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { beforeCall } from '../_C/modes.js'
import { type NativeScript, native } from '../_C/native.js'
import { runtimeError, warn } from '../_C/raise.js'
import { tensorsIn } from '../_tensors_in.js'
import { isModule } from '../nn/_module_state.js'
import type { AnyModule, Forward } from '../nn/module.js'
import type { Tensor } from '../tensor.js'
import { mirror } from './_mirror.js'
import './_native.js'
import { run } from './_run.js'
import { ScriptFunction } from './script_function.js'
import { ScriptModule } from './script_module.js'

/** What a traced function did the second time was not what it had done the first time. */
export class TracingCheckError extends TorchError {}

/** Keywords of `trace` and `trace_module`. */
export interface TraceOptions {
  /** Whether the result is run once more and compared. */
  check_trace?: boolean
  /** Further arguments to compare with; by default the example's own. */
  check_inputs?: readonly (readonly unknown[])[] | null
  check_tolerance?: number
  /** Whether dictionaries and lists among the results are refused unless they are of tensors. */
  strict?: boolean
}

type AnyFunction = (...args: never[]) => unknown

/** Names for the traced arguments: what can be read off a function's text is not worth trusting. */
function argumentNames(count: number): string[] {
  return count === 1 ? ['x'] : Array.from({ length: count }, (_, i) => `argument_${i + 1}`)
}

function argumentsOf(example: unknown): readonly unknown[] {
  return Array.isArray(example) ? example : [example]
}

function compare(name: string, again: unknown, expected: unknown, tolerance: number): void {
  const a = tensorsIn(again)
  const b = tensorsIn(expected)
  if (a.length !== b.length)
    throw new TracingCheckError(`Tracing failed sanity checks! ${name} gave ${a.length} tensors instead of ${b.length}`)
  for (const [i, tensor] of a.entries()) {
    const other = b[i]!
    const same = String(tensor.shape) === String(other.shape) && tensor.dtype === other.dtype
    if (same && tensor.allclose(other, { rtol: tolerance, atol: tolerance, equal_nan: true })) continue
    throw new TracingCheckError(
      `Tracing failed sanity checks! Output nr ${i + 1} of ${name} does not match the output of the function that was ` +
        'traced. It may depend on random numbers, on values of tensors, or on state that changes with each call.',
    )
  }
}

function check(
  name: string,
  eager: AnyFunction,
  compiled: (args: readonly unknown[]) => unknown,
  example: readonly unknown[],
  { check_trace = true, check_inputs = null, check_tolerance = 1e-5 }: TraceOptions,
): void {
  if (!check_trace) return
  for (const args of check_inputs ?? [example]) {
    const inputs = argumentsOf(args)
    compare(name, compiled(inputs), (eager as (...args: unknown[]) => unknown)(...inputs), check_tolerance)
  }
}

function record(
  fn: AnyFunction,
  inputs: readonly unknown[],
  options: TraceOptions,
  module: NativeScript | null,
  name: string,
): NativeScript | undefined {
  beforeCall()
  const call = (...args: unknown[]): unknown => (fn as (...args: unknown[]) => unknown)(...args)
  return native.scriptTrace(call, inputs, argumentNames(inputs.length), options.strict ?? true, module, name)
}

/**
 * Runs a function or a module once with example arguments, and makes a function or module of TorchScript of the operators
 * that it called. Sizes and branches are those of the example: `x.shape` is plain numbers here. What was given as an array is
 * a list of arguments, anything else the only one.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.trace.html
 *
 * @throws {TracingCheckError} when the result does something else than the function
 */
export function trace<F extends Forward>(
  func: AnyModule & { forward: F },
  example_inputs: unknown,
  options?: TraceOptions,
): ScriptModule<F>
export function trace<F extends AnyFunction>(
  func: F,
  example_inputs: unknown,
  options?: TraceOptions,
): ScriptFunction<F>
export function trace(func: unknown, example_inputs: unknown, options: TraceOptions = {}): unknown {
  if (func instanceof ScriptModule || func instanceof ScriptFunction) {
    warn('The input to trace is already a ScriptModule, tracing it is a no-op. Returning the object as is.')
    return func
  }
  const inputs = argumentsOf(example_inputs)
  if (isModule(func)) return trace_module(func, { forward: inputs }, options)
  if (typeof func !== 'function') throw new TypeError(`jit.trace takes a function or a module, got ${typeName(func)}`)
  const name = func.name.replace(/\W/g, '_') || 'traced'
  const traced = new ScriptFunction(record(func as AnyFunction, inputs, options, null, name)!)
  check(name, func as AnyFunction, args => run(traced._c, '', args), inputs, options)
  return traced
}

/**
 * `trace` for several methods of a module, by name with the example arguments of each.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.trace_module.html
 */
export function trace_module<F extends Forward = (...args: unknown[]) => Tensor>(
  mod: AnyModule,
  inputs: Readonly<Record<string, unknown>>,
  options: TraceOptions = {},
): ScriptModule<F> {
  if (!isModule(mod)) throw new TypeError('expected torch.nn.Module as the first argument')
  const traced = mirror(mod)
  for (const [name, example] of Object.entries(inputs)) {
    const args = argumentsOf(example)
    // A call of the module runs its hooks too.
    const method = name === 'forward' ? mod : (mod as unknown as Record<string, AnyFunction>)[name]
    if (typeof method !== 'function') throw runtimeError(`the module has no method ${name} to trace`)
    const bound: AnyFunction = (...given) => Reflect.apply(method as (...args: never[]) => unknown, mod, given)
    record(bound, args, options, traced, name)
    check(name, bound, given => run(traced, name, given), args, options)
  }
  return new ScriptModule<F>(traced)
}

/** Whether a trace is being recorded. */
export function is_tracing(): boolean {
  return native.scriptIsTracing()
}
