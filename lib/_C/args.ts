/**
 * The one way hand-written functions take arguments as Python does: positional in order, or by keyword in one trailing plain
 * object.
 */

import { types } from 'node:util'

const { isProxy } = types

type Prefix<P extends unknown[]> = P extends [...infer Head, unknown] ? P | Prefix<Head> : []
type ShorterPrefix<P extends unknown[]> = P extends [...infer Head, unknown] ? Prefix<Head> : never

/**
 * The argument lists that Python's calling rules allow: `Req` are the required parameters, `Opt` those with defaults (write
 * both as labelled tuples), `K` every parameter by keyword.
 */
export type Args<Req extends unknown[], Opt extends unknown[], K extends object> =
  | [...Req, ...Prefix<Opt>]
  | [...Req, ...Prefix<Opt>, keywords: Partial<K>]
  | [...ShorterPrefix<Req>, keywords: Partial<K>]

/** True for `{…}` and `Object.create(null)`, false for instances, arrays, tensors, null. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** The property's value where it is there as a plain value; no getter or proxy gets to run. */
function plainProperty(value: unknown, key: PropertyKey): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || isProxy(value)) return undefined
  return Object.getOwnPropertyDescriptor(value, key)?.value
}

function listName(list: readonly unknown[]): string {
  if (list.length === 0) return 'empty list'
  const first = plainProperty(list, 0)
  return `list of ${Array.isArray(first) ? 'list' : typeName(first)}`
}

/**
 * What a value is, in the words of error messages: `Tensor`, `int`, `list of float`, … It runs none of the value's own code, which
 * may do anything.
 */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'None'
  if (isProxy(value)) return 'object'
  if (Array.isArray(value)) return listName(value)
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
    case 'bigint':
      return 'int'
    case 'boolean':
      return 'bool'
    case 'string':
      return 'str'
    case 'object': {
      if (isPlainObject(value)) return 'dict'
      const name = plainProperty(plainProperty(Object.getPrototypeOf(value), 'constructor'), 'name')
      return typeof name === 'string' && name ? name : 'object'
    }
    default:
      return typeof value
  }
}

/**
 * One parameter of `signature`: a name when required, a name and its default when not; `'*'` makes the following ones
 * keyword-only; `'name:dict'` is a parameter that takes a plain object by position.
 */
export type Parameter = string | readonly [name: string, fallback: unknown]

interface Slot {
  name: string
  required: boolean
  fallback: unknown
  dict: boolean
}

/**
 * Makes the binder of an argument list. `signature<Options>('Conv2d', 'in_channels', …, ['stride', 1])(args)` returns an
 * object with every parameter, or throws the `TypeError` that Python would throw. `undefined` counts as not given.
 */
export function signature<T extends object>(fn: string, ...parameters: Parameter[]): (args: readonly unknown[]) => T {
  const slots: Slot[] = []
  let positionalCount = -1
  for (const parameter of parameters) {
    if (parameter === '*') {
      positionalCount = slots.length
      continue
    }
    const required = typeof parameter === 'string'
    const [name, kind] = (required ? parameter : parameter[0]).split(':') as [string, string?]
    slots.push({ name, required, fallback: required ? undefined : parameter[1], dict: kind === 'dict' })
  }
  if (positionalCount < 0) positionalCount = slots.length
  return args => bind<T>(fn, slots, positionalCount, args)
}

function bind<T extends object>(fn: string, slots: Slot[], positionalCount: number, args: readonly unknown[]): T {
  let given = args.length
  const last = args[given - 1]
  const byKeyword = isPlainObject(last) && !slots[given - 1]?.dict
  if (byKeyword) given--
  if (given > positionalCount) {
    const excess = args.slice(positionalCount, given).some(value => value !== undefined)
    if (excess) throw new TypeError(`${fn}() takes ${positionalCount} positional arguments but ${given} were given`)
    given = positionalCount
  }
  const bound: Record<string, unknown> = {}
  for (let i = 0; i < slots.length; i++) bound[slots[i]!.name] = i < given ? args[i] : undefined
  if (byKeyword) {
    for (const [name, value] of Object.entries(last)) {
      if (!slots.some(slot => slot.name === name)) {
        const accepted = slots.map(slot => slot.name).join(', ')
        throw new TypeError(`${fn}() got an unexpected keyword argument '${name}'; it accepts: ${accepted}`)
      }
      if (value === undefined) continue
      if (bound[name] !== undefined) throw new TypeError(`${fn}() got multiple values for argument '${name}'`)
      bound[name] = value
    }
  }
  for (const slot of slots) {
    if (bound[slot.name] !== undefined) continue
    if (slot.required) throw new TypeError(`${fn}() missing required argument: '${slot.name}'`)
    bound[slot.name] = slot.fallback
  }
  return bound as T
}
