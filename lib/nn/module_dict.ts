import { isPlainObject } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { notImplementedError } from '../_C/raise.js'
import { pairs } from './_list.js'
import { isModule, ownChildren, recordOf } from './_module_state.js'
import { type AnyModule, Module } from './module.js'

/** Modules by name: a plain object, or pairs. */
export type NamedModules<M> = Record<string, M> | Iterable<readonly [string, M]>

/**
 * Modules by name, whose parameters belong to the module that holds it. Its methods are those of a `Map`, and Python's.
 * Names keep the order in which they were added, but whole numbers come first, ascending.
 *
 * ```ts
 * choices = new nn.ModuleDict({ conv: new nn.Conv2d(10, 10, 3), pool: new nn.MaxPool2d(3) })
 * x = this.choices.get('conv')(x)
 * ```
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
 */
export class ModuleDict<M extends AnyModule = Module> extends Module {
  constructor(modules: NamedModules<M> | null = null) {
    super()
    if (modules !== null) this.update(modules)
  }

  forward(): never {
    throw notImplementedError(`Module [${this._get_name()}] is missing the required "forward" function`)
  }

  override get length(): number {
    return ownChildren(this).length
  }

  /** Walks over the names, as Python does. */
  *[Symbol.iterator](): IterableIterator<string> {
    yield* this.keys()
  }

  /** @throws TorchError (`ERR_TORCH_KEY`) where there is no such name; `has` asks. */
  get(name: string): M {
    if (!this.has(name)) throw new TorchError(`'${name}'`, 'ERR_TORCH_KEY')
    return recordOf(this)[name] as M
  }

  set(name: string, module: M): this {
    this.add_module(name, module)
    return this
  }

  has(name: string): boolean {
    return Object.hasOwn(this, name) && isModule(recordOf(this)[name])
  }

  delete(name: string): boolean {
    return this.has(name) && delete recordOf(this)[name]
  }

  clear(): void {
    for (const name of this.keys()) delete recordOf(this)[name]
  }

  /** Takes a module out and returns it. */
  pop(name: string): M {
    const module = this.get(name)
    delete recordOf(this)[name]
    return module
  }

  keys(): string[] {
    return ownChildren(this).map(([name]) => name)
  }

  values(): M[] {
    return ownChildren(this).map(([, module]) => module as M)
  }

  items(): [name: string, module: M][] {
    return ownChildren(this) as [string, M][]
  }

  /** Adds every named module; one of the same name is replaced. */
  update(modules: NamedModules<M>): void {
    if (isPlainObject(modules) || modules instanceof ModuleDict) {
      const entries = modules instanceof ModuleDict ? (modules as ModuleDict<M>).items() : Object.entries(modules)
      for (const [name, module] of entries) this.add_module(name, module as M)
      return
    }
    for (const [name, module] of pairs('ModuleDict', modules)) this.add_module(name, module)
  }
}
