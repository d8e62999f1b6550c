/** From what the unpickler built to what a program works with. */
import { native } from '../_C/native.js'
import { Size } from '../size.js'
import type { Tensor } from '../tensor.js'
import { Allowed, type Containers } from './containers.js'
import { UnpicklingError } from './errors.js'
import { LoadedStorage } from './loaded_storage.js'
import { NumpyArray, NumpyDtype } from './numpy.js'
import { PythonRecord, statesOf } from './python_record.js'
import { StorageType } from './storage_types.js'
import type { Steps } from './turns.js'

/**
 * Makes dicts plain objects where their keys allow it, gives OrderedDicts their hidden `_metadata`, freezes tuples, and turns
 * records into objects. Goes over each part once, so that what was shared stays shared and cycles are no trouble.
 */
export function finish(value: unknown, containers: Containers, objectsAsRecords = false): Steps<unknown> {
  return new Finisher(containers, objectsAsRecords).run(value)
}

class Finisher {
  readonly #containers: Containers
  readonly #objectsAsRecords: boolean
  /** What each part becomes; the part itself where it stays. */
  readonly #finals = new Map<unknown, unknown>()
  /** What is still to do, the last first: children come before what follows them, without recursion. */
  readonly #tasks: (() => void)[] = []

  constructor(containers: Containers, objectsAsRecords: boolean) {
    this.#containers = containers
    this.#objectsAsRecords = objectsAsRecords
  }

  *run(value: unknown): Steps<unknown> {
    this.#later([value])
    for (let task = this.#tasks.pop(); task; task = this.#tasks.pop()) {
      task()
      if (this.#tasks.length % 64 === 0) yield
    }
    return this.#final(value)
  }

  #later(parts: Iterable<unknown>): void {
    for (const part of parts)
      if (typeof part === 'object' && part !== null && !this.#finals.has(part))
        this.#tasks.push(() => this.#visit(part))
  }

  /** Lets `parts` be finished, then does `task`. */
  #after(parts: Iterable<unknown>, task: () => void): void {
    this.#tasks.push(task)
    this.#later(parts)
  }

  #final(part: unknown): unknown {
    if (!this.#finals.has(part)) return part
    const final = this.#finals.get(part)
    if (final === unfinished) throw new UnpicklingError('an object is needed to build itself')
    return final
  }

  #visit(part: object): void {
    if (this.#finals.has(part)) return
    this.#finals.set(part, part)
    if (Array.isArray(part)) {
      if (!(part instanceof Size)) this.#array(part)
    } else if (part instanceof Map) this.#dict(part)
    else if (part instanceof Set) this.#set(part)
    else if (part instanceof PythonRecord) this.#record(part)
    else if (part instanceof LoadedStorage) this.#finals.set(part, part.asStorage())
    else if (part instanceof NumpyArray) this.#finals.set(part, part.tensor())
    else if (part instanceof NumpyDtype) this.#finals.set(part, part.dtype)
    else if (part instanceof Allowed || part instanceof StorageType) this.#finals.set(part, this.#global(part))
    else if (native.isTensor(part)) this.#tensor(part as Tensor)
  }

