import { isPlainObject, typeName } from '../_C/args.js'
import { beforeCall } from '../_C/modes.js'
import { type NativeScript, native } from '../_C/native.js'
import { runtimeError, warn } from '../_C/raise.js'
import { isModule } from '../nn/_module_state.js'
import type { AnyModule, Forward } from '../nn/module.js'
import type { Tensor } from '../tensor.js'
import { checkTrace } from './_check_trace.js'
import { mirror } from './_mirror.js'
import './_native.js'
import { ScriptFunction } from './script_function.js'
import { ScriptModule } from './script_module.js'

/** Keywords of `trace` and `trace_module`. */
export interface TraceOptions {
  /** Whether the result is run once more and compared. */
  check_trace?: boolean
  /** Sets of arguments to compare with instead of the example's own; for `trace_module` objects of them by method. */
  check_inputs?: readonly unknown[] | null
  /** How far results may differ, relatively. Default 1e-5. */
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

/** Arrays as tuples, which is what a function's several arguments and results are in Python; lists can't be traced. */
function asTuples(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze([...value].map(asTuples))
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, asTuples(item)]))
  if (isPlainObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asTuples(item)]))
  return value
}

function record(
  fn: AnyFunction,
  inputs: readonly unknown[],
  options: TraceOptions,
  module: NativeScript | null,
  name: string,
): NativeScript | undefined {
  beforeCall()
  const call = (...args: unknown[]): unknown => asTuples((fn as (...args: unknown[]) => unknown)(...args))
  return native.scriptTrace(
    call,
    inputs.map(asTuples),
    argumentNames(inputs.length),
    options.strict ?? true,
    module,
    name,
  )
}

/**
 * Runs a function or a module once with example arguments, and makes a function or module of TorchScript of the operators
 * that it called. Sizes and branches are those of the example: `x.shape` is plain numbers here. `example_inputs` as an array
 * is a list of arguments, anything else the only one; arrays further in, and those among the results, are tuples.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.jit.trace.html
 *
 * Results that differ when the trace and the function run once more are warned about (`TracerWarning`).
 *
 * @throws {TracingCheckError} when the function does other operators the second time
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
  if (isModule(func)) {
    const check_inputs = options.check_inputs?.map(args => ({ forward: argumentsOf(args) })) ?? null
    return trace_module(func, { forward: inputs }, { ...options, check_inputs })
  }
  if (typeof func !== 'function') throw new TypeError(`jit.trace takes a function or a module, got ${typeName(func)}`)
  const name = func.name.replace(/\W/g, '_') || 'traced'
  const eager = func as AnyFunction
  const retrace = (args: readonly unknown[]): NativeScript => record(eager, args, options, null, name)!
  const traced = new ScriptFunction(retrace(inputs))
  if (options.check_trace ?? true)
    for (const args of options.check_inputs ?? [inputs])
      checkTrace({ traced: traced._c, method: '', name, eager, retrace, inputs: argumentsOf(args), ...options })
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
  const bounds = new Map<string, AnyFunction>()
  for (const [name, example] of Object.entries(inputs)) {
    const args = argumentsOf(example)
    // A call of the module runs its hooks too.
    const method = name === 'forward' ? mod : (mod as unknown as Record<string, AnyFunction>)[name]
    if (typeof method !== 'function') throw runtimeError(`the module has no method ${name} to trace`)
    const bound: AnyFunction = (...given) => Reflect.apply(method as (...args: never[]) => unknown, mod, given)
    record(bound, args, options, traced, name)
    bounds.set(name, bound)
  }
  if (options.check_trace ?? true)
    for (const further of (options.check_inputs ?? [inputs]) as Readonly<Record<string, unknown>>[])
      for (const [name, eager] of bounds) {
        const retrace = (args: readonly unknown[]): NativeScript => {
          const again = mirror(mod)
          record(eager, args, options, again, name)
          return again
        }
        checkTrace({ traced, method: name, name, eager, retrace, inputs: argumentsOf(further[name]), ...options })
      }
  return new ScriptModule<F>(traced)
}

/** Whether a trace is being recorded. */
export function is_tracing(): boolean {
  return native.scriptIsTracing()
}

/** Whether this runs as TorchScript: never, since TypeScript is not compiled to it. */
export function is_scripting(): boolean {
  return false
}
