/** A module's hooks, and the call of a module that has some. */
import { isPlainObject, typeName } from '../_C/args.js'
import { runtimeError, warn } from '../_C/raise.js'
import { RemovableHandle } from '../utils/hooks.js'
import { hookInputs, hookOutputs, ModuleBackward } from './_backward_hook.js'
import { hookLastNode } from './_last_node_hook.js'
import { kState, recordOf } from './_module_state.js'
import type { AnyModule } from './module.js'

export interface ForwardPreHook {
  hook: (...args: unknown[]) => unknown
  with_kwargs: boolean
}

export interface ForwardHook {
  hook: (...args: unknown[]) => unknown
  with_kwargs: boolean
  always_call: boolean
}

/** `(module, grad_output) => new grad_output or nothing` */
export type BackwardPreHook = (module: AnyModule, grad_output: readonly unknown[]) => unknown
/** `(module, grad_input, grad_output) => new grad_input or nothing` */
export type BackwardHook = (
  module: AnyModule,
  grad_input: readonly unknown[],
  grad_output: readonly unknown[],
) => unknown

/** Every list of hooks that a module can have, in the order in which they run. */
export class ModuleHooks {
  readonly forwardPre = new Set<ForwardPreHook>()
  readonly forward = new Set<ForwardHook>()
  readonly fullBackwardPre = new Set<{ hook: BackwardPreHook }>()
  /** The backward hooks, which are all full ones or all of the older kind; see `addBackwardHook`. */
  readonly backward = new Set<{ hook: BackwardHook }>()
  /** Null until there has been a backward hook. */
  backwardIsFull: boolean | null = null
  readonly stateDictPre = new Set<{ hook: (...args: never[]) => unknown }>()
  readonly stateDictPost = new Set<{ hook: (...args: never[]) => unknown }>()
  readonly loadStateDictPre = new Set<{ hook: (...args: never[]) => unknown }>()
  readonly loadStateDictPost = new Set<{ hook: (...args: never[]) => unknown }>()

  /** False while a call of the module may go straight to `forward`. */
  get changesCall(): boolean {
    return this.forwardPre.size > 0 || this.forward.size > 0 || this.backward.size > 0 || this.fullBackwardPre.size > 0
  }

  /** The same hooks in new lists: what a deep copy has. */
  copy(): ModuleHooks {
    const copy = new ModuleHooks()
    copy.backwardIsFull = this.backwardIsFull
    for (const list of Object.keys(this) as (keyof ModuleHooks)[]) {
      const from = this[list]
      if (from instanceof Set) for (const hook of from) (copy[list] as Set<unknown>).add(hook)
    }
    return copy
  }
}

/** The module's hooks, made where there are none. */
export function hooksOf(module: AnyModule): ModuleHooks {
  const state = recordOf(module)[kState]
  state.hooks ??= new ModuleHooks()
  return state.hooks
}

/** The hooks of all modules, see `module_hooks.ts`: they run before a module's own. */
export const globalHooks = new ModuleHooks()

/** The hooks of a module that has none. */
export const noHooks = new ModuleHooks()

/** `(module, name, value) => another value or nothing` */
export type RegistrationHook = (module: AnyModule, name: string, value: never) => unknown

/** The hooks of `register_buffer`, `register_parameter` and `add_module`. */
export const registrationHooks = {
  buffer: new Set<{ hook: RegistrationHook }>(),
  parameter: new Set<{ hook: RegistrationHook }>(),
  module: new Set<{ hook: RegistrationHook }>(),
}

/** What the hooks make of a value that is about to be registered. */
export function registered<T>(kind: keyof typeof registrationHooks, module: AnyModule, name: string, value: T): T {
  let current = value
  for (const { hook } of [...registrationHooks[kind]]) {
    const changed = hook(module, name, current as never)
    if (changed !== null && changed !== undefined) current = changed as T
  }
  return current
}

/** Puts `hook` at the end of the list, or before all others. */
export function addHook<T extends { hook: unknown }>(list: Set<T>, hook: T, prepend = false): RemovableHandle {
  if (typeof hook.hook !== 'function') throw new TypeError(`a hook must be a function, not ${typeName(hook.hook)}`)
  if (prepend) {
    const others = [...list]
    list.clear()
    list.add(hook)
    for (const other of others) list.add(other)
  } else {
    list.add(hook)
  }
  return new RemovableHandle(() => list.delete(hook))
}

