import { runtimeError } from '../_C/raise.js'
import { Tensor } from '../tensor.js'
import { absoluteIndex, iterable } from './_list.js'
import { recordOf } from './_module_state.js'
import { asParameter, describeMember } from './_parameter_members.js'
import { Module } from './module.js'
import type { Parameter } from './parameter.js'

/**
 * A list of parameters that belong to the module that holds it. Tensors given to it become parameters; other values are
 * kept as they are.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
 */
export class ParameterList<V = Parameter> extends Module {
  [index: number]: V

  constructor(values: Iterable<V | Tensor> | null = null) {
    super()
    if (values !== null) this.extend(values)
  }

  forward(): never {
    throw runtimeError('ParameterList should not be called.')
  }

  override get length(): number {
    let length = 0
    while (Object.hasOwn(this, length)) length++
    return length
  }

  *[Symbol.iterator](): IterableIterator<V> {
    for (let i = 0; Object.hasOwn(this, i); i++) yield this[i]!
  }

  /** The value at a place; a negative one counts from the end. */
  at(index: number): V {
    return this[absoluteIndex(index, this.length)]!
  }

  /** Puts another value at a place; a tensor becomes a parameter. */
  setAt(index: number, value: V | Tensor): void {
    recordOf(this)[absoluteIndex(index, this.length)] = asParameter(value)
  }

  /** Adds a value at the end; a tensor becomes a parameter. */
  append(value: V | Tensor): this {
    recordOf(this)[this.length] = asParameter(value)
    return this
  }

  /** Adds every value at the end. */
  extend(values: Iterable<V | Tensor>): this {
    if (values instanceof Tensor)
      throw new TypeError('ParameterList.extend should be called with an iterable, but got Tensor')
    for (const value of [...iterable('ParameterList.extend', values)]) this.append(value)
    return this
  }

  override extra_repr(): string {
    return [...this].map((value, i) => `  (${i}): ${describeMember(value)}`).join('\n')
  }
}
