/** What a program has declared safe to build, by the names that checkpoints use. */
import { blockOrRun } from '../autograd/_finally.js'
import type { SafeGlobal } from './python_record.js'

/** A class or function under the full name that it has in Python, or one whose own name that is. */
export type SafeGlobalEntry = SafeGlobal | readonly [build: SafeGlobal, name: string]

let registered: readonly (readonly [build: SafeGlobal, name: string])[] = []

/** Modules that nothing is built from, whatever a program declares safe. */
const blockedModules = new Set(['sys', 'os', 'posix', 'nt', 'subprocess'])

function checked(entry: SafeGlobalEntry): readonly [build: SafeGlobal, name: string] {
  const [build, name] = Array.isArray(entry)
    ? (entry as readonly unknown[])
    : [entry, (entry as { name?: string }).name]
  if (typeof build !== 'function' || typeof name !== 'string' || (Array.isArray(entry) && entry.length !== 2))
    throw new TypeError('add_safe_globals(): expected classes, functions or pairs [build, "module.Name"]')
  return [build as SafeGlobal, name]
}

/**
 * Lets `torch.load` build what a checkpoint calls by these names: `add_safe_globals([[Point, 'geometry.Point']])`. A class is
 * constructed with the arguments that are in the file, a function called; a state goes to the value's `__setstate__`, or its
 * entries become properties. Everything in a file that names it can then call it: it must be safe for any arguments.
 *
 * https://docs.pytorch.org/docs/stable/notes/serialization.html#torch.serialization.add_safe_globals
 */
export function add_safe_globals(safe_globals: readonly SafeGlobalEntry[]): void {
  registered = [...registered, ...safe_globals.map(checked)]
}

/** What is declared safe: classes and functions with the names that checkpoints call them by. */
export function get_safe_globals(): [build: SafeGlobal, name: string][] {
  return registered.map(([build, name]) => [build, name])
}

/** Declares nothing safe any longer. */
export function clear_safe_globals(): void {
  registered = []
}

/**
 * `add_safe_globals` while `fn` runs, or until a `using` block ends.
 * https://docs.pytorch.org/docs/stable/notes/serialization.html#torch.serialization.safe_globals
 */
export function safe_globals(entries: readonly SafeGlobalEntry[]): Disposable
export function safe_globals<T>(entries: readonly SafeGlobalEntry[], fn: () => T): T
export function safe_globals<T>(entries: readonly SafeGlobalEntry[], fn?: () => T): T | Disposable {
  const before = registered
  add_safe_globals(entries)
  const added = registered.slice(before.length)
  return blockOrRun(fn, () => {
    registered = registered.filter(entry => !added.includes(entry))
  })
}

/** What a program builds for a name; undefined for a name that it does not know. */
export function safeGlobal(name: string): SafeGlobal | undefined {
  return registered.findLast(([, known]) => known === name)?.[0]
}

export function isBlocked(module: string): boolean {
  return blockedModules.has(module.split('.')[0]!)
}
