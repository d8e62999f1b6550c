/** What an unpickler builds, before `finish` makes it what a program works with. */
import type { Tensor } from '../tensor.js'
import { UnpicklingError } from './errors.js'

/** Calls a function of the allow-list with a tuple of arguments. */
export type Callable = (args: readonly unknown[], containers: Containers, keywords?: unknown) => unknown

/** What the name of a class or function stands for. */
export class Allowed {
  /**
   * @param name full, such as `torch.Size`
   * @param call null for a class that is only named, never called
   */
  constructor(
    readonly name: string,
    readonly call: Callable | null,
  ) {}
}

/** What is made by a call and then gets its state from a BUILD instruction. */
export abstract class Stateful {
  abstract setState(state: unknown, containers: Containers): void
}

/** Python's tuple, list, dict and set while they are being filled. */
export class Containers {
  /** Arrays that are lists; other plain arrays are tuples. */
  readonly lists = new Set<unknown>()
  readonly frozenSets = new Set<Set<unknown>>()
  /** OrderedDicts, with the attributes that were set on them. */
  readonly ordered = new Map<Map<unknown, unknown>, unknown>()
  /** Attributes of tensors. */
  readonly attributes = new Map<Tensor, Map<unknown, unknown>[]>()
  /** Elements that may still be copied: what bounds the work that a small file can ask for. */
  #budget: number

  constructor(bytes: number) {
    this.#budget = 1e6 + 64 * bytes
  }

  list(items: readonly unknown[] = []): unknown[] {
    this.spend(items.length)
    const list = [...items]
    this.lists.add(list)
    return list
  }

  dict(entries: ReadonlyMap<unknown, unknown> | null = null): Map<unknown, unknown> {
    if (entries) this.spend(entries.size)
    return new Map(entries)
  }

  /** An OrderedDict, which may get attributes. */
  orderedDict(): Map<unknown, unknown> {
    const dict = this.dict()
    this.ordered.set(dict, null)
    return dict
  }

  set(items: readonly unknown[], frozen = false): Set<unknown> {
    this.spend(items.length)
    const set = new Set(items.map(hashable))
    if (frozen) this.frozenSets.add(set)
    return set
  }

  /** Notes the attributes that a tensor has of its own. */
  setAttributes(t: Tensor, state: unknown): void {
    const parts = isTuple(state, this) && state.length === 2 ? state : [state]
    for (const part of parts) {
      if (part === null || (part instanceof Map && part.size === 0)) continue
      if (!(part instanceof Map)) throw new UnpicklingError('the attributes of a tensor are no dict')
      this.spend(part.size)
      const known = this.attributes.get(t)
      if (known) known.push(part)
      else this.attributes.set(t, [part])
    }
  }

  spend(elements: number): void {
    this.#budget -= elements
    if (this.#budget < 0) throw new UnpicklingError('the pickle asks for more work than its size allows')
  }
}

/** Is it a tuple, while a pickle is being read? */
export function isTuple(value: unknown, containers: Containers): value is unknown[] {
  return Array.isArray(value) && !containers.lists.has(value)
}

/** Like Python's unhashable types: what can change is no key. */
export function hashable(key: unknown): unknown {
  if (key instanceof Map || key instanceof Set) throw new UnpicklingError('a dict or set cannot be a key')
  return key
}
