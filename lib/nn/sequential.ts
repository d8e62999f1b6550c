import { isPlainObject } from '../_C/args.js'
import { indexError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { absoluteIndex, checkModule, iterable } from './_list.js'
import { ownChildren, recordOf } from './_module_state.js'
import { type AnyModule, Module } from './module.js'

function entryAt(module: AnyModule, index: number): [string, Module] {
  const entries = ownChildren(module)
  return entries[absoluteIndex(index, entries.length)] as [string, Module]
}

function replaceAll(module: AnyModule, children: AnyModule[]): void {
  for (const [name] of ownChildren(module)) delete recordOf(module)[name]
  for (const [i, child] of children.entries()) module.add_module(String(i), child)
}

/**
 * Calls its children one after the other, each with the result of the one before. Made from modules, named `0`, `1`, …, or
 * from a plain object of named modules (Python's `OrderedDict` form).
 *
 * ```ts
 * const model = new nn.Sequential(new nn.Conv2d(1, 20, 5), new nn.ReLU())
 * const named = new nn.Sequential({ conv1: new nn.Conv2d(1, 20, 5), relu1: new nn.ReLU() })
 * model[0]
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 */
export class Sequential extends Module {
  [index: number]: Module

  constructor(named: Record<string, AnyModule>)
  constructor(...modules: AnyModule[])
  constructor(...args: unknown[]) {
    super()
    const [first] = args
    const named = args.length === 1 && isPlainObject(first) ? Object.entries(first) : Object.entries(args)
    for (const [name, module] of named) this.add_module(name, module as AnyModule)
  }

  forward(input: Tensor): Tensor {
    let current = input
    for (const module of this) current = module(current)
    return current
  }

  override get length(): number {
    return ownChildren(this).length
  }

  *[Symbol.iterator](): IterableIterator<Module> {
    for (const [, module] of ownChildren(this)) yield module as Module
  }

  /** The child at a place; a negative one counts from the end. */
  at(index: number): Module {
    return entryAt(this, index)[1]
  }

  /** Puts another module at a place that has one. */
  setAt(index: number, module: AnyModule): void {
    this.add_module(entryAt(this, index)[0], module)
  }

  /** A `Sequential` of the children from `start` to before `stop`, under their names, as `model[start:stop]` in Python. */
  slice(start?: number, stop?: number): Sequential {
    return new Sequential(Object.fromEntries(ownChildren(this).slice(start, stop)))
  }

  /** Adds a module at the end. */
  append(module: AnyModule): this {
    this.add_module(String(this.length), module)
    return this
  }

  /** Adds every module at the end. */
  extend(modules: Iterable<AnyModule>): this {
    for (const module of [...iterable('Sequential.extend', modules)]) this.append(module)
    return this
  }

  /** Puts a module before the one at `index`; the children are numbered anew. */
  insert(index: number, module: AnyModule): this {
    checkModule(module)
    const modules: AnyModule[] = [...this]
    const { length } = modules
    if (!(Number.isInteger(index) && index >= -length && index <= length))
      throw indexError(`Index out of range: ${index}`)
    modules.splice(index, 0, module)
    replaceAll(this, modules)
    return this
  }

  /** Takes the child at a place out; the others are numbered anew. */
  pop(index: number): Module {
    const [name, module] = entryAt(this, index)
    delete recordOf(this)[name]
    const rest = ownChildren(this)
    const numbered = rest.every(([other]) => /^\d+$/.test(other))
    if (numbered)
      replaceAll(
        this,
        rest.map(([, other]) => other),
      )
    return module
  }
}
