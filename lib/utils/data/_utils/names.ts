/** The names by which torch-node's own functions, classes and constants are found again in another thread. */
import { types } from 'node:util'
import { isPlainObject } from '../../../_C/args.js'

/** What is no part of the library's own names: operators and classes found by their name alone. */
const SKIPPED = new Set(['ops', 'classes', 'default'])
const MAX_DEPTH = 6

/** Every public name, and what it stands for. */
export class Names {
  readonly #paths = new Map<unknown, string>()
  readonly #values = new Map<string, unknown>()

  constructor(root: object) {
    this.#visit(root, '', 0)
  }

  /** Loads what the names are taken from: the whole library. */
  static async load(): Promise<Names> {
    loaded ??= new Names(await import('../../../torch.js'))
    return loaded
  }

  /** The name of a function, a class's prototype or a constant; undefined for what is not the library's. */
  pathOf(value: unknown): string | undefined {
    return this.#paths.get(value)
  }

  at(path: string): unknown {
    return this.#values.get(path)
  }

  #visit(space: object, prefix: string, depth: number): void {
    for (const key of Object.keys(space)) {
      if (SKIPPED.has(key)) continue
      // In a bundle a namespace is a plain object of getters.
      const value: unknown = Reflect.get(space, key)
      if ((typeof value !== 'object' && typeof value !== 'function') || value === null) continue
      if (this.#paths.has(value)) continue
      const path = `${prefix}${key}`
      if (typeof value === 'function') this.#add(path, value)
      const isSpace = types.isModuleNamespaceObject(value) || isPlainObject(value)
      if (!isSpace) this.#add(path, value)
      else if (depth < MAX_DEPTH) {
        this.#paths.set(value, path)
        this.#values.set(path, value)
        this.#visit(value, `${path}.`, depth + 1)
      }
    }
  }

  #add(path: string, value: object): void {
    this.#paths.set(value, path)
    this.#values.set(path, value)
    const { prototype } = value as { prototype?: unknown }
    if (typeof value !== 'function' || typeof prototype !== 'object' || prototype === null) return
    if (!this.#paths.has(prototype)) this.#paths.set(prototype, path)
  }
}

let loaded: Names | null = null
