/** Takes a value apart into what a message can hold. */
import { isArrayBuffer, isDate, isNativeError, isProxy, isRegExp, isSharedArrayBuffer } from 'node:util/types'
import { isPlainObject, typeName } from '../../../_C/args.js'
import { native } from '../../../_C/native.js'
import { device } from '../../../device.js'
import { Callable } from '../../../nn/_callable.js'
import { kState } from '../../../nn/_module_state.js'
import { Generator } from '../../../random.js'
import { Tensor } from '../../../tensor.js'
import { locate } from './locate.js'
import type { Names } from './names.js'
import type { Fields, FunctionName, Packed, Part } from './packed.js'

/** A value taken apart once, to be posted to any number of threads. */
export class Parts {
  readonly root: Part
  readonly #modules: ReadonlySet<string>
  readonly #tensors: readonly Tensor[]

  constructor(root: Part, modules: ReadonlySet<string>, tensors: readonly Tensor[]) {
    this.root = root
    this.#modules = modules
    this.#tensors = tensors
  }

  /** Hands the message to `post`; where that fails nothing stays parked. */
  send(post: (packed: Packed) => void): void {
    const tickets: bigint[] = []
    try {
      for (const t of this.#tensors) tickets.push(native.share(t))
      post({ root: this.root, modules: [...this.#modules], tickets })
    } catch (error) {
      for (const ticket of tickets) native.revoke(ticket)
      throw error
    }
  }
}

/** An object may say with which arguments its class makes the copy in a worker. */
interface WithArguments {
  workerArguments?: () => readonly unknown[]
}

type Class = abstract new (...args: never[]) => object

/** `what` names the value in error messages: `dataset`, `collate_fn`. */
export function takeApart(value: unknown, what: string, names: Names, known?: KnownFunctions): Parts {
  const packer = new Packer(names, known)
  const root = packer.part(value, what)
  return new Parts(root, packer.modules, packer.tensors)
}

/** The functions that were sent, to be known when they come back. */
export class KnownFunctions {
  readonly #functions = new Map<string, object>()

  add(name: FunctionName, fn: object): void {
    if ('url' in name) this.#functions.set(`${name.url}\n${name.source}`, fn)
  }

  find(name: FunctionName): object | undefined {
    return 'url' in name ? this.#functions.get(`${name.url}\n${name.source}`) : undefined
  }
}

class Packer {
  readonly tensors: Tensor[] = []
  readonly modules = new Set<string>()
  readonly #names: Names
  readonly #known: KnownFunctions | undefined
  readonly #ids = new Map<object, number>()

  constructor(names: Names, known: KnownFunctions | undefined) {
    this.#names = names
    this.#known = known
  }

  part(value: unknown, path: string): Part {
    switch (typeof value) {
      case 'undefined':
      case 'boolean':
      case 'number':
      case 'bigint':
      case 'string':
        return value
      case 'symbol':
        throw cannot(path, `the symbol ${String(value)}`)
    }
    if (value === null) return null
    const object = value as object
    const id = this.#ids.get(object)
    if (id !== undefined) return ['ref', id]
    this.#ids.set(object, this.#ids.size)
    return native.isTensor(object) ? this.#tensor(object as Tensor, path) : this.#object(object, path)
  }

  #tensor(t: Tensor, path: string): Part {
    if (native.requiresGrad(t) && !native.isLeaf(t))
      throw new TypeError(`${path} is a tensor with a graph, which stays in its thread: call detach() first`)
    const prototype = Object.getPrototypeOf(t) as object
    this.tensors.push(t)
    const index = this.tensors.length - 1
    if (prototype === Tensor.prototype) return ['tensor', index, null, []]
    return ['tensor', index, this.#class(prototype, path), this.#fields(t, path)]
  }

  #object(value: object, path: string): Part {
    if (typeof value === 'function' && !(value instanceof Callable)) return ['function', this.#nameOf(value, path)]
    const constant = this.#names.pathOf(value)
    if (constant !== undefined) return ['constant', constant]
    if (isProxy(value)) throw cannot(path, 'a Proxy')
    if (Array.isArray(value)) {
      const prototype = Object.getPrototypeOf(value) as object
      const ownClass = prototype === Array.prototype ? null : this.#class(prototype, path)
      return ['array', ownClass, Array.from(value, (item: unknown, i) => this.part(item, `${path}[${i}]`))]
    }
    if (isPlainObject(value)) return ['object', Object.getPrototypeOf(value) === null, this.#fields(value, path)]
    if (Buffer.isBuffer(value)) return ['bytes', new Uint8Array(value.buffer, value.byteOffset, value.length).slice()]
    const cloned =
      ArrayBuffer.isView(value) ||
      isArrayBuffer(value) ||
      isSharedArrayBuffer(value) ||
      isDate(value) ||
      isRegExp(value)
    if (cloned) return ['clone', value]
    if (value instanceof URL) return ['url', value.href]
    if (value instanceof device) return ['device', value.toString()]
    if (value instanceof Generator) {
      this.tensors.push(value.get_state())
      return ['generator', value.device.toString(), this.tensors.length - 1]
    }
    const prototype = Object.getPrototypeOf(value) as object
    if (prototype === Map.prototype) {
      const entries = [...(value as Map<unknown, unknown>)]
      return [
        'map',
        entries.map(([key, item]) => [this.part(key, path), this.part(item, `${path}.get(${String(key)})`)]),
      ]
    }
    if (prototype === Set.prototype) return ['set', [...(value as Set<unknown>)].map(item => this.part(item, path))]
    return this.#instance(value, prototype, path)
  }

  #instance(value: object, prototype: object, path: string): Part {
    const ownClass = this.#class(prototype, path)
    const { workerArguments } = value as WithArguments
    if (typeof workerArguments === 'function')
      return ['constructed', ownClass, this.part([...workerArguments.call(value)], `${path}.workerArguments()`)]
    checkCopyable(value, prototype, path)
    const state = (value as { [kState]?: object })[kState]
    const packedState = state === undefined ? null : this.part({ ...state }, path)
    return ['instance', ownClass, value instanceof Callable, packedState, this.#fields(value, path)]
  }

  #fields(value: object, path: string): Fields {
    const fields: [string, Part, boolean][] = []
    for (const key of Object.getOwnPropertyNames(value)) {
      const descriptor = Object.getOwnPropertyDescriptor(value, key)!
      if (typeof value === 'function' && key === 'prototype') continue
      const at = /^[\w$]+$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`
      if (!('value' in descriptor)) throw cannot(at, 'an accessor of the object itself')
      fields.push([key, this.part(descriptor.value, at), descriptor.enumerable === true])
    }
    return fields
  }

  #class(prototype: object, path: string): Part {
    const torch = this.#names.pathOf(prototype)
    if (torch !== undefined) return ['function', { torch }]
    const { constructor } = prototype as { constructor?: unknown }
    if (typeof constructor !== 'function') throw cannot(path, 'an object of no class')
    return ['function', this.#nameOf(constructor, path, true)]
  }

  #nameOf(fn: object, path: string, instance = false): FunctionName {
    const torch = this.#names.pathOf(fn)
    if (torch !== undefined) return { torch }
    const { name } = fn as { name: string }
    const what = `${instance ? 'an instance of ' : ''}${name || 'a function without a name'}`
    const at = locate(fn)
    if (at === null) throw cannot(path, what)
    if (!/^(file|data|https?|node):/.test(at.url)) {
      throw new TypeError(
        `${path} is ${what}, which no file defines (${at.url || 'node -e, or a function made at run time'}), so that workers ` +
          'can not import it: write it into a module of its own and export it, or use num_workers: 0',
      )
    }
    this.modules.add(at.url)
    const found = { url: at.url, name, source: Function.prototype.toString.call(fn), line: at.line }
    this.#known?.add(found, fn)
    return found
  }
}

function cannot(path: string, what: string): TypeError {
  return new TypeError(
    `${path} is ${what}, which can not be sent to a worker thread: leave it out of the dataset, make it where it is needed, ` +
      'give its owner a method workerArguments() that returns what the constructor takes, or use num_workers: 0',
  )
}

/** The declaration of a private field or method. */
const PRIVATE =
  /(?:^|[;{}\s])(?<!static\s+)#[A-Za-z_$][\w$]*\s*(?:=(?!=)|;|\(|\n)|__private(?:Add|Method)\(this|__classPrivateField[GS]et\(this/

/** Objects with private or internal slots would come out broken. */
function checkCopyable(value: object, prototype: object, path: string): void {
  if (isNativeError(value)) return
  for (let p: object | null = prototype; p && p !== Object.prototype; p = Object.getPrototypeOf(p) as object | null) {
    const { constructor } = p as { constructor?: unknown }
    if (typeof constructor !== 'function') continue
    const source = Function.prototype.toString.call(constructor)
    const { name } = constructor
    if (/\{\s*\[native code\]\s*\}$/.test(source)) throw cannot(path, `a ${typeName(value)}, which is a ${name}`)
    if (!PRIVATE.test(source)) continue
    throw new TypeError(
      `${path} is an instance of ${(value.constructor as Class).name} with #private members (of ${name}), which no copy in a ` +
        'worker thread could have: write private instead of #, or give the class a method workerArguments() that returns ' +
        'what its constructor takes',
    )
  }
}