/** Adds a backward hook; full ones and those of the older kind don't go together. */
export function addBackwardHook(
  hooks: ModuleHooks,
  where: 'single' | 'global',
  full: boolean,
  hook: { hook: BackwardHook },
  prepend = false,
): RemovableHandle {
  if (hooks.backwardIsFull === !full)
    throw runtimeError(
      'Cannot use both regular backward hooks and full backward hooks ' +
        `${where === 'single' ? 'on a single Module' : 'as a global Module hook'}. Please use only one of them.`,
    )
  const handle = addHook(hooks.backward, hook, prepend)
  hooks.backwardIsFull = full
  return handle
}

/** All backward hooks of one kind that a call of the module has. */
function backwardHooks(hooks: ModuleHooks, full: boolean): { hook: BackwardHook }[] {
  return [globalHooks, hooks].flatMap(list => (list.backwardIsFull === full ? [...list.backward] : []))
}

type Forward = (...args: unknown[]) => unknown

/** Splits the trailing keywords off an argument list. */
function splitKeywords(args: unknown[]): [args: unknown[], keywords: Record<string, unknown>] {
  const last = args.at(-1)
  return isPlainObject(last) ? [args.slice(0, -1), last] : [args, {}]
}

function joinKeywords(args: unknown[], keywords: Record<string, unknown>): unknown[] {
  return Object.keys(keywords).length > 0 ? [...args, keywords] : args
}

function runPreHooks(module: AnyModule, hooks: ModuleHooks, args: unknown[]): unknown[] {
  let current = args
  for (const { hook, with_kwargs } of [...globalHooks.forwardPre, ...hooks.forwardPre]) {
    const [positional, keywords] = splitKeywords(current)
    if (with_kwargs) {
      const changed = hook(module, positional, keywords)
      if (changed === null || changed === undefined) continue
      if (!Array.isArray(changed) || changed.length !== 2 || !Array.isArray(changed[0]) || !isPlainObject(changed[1]))
        throw runtimeError(
          `forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got ${String(changed)}.`,
        )
      current = joinKeywords(changed[0], changed[1])
    } else {
      const changed = hook(module, positional)
      if (changed === null || changed === undefined) continue
      current = joinKeywords(Array.isArray(changed) ? changed : [changed], keywords)
    }
  }
  return current
}

function runForwardHook(entry: ForwardHook, module: AnyModule, args: unknown[], result: unknown): unknown {
  const [positional, keywords] = splitKeywords(args)
  const changed = entry.with_kwargs
    ? entry.hook(module, positional, keywords, result)
    : entry.hook(module, positional, result)
  return changed === null || changed === undefined ? result : changed
}

/** Calls a module that has hooks: pre-hooks, `forward`, hooks, with the backward hooks tied in around it. */
export function callWithHooks(module: AnyModule, forward: Forward, hooks: ModuleHooks, args: unknown[]): unknown {
  const called = new Set<ForwardHook>()
  const forwardHooks = [...globalHooks.forward, ...hooks.forward]
  const backwardPre = [...globalHooks.fullBackwardPre, ...hooks.fullBackwardPre]
  const fullBackward = backwardHooks(hooks, true)
  const lastNode = backwardHooks(hooks, false)
  let current = args
  let result: unknown = null
  try {
    current = runPreHooks(module, hooks, current)
    let backward: ModuleBackward | null = null
    if (fullBackward.length > 0 || backwardPre.length > 0) {
      backward = new ModuleBackward(module, backwardPre, fullBackward)
      current = hookInputs(backward, current)
    }
    result = forward.apply(module, current)
    for (const entry of forwardHooks) {
      called.add(entry)
      result = runForwardHook(entry, module, current, result)
    }
    if (backward) result = hookOutputs(backward, result)
    if (lastNode.length > 0) hookLastNode(module, lastNode, current, result)
    return result
  } catch (error) {
    for (const entry of forwardHooks) {
      if (!entry.always_call || called.has(entry)) continue
      try {
        result = runForwardHook(entry, module, current, result)
      } catch (silenced) {
        warn(
          'module forward hook with ``always_call=True`` raised an exception that was silenced as another error was ' +
            `raised in forward: ${String(silenced)}`,
        )
      }
    }
    throw error
  }
}
