/** Puts together what `pack.ts` has taken apart. */
import { traced } from '../../../_C/call.js'
import { native } from '../../../_C/native.js'
import { device } from '../../../device.js'
import { makeCallable } from '../../../nn/_callable.js'
import { kState } from '../../../nn/_module_state.js'
import { Generator } from '../../../random.js'
import type { Tensor } from '../../../tensor.js'
import type { Names } from './names.js'
import type { Fields, FunctionName, Packed, Part } from './packed.js'

/** Finds a function that is not the library's own. */
export type Resolve = (name: Extract<FunctionName, { url: string }>) => object

/** The value of a message. All its tickets are taken, also where something can't be built. */
export function putTogether(packed: Packed, names: Names, resolve: Resolve): unknown {
  const tensors = adoptAll(packed.tickets)
  try {
    return new Unpacker(tensors, names, resolve).value(packed.root)
  } catch (error) {
    for (const t of tensors) t.dispose()
    throw error
  }
}

/** Takes a message's tensors and frees them. */
export function discard(packed: Packed): void {
  for (const ticket of packed.tickets) native.revoke(ticket)
}

function adoptAll(tickets: readonly bigint[]): Tensor[] {
  const tensors: Tensor[] = []
  try {
    for (const ticket of tickets) tensors.push(traced(native.adopt(ticket)))
    return tensors
  } catch (error) {
    for (const t of tensors) t.dispose()
    for (const ticket of tickets.slice(tensors.length)) native.revoke(ticket)
    throw error
  }
}

type Class = new (...args: unknown[]) => object

class Unpacker {
  readonly #tensors: readonly Tensor[]
  readonly #names: Names
  readonly #resolve: Resolve
  /** The objects in the order in which the other side met them. */
  readonly #objects: unknown[] = []

  constructor(tensors: readonly Tensor[], names: Names, resolve: Resolve) {
    this.#tensors = tensors
    this.#names = names
    this.#resolve = resolve
  }

  value(part: Part): unknown {
    if (typeof part !== 'object' || part === null) return part
    if (part[0] === 'ref') return this.#objects[part[1]]
    const id = this.#objects.length
    this.#objects.push(undefined)
    const keep = <T>(object: T): T => {
      this.#objects[id] = object
      return object
    }
    switch (part[0]) {
      case 'tensor': {
        const t = keep(this.#tensors[part[1]]!)
        if (part[2] === null) return t
        Object.setPrototypeOf(t, (this.#function(part[2]) as Class).prototype as object)
        return this.#fill(t, part[3])
      }
      case 'function':
        return keep(this.#function(part))
      case 'constant':
        return keep(this.#names.at(part[1]))
      case 'device':
        return keep(new device(part[1] as 'cpu'))
      case 'generator': {
        const generator = new Generator(part[1] as 'cpu')
        generator.set_state(this.#tensors[part[2]]!)
        return keep(generator)
      }
      case 'clone':
        return keep(part[1])
      case 'bytes':
        return keep(Buffer.from(part[1].buffer, part[1].byteOffset, part[1].length))
      case 'url':
        return keep(new URL(part[1]))
      case 'array': {
        const array = keep<unknown[]>([])
        if (part[1] !== null) Object.setPrototypeOf(array, (this.#function(part[1]) as Class).prototype as object)
        for (const [i, item] of part[2].entries()) array[i] = this.value(item)
        return array
      }
      case 'map': {
        const map = keep(new Map<unknown, unknown>())
        for (const [key, item] of part[1]) map.set(this.value(key), this.value(item))
        return map
      }
      case 'set': {
        const set = keep(new Set<unknown>())
        for (const item of part[1]) set.add(this.value(item))
        return set
      }
      case 'object':
        return this.#fill(keep(part[1] ? (Object.create(null) as object) : {}), part[2])
      case 'constructed':
        return keep(new (this.#function(part[1]) as Class)(...(this.value(part[2]) as unknown[])))
      case 'instance': {
        const prototype = (this.#function(part[1]) as Class).prototype as object
        const object = keep(part[2] ? makeCallable(prototype) : (Object.create(prototype) as object))
        const state = this.value(part[3])
        if (state !== null) Object.defineProperty(object, kState, { value: state })
        return this.#fill(object, part[4])
      }
    }
  }

  #function(part: Part): object {
    if (typeof part !== 'object' || part === null || part[0] !== 'function') throw new TypeError('a class was expected')
    const name = part[1]
    if ('torch' in name) return this.#names.at(name.torch) as object
    return this.#resolve(name)
  }

  #fill<T extends object>(object: T, fields: Fields): T {
    for (const [key, part, enumerable] of fields)
      Object.defineProperty(object, key, { value: this.value(part), enumerable, writable: true, configurable: true })
    return object
  }
}

/**
 * The export of a module that is the function: the one of the same source text, rather under the same name; also a static
 * method of an exported class. Undefined where there is none.
 */
export function exportOf(namespace: object, name: string, source: string): object | undefined {
  const found: [key: string, value: object][] = []
  const visit = (space: object, depth: number): void => {
    for (const key of Object.getOwnPropertyNames(space)) {
      const value: unknown = Object.getOwnPropertyDescriptor(space, key)?.value
      if (value === null || (typeof value !== 'object' && typeof value !== 'function')) continue
      if (typeof value === 'function' && Function.prototype.toString.call(value) === source) found.push([key, value])
      if (depth < 2 && key !== 'prototype' && key !== 'constructor') visit(value, depth + 1)
    }
  }
  visit(namespace, 0)
  const [, value] = found.find(([key]) => key === name) ?? found[0] ?? []
  return value
}
