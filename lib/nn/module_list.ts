import { notImplementedError } from '../_C/raise.js'
import { absoluteIndex, checkModule, iterable, numberedChildren, renumber } from './_list.js'
import { addIndent } from './_print.js'
import { type AnyModule, Module } from './module.js'

/**
 * A list of modules whose parameters belong to the module that holds it. It can be indexed and walked, not called.
 *
 * ```ts
 * layers = new nn.ModuleList([new nn.Linear(10, 10), new nn.Linear(10, 10)])
 * for (const layer of this.layers) x = layer(x)
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 */
export class ModuleList<M extends AnyModule = Module> extends Module {
  [index: number]: M

  constructor(modules: Iterable<M> | null = null) {
    super()
    if (modules !== null) this.extend(modules)
  }

  forward(): never {
    throw notImplementedError(`Module [${this._get_name()}] is missing the required "forward" function`)
  }

  override get length(): number {
    return numberedChildren<M>(this).length
  }

  *[Symbol.iterator](): IterableIterator<M> {
    yield* numberedChildren<M>(this)
  }

  /** The module at a place; a negative one counts from the end. */
  at(index: number): M {
    return this[absoluteIndex(index, this.length)]!
  }

  /** Puts another module at a place that has one. */
  setAt(index: number, module: M): void {
    this.add_module(String(absoluteIndex(index, this.length)), module)
  }

  /** A `ModuleList` of the modules from `start` to before `stop`. */
  slice(start?: number, stop?: number): ModuleList<M> {
    return new ModuleList(numberedChildren<M>(this).slice(start, stop))
  }

  /** Adds a module at the end. */
  append(module: M): this {
    this.add_module(String(this.length), module)
    return this
  }

  /** Adds every module at the end. */
  extend(modules: Iterable<M>): this {
    for (const module of [...iterable('ModuleList.extend', modules)]) this.append(module)
    return this
  }

  /** Puts a module before the one at `index`. */
  insert(index: number, module: M): void {
    checkModule(module)
    const modules = numberedChildren<M>(this)
    modules.splice(index, 0, module)
    renumber(this, modules)
  }

  /** Takes the module at a place out. */
  pop(index: number): M {
    const modules = numberedChildren<M>(this)
    const [module] = modules.splice(absoluteIndex(index, modules.length), 1)
    renumber(this, modules)
    return module!
  }

  /** Equal neighbours are printed once, with their count. */
  override toString(): string {
    const blocks: { text: string; first: number; last: number }[] = []
    for (const [i, module] of numberedChildren<M>(this).entries()) {
      const text = module.toString()
      const previous = blocks.at(-1)
      if (previous?.text === text) previous.last = i
      else blocks.push({ text, first: i, last: i })
    }
    if (blocks.length === 0) return `${this._get_name()}()`
    const lines = blocks.map(({ text, first, last }) =>
      addIndent(first === last ? `(${first}): ${text}` : `(${first}-${last}): ${last - first + 1} x ${text}`, 2),
    )
    return `${this._get_name()}(\n  ${lines.join('\n  ')}\n)`
  }
}
