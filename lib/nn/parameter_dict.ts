import { isPlainObject, typeName } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { native } from '../_C/native.js'
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { recordOf } from './_module_state.js'
import { describeMember } from './_parameter_print.js'
import { Module } from './module.js'
import { Parameter } from './parameter.js'

/**
 * Parameters by name that belong to the module that holds it. Tensors given to it become parameters; other values are kept
 * as they are. Its methods are those of a `Map`, and Python's.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html
 */
export class ParameterDict<V = Parameter> extends Module {
  readonly #keys = new Set<string>()

  constructor(parameters: Record<string, V | Tensor> | Iterable<readonly [string, V | Tensor]> | null = null) {
    super()
    if (parameters !== null) this.update(parameters)
  }

  forward(): never {
    throw runtimeError('ParameterDict should not be called.')
  }

  override get length(): number {
    return this.#keys.size
  }

  /** Walks over the names, as Python does. */
  *[Symbol.iterator](): IterableIterator<string> {
    yield* this.keys()
  }

  /** The value of a name; without one, `fallback`, by default null. */
  get(name: string, fallback: V | null = null): V | null {
    return this.#keys.has(name) ? (recordOf(this)[name] as V) : fallback
  }

  /** A tensor becomes a parameter. */
  set(name: string, value: V | Tensor): this {
    if (typeof name !== 'string')
      throw new TypeError(
        `Index given to ParameterDict cannot be used as a key as it is not a string (type is '${typeName(name)}').`,
      )
    if (!this.#keys.has(name) && name in this)
      throw new TorchError(`attribute '${name}' already exists`, 'ERR_TORCH_KEY')
    const wrapped = native.isTensor(value) && !(value instanceof Parameter) ? new Parameter(value as Tensor) : value
    this.#keys.add(name)
    recordOf(this)[name] = wrapped
    return this
  }

  has(name: string): boolean {
    return this.#keys.has(name)
  }

  delete(name: string): boolean {
    if (!this.#keys.delete(name)) return false
    return delete recordOf(this)[name]
  }

  clear(): void {
    for (const name of this.keys()) this.delete(name)
  }

  /** Takes a value out and returns it. */
  pop(name: string): V {
    if (!this.#keys.has(name)) throw new TorchError(`'${name}'`, 'ERR_TORCH_KEY')
    const value = recordOf(this)[name] as V
    this.delete(name)
    return value
  }

  keys(): string[] {
    return [...this.#keys]
  }

  values(): V[] {
    return this.keys().map(name => recordOf(this)[name] as V)
  }

  items(): [name: string, value: V][] {
    return this.keys().map(name => [name, recordOf(this)[name] as V])
  }

  /** Adds every named value; one of the same name is replaced. */
  update(parameters: Record<string, V | Tensor> | Iterable<readonly [string, V | Tensor]>): void {
    if (isPlainObject(parameters)) {
      for (const [name, value] of Object.entries(parameters)) this.set(name, value as V)
      return
    }
    if (parameters instanceof ParameterDict) {
      for (const [name, value] of parameters.items()) this.set(name, value as V)
      return
    }
    if (typeof parameters !== 'object' || parameters === null || !(Symbol.iterator in parameters))
      throw new TypeError(
        `ParametersDict.update should be called with an iterable of key/value pairs, but got ${typeName(parameters)}`,
      )
    for (const [name, value] of parameters) this.set(name, value)
  }

  override extra_repr(): string {
    return this.items()
      .map(([name, value]) => `  (${name}): ${describeMember(value)}`)
      .join('\n')
  }
}
