/** What the numbered containers share: children under the names `0`, `1`, … */
import { typeName } from '../_C/args.js'
import { indexError, valueError } from '../_C/raise.js'
import { isModule, recordOf } from './_module_state.js'
import type { AnyModule } from './module.js'

/** The place that `index` means in a list of `length`; negative ones count from the end. */
export function absoluteIndex(index: number, length: number): number {
  if (!Number.isInteger(index)) throw new TypeError(`index must be an integer, got ${String(index)}`)
  if (index < -length || index >= length) throw indexError(`index ${index} is out of range`)
  return index < 0 ? index + length : index
}

/** Children under the names `0`, `1`, … in order. */
export function numberedChildren<M extends AnyModule>(list: AnyModule): M[] {
  const record = recordOf(list)
  const found: M[] = []
  for (let i = 0; isModule(record[i]); i++) found.push(record[i] as M)
  return found
}

/** Makes `modules` the numbered children. */
export function renumber(list: AnyModule, modules: readonly AnyModule[]): void {
  const record = recordOf(list)
  for (let i = 0; isModule(record[i]); i++) delete record[i]
  for (const [i, module] of modules.entries()) list.add_module(String(i), module)
}

/** `values`, or the TypeError of a method that takes an iterable. */
export function iterable<T>(method: string, values: Iterable<T>): Iterable<T> {
  if (typeof values !== 'object' || values === null || !(Symbol.iterator in values))
    throw new TypeError(`${method} should be called with an iterable, but got ${typeName(values)}`)
  return values
}

/** Pairs of name and value, or the error of a method of `owner` that takes them. */
export function pairs<T>(owner: string, values: Iterable<readonly [string, T]>): (readonly [string, T])[] {
  if (typeof values !== 'object' || values === null || !(Symbol.iterator in values))
    throw new TypeError(
      `${owner}.update should be called with an iterable of key/value pairs, but got ${typeName(values)}`,
    )
  const list = [...values]
  for (const [i, pair] of list.entries()) {
    if (!Array.isArray(pair))
      throw new TypeError(`${owner} update sequence element #${i} should be Iterable; is ${typeName(pair)}`)
    if (pair.length !== 2)
      throw valueError(`${owner} update sequence element #${i} has length ${pair.length}; 2 is required`)
  }
  return list
}

/** @throws TypeError unless it is a module */
export function checkModule(value: unknown): void {
  if (!isModule(value)) throw new TypeError(`${typeName(value)} is not a Module subclass`)
}
