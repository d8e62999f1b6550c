import { isPlainObject, typeName } from '../_C/args.js'
import { TorchError } from '../_C/errors.js'
import { runtimeError } from '../_C/raise.js'
import type { Tensor } from '../tensor.js'
import { pairs } from './_list.js'
import { recordOf } from './_module_state.js'
import { asParameter, describeMember } from './_parameter_members.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

/**
 * Parameters by name that belong to the module that holds it. Tensors given to it become parameters; other values are kept
 * as they are. Its methods are those of a `Map`, and Python's.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html
 */
export class ParameterDict<V = Parameter> extends Module {
  declare private readonly _keys: Set<string>

  constructor(parameters: Record<string, V | Tensor> | Iterable<readonly [string, V | Tensor]> | null = null) {
    super()
    Object.defineProperty(this, '_keys', { value: new Set() })
    if (parameters !== null) this.update(parameters)
  }

  forward(): never {
    throw runtimeError('ParameterDict should not be called.')
  }

  override get length(): number {
    return this._keys.size
  }

  /** Walks over the names, as Python does. */
  *[Symbol.iterator](): IterableIterator<string> {
    yield* this.keys()
  }

  /** The value of a name; without one, `fallback`, by default null. */
  get(name: string, fallback: V | null = null): V | null {
    return this._keys.has(name) ? (recordOf(this)[name] as V) : fallback
  }

  /** A tensor becomes a parameter. */
  set(name: string, value: V | Tensor): this {
    if (typeof name !== 'string')
      throw new TypeError(
        `Index given to ParameterDict cannot be used as a key as it is not a string (type is '${typeName(name)}').`,
      )
    if (!this._keys.has(name) && name in this)
      throw new TorchError(`attribute '${name}' already exists`, 'ERR_TORCH_KEY')
    this._keys.add(name)
    recordOf(this)[name] = asParameter(value)
    return this
  }

  has(name: string): boolean {
    return this._keys.has(name)
  }

  delete(name: string): boolean {
    if (!this._keys.delete(name)) return false
    return delete recordOf(this)[name]
  }

  clear(): void {
    for (const name of this.keys()) this.delete(name)
  }

  /** Takes a value out and returns it. */
  pop(name: string): V {
    if (!this._keys.has(name))
      throw new TorchError(`'ParameterDict' object has no attribute '${name}'`, 'ERR_TORCH_ATTRIBUTE')
    const value = recordOf(this)[name] as V
    this.delete(name)
    return value
  }

  /** Takes the value added last out, and returns it with its name. */
  popitem(): [name: string, value: V] {
    const name = this.keys().at(-1)
    if (name === undefined) throw new TorchError('dictionary is empty', 'ERR_TORCH_KEY')
    return [name, this.pop(name)]
  }

  /** The value of a name, which is `fallback` from now on where there was none. */
  setdefault(name: string, fallback: V | Tensor | null = null): V | null {
    if (!this.has(name)) this.set(name, fallback as V)
    return this.get(name)
  }

  /** Another dict of the same values. */
  copy(): ParameterDict<V> {
    return new ParameterDict<V>(this.items())
  }

  /** A dict of these names, all with the same value. */
  fromkeys<W = Parameter>(names: Iterable<string>, value: W | Tensor | null = null): ParameterDict<W> {
    return new ParameterDict<W>([...names].map((name): [string, W] => [name, value as W]))
  }

  keys(): string[] {
    return [...this._keys]
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
    for (const [name, value] of pairs('ParameterDict', parameters)) this.set(name, value)
  }

  override extra_repr(): string {
    return this.items()
      .map(([name, value]) => `  (${name}): ${describeMember(value, t => t.type())}`)
      .join('\n')
  }
}