  #array(array: unknown[]): void {
    this.#after(array, () => {
      for (let i = 0; i < array.length; i++) array[i] = this.#final(array[i])
      if (!this.#containers.lists.has(array)) Object.freeze(array)
    })
  }

  #dict(dict: Map<unknown, unknown>): void {
    const isOrdered = this.#containers.ordered.has(dict)
    const attributes = this.#containers.ordered.get(dict)
    if (isObjectLike(dict, isOrdered)) {
      const object = {}
      this.#finals.set(dict, object)
      this.#after([...dict.values(), attributes], () => {
        for (const [key, item] of dict) setOwn(object, String(key), this.#final(item))
        if (isOrdered) hideMetadata(object, this.#final(attributes))
      })
      return
    }
    this.#after([...dict.keys(), ...dict.values()], () => {
      const entries = [...dict]
      dict.clear()
      for (const [key, item] of entries) dict.set(this.#final(key), this.#final(item))
    })
  }

  #set(set: Set<unknown>): void {
    this.#after(set, () => {
      const items = [...set]
      set.clear()
      for (const item of items) set.add(this.#final(item))
      if (this.#containers.frozenSets.has(set)) Object.freeze(set)
    })
  }

  #tensor(t: Tensor): void {
    const states = this.#containers.attributes.get(t)
    if (!states) return
    this.#after(
      states.flatMap(state => [...state.values()]),
      () => {
        for (const state of states)
          for (const [name, item] of state) {
            if (typeof name !== 'string' || name in t)
              throw new UnpicklingError(`a tensor cannot have the attribute ${String(name)} of its own`)
            setOwn(t, name, this.#final(item))
          }
      },
    )
  }

  #record(record: PythonRecord): void {
    const { args, keywords, states, entries, items, build } = record
    if (!build) {
      const object: Record<string, unknown> = {}
      this.#finals.set(record, object)
      this.#after([args, keywords, ...states.flatMap(partsOf), ...entries, ...items], () => this.#fill(object, record))
      return
    }
    this.#finals.set(record, unfinished)
    this.#after([args, keywords], () => {
      const value = construct(build, this.#final(args) as unknown[], this.#final(keywords))
      this.#finals.set(record, value)
      this.#after([...states, ...entries, ...items], () => this.#apply(value, record))
    })
  }

  /** A record's properties: those of the object, and how it was made where that says more. */
  #fill(object: Record<string, unknown>, { name, args, keywords, states, entries, items }: PythonRecord): void {
    setOwn(object, '__class__', name)
    if (args.length > 0) setOwn(object, '__args__', this.#final(args))
    if (keywords instanceof Map && keywords.size > 0) setOwn(object, '__kwargs__', this.#final(keywords))
    if (entries.length > 0) setOwn(object, '__items__', this.#entriesOf(entries))
    if (items.length > 0)
      setOwn(
        object,
        '__list__',
        items.map(item => this.#final(item)),
      )
    for (const state of states.flatMap(statesOf)) {
      if (state instanceof Map && [...state.keys()].every(key => typeof key === 'string' && key !== '__class__'))
        for (const [key, item] of state) setOwn(object, key as string, this.#final(item))
      else if (state !== null) setOwn(object, '__state__', this.#final(state))
    }
  }

  #entriesOf(entries: readonly unknown[]): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>()
    for (let i = 0; i < entries.length; i += 2) map.set(this.#final(entries[i]), this.#final(entries[i + 1]))
    return map
  }

  /** Gives a value that a program's own class built its state, as pickle does. */
  #apply(value: unknown, { name, states, entries, items }: PythonRecord): void {
    if (entries.length > 0 || items.length > 0)
      throw new UnpicklingError(`${name} is a collection, which a safe global cannot build`)
    for (const raw of states) {
      const state = this.#final(raw)
      const target = value as { __setstate__?: (state: unknown) => void }
      if (typeof target !== 'object' || target === null) throw new UnpicklingError(`${name} takes no state`)
      if (typeof target.__setstate__ === 'function') target.__setstate__(state)
      else
        for (const part of statesOf(raw).map(part => this.#final(part)))
          for (const [key, item] of Object.entries(part ?? {})) setOwn(target, key, item)
    }
  }

  #global(part: Allowed | StorageType): object {
    const name = part instanceof Allowed ? part.name : 'a class of storages'
    if (this.#objectsAsRecords) return { __global__: name }
    throw new UnpicklingError(
      `Weights only load failed: the file holds ${name} itself, a class or function, which is no data`,
    )
  }
}

/** Stands for a value while what it is built from is being finished. */
const unfinished = Symbol('unfinished')

/** What of a state is to be finished: a dict's values go over to the record, other states stay whole. */
function partsOf(state: unknown): unknown[] {
  return statesOf(state).flatMap(part => (part instanceof Map ? [...part.values(), part] : [part]))
}

function construct(build: NonNullable<PythonRecord['build']>, args: readonly unknown[], keywords: unknown): unknown {
  const all =
    typeof keywords === 'object' && keywords !== null && Object.keys(keywords).length > 0 ? [...args, keywords] : args
  return isClass(build)
    ? new (build as new (...args: unknown[]) => unknown)(...all)
    : (build as (...args: unknown[]) => unknown)(...all)
}

/** Must it be called with `new`? */
function isClass(build: unknown): boolean {
  return typeof build === 'function' && /^class\b/.test(Function.prototype.toString.call(build))
}

/** Whether a dict's keys are what a plain object keeps without a change. */
function isObjectLike(dict: ReadonlyMap<unknown, unknown>, ordered: boolean): boolean {
  for (const key of dict.keys()) {
    // An OrderedDict is a state dict, whose keys are names, also where they look like numbers.
    if (
      typeof key === 'string'
        ? !ordered && isIndex(key)
        : !(typeof key === 'number' && isIndex(String(key)) && !ordered)
    )
      return false
  }
  return true
}

/** Whether a property's name is one that JavaScript keeps as a number. */
export function isIndex(key: string): boolean {
  return /^(0|[1-9]\d{0,9})$/.test(key) && Number(key) < 2 ** 32 - 1
}

/** Sets a property by that very name, also `__proto__`. */
function setOwn(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

function hideMetadata(object: object, attributes: unknown): void {
  if (Object.hasOwn(object, '_metadata')) return
  const metadata = (attributes as { _metadata?: unknown } | null)?._metadata
  Object.defineProperty(object, '_metadata', {
    value: metadata ?? {},
    writable: true,
    configurable: true,
    enumerable: false,
  })
}
