import { inspect } from 'node:util'
import { call } from './_C/call.js'
import { native } from './_C/native.js'
import * as ops from './_generated/ops.js'
import { getItem, type Index, setItem } from './_indexing.js'
import { TensorLegacy } from './_tensor_legacy.js'
import { tensorStr } from './_tensor_str.js'
import type { Scalar } from './types.js'

export type { Index, IndexList } from './_indexing.js'

/**
 * An array of numbers of one dtype on one device. Made by `torch.tensor`, `torch.zeros` and the like.
 * https://docs.pytorch.org/docs/stable/tensors.html
 */
export class Tensor extends TensorLegacy {
  /** For subclasses: a tensor that is to become one of theirs. @internal */
  constructor(adopted: object) {
    super()
    if (!native.isTensor(adopted))
      throw new TypeError('tensors are made by torch.tensor(…) and other functions, not by new Tensor(…)')
    // biome-ignore lint/correctness/noConstructorReturn: the addon makes every tensor
    return adopted as Tensor
  }

  /** Dimensions in reverse order; for matrices the transpose. */
  get T(): Tensor {
    return call(ops.numpy_T, this) as Tensor
  }

  /** The last two dimensions exchanged. */
  get mT(): Tensor {
    return call(ops.mT, this) as Tensor
  }

  /** A matrix, conjugated and transposed. */
  get H(): Tensor {
    return call(ops.matrix_H, this) as Tensor
  }

  /** The last two dimensions exchanged, conjugated. */
  get mH(): Tensor {
    return call(ops.mH, this) as Tensor
  }

  /** The real parts, a view. */
  get real(): Tensor {
    return call(ops.real, this) as Tensor
  }

  set real(value: Tensor | Scalar) {
    setItem(this.real, ['...'], value)
  }

  /** The imaginary parts, a view; complex tensors alone have them. */
  get imag(): Tensor {
    return call(ops.imag, this) as Tensor
  }

  set imag(value: Tensor | Scalar) {
    setItem(this.imag, ['...'], value)
  }

  /**
   * Python's `x[…]`: `x.at(0, slice(1, null, 2), '...', null, mask)`. A number selects, a `slice` cuts, `'...'` stands for
   * the dimensions between, null adds one; tensors, lists and typed arrays of integers pick rows, those of booleans mask.
   * Views where Python gives views. Throws `IndexError`.
   */
  at(...indices: Index[]): Tensor {
    return getItem(this, indices)
  }

  /** Python's `x[…] = value`, with the indices of `at` in an array: `x.setAt([0, mask], 1)`. Returns the tensor. */
  setAt(indices: readonly Index[], value: Tensor | Scalar): this {
    if (!Array.isArray(indices)) throw new TypeError('setAt expects the indices in an array: x.setAt([0, 1], value)')
    setItem(this, indices, value)
    return this
  }

  /**
   * The same elements as an instance of a subclass of `Tensor`, whose constructor does not run; autograd goes through.
   * https://docs.pytorch.org/docs/stable/generated/torch.Tensor.as_subclass.html
   */
  as_subclass<T extends Tensor>(cls: abstract new (...args: never[]) => T): T {
    const isSubclass = typeof cls === 'function' && (cls.prototype as unknown) instanceof Tensor
    if (!isSubclass && cls?.prototype !== Tensor.prototype)
      throw new TypeError('cls must be a type (got something else than a subclass of Tensor)')
    return Object.setPrototypeOf(call(ops.alias, this), cls.prototype) as T
  }

  /** The rows, as Python's `for row in x`. */
  *[Symbol.iterator](): Generator<Tensor, void, undefined> {
    if (this.ndim === 0) throw new TypeError('iteration over a 0-d tensor')
    yield* this.unbind(0) as Iterable<Tensor>
  }

  /** Frees the memory now, unless other tensors share it. The object is of no use afterwards. */
  dispose(): void {
    native.dispose(this)
  }

  /** True after `dispose`, or when its scope has ended. */
  get isDisposed(): boolean {
    return native.isDisposed(this)
  }

  [Symbol.dispose](): void {
    native.dispose(this)
  }

  /** As Python prints it; see `torch.set_printoptions`. */
  override toString(): string {
    return tensorStr(this)
  }

  [inspect.custom](): string {
    return this.toString()
  }

  /** `Number(x)` of one element, text in templates; an error for `a + b` and `a == b`. */
  [Symbol.toPrimitive](hint: 'number' | 'string' | 'default'): number | bigint | string {
    if (hint === 'string') return this.toString()
    if (hint === 'default')
      throw new TypeError('JavaScript has no operators for tensors: write a.add(b), a.eq(b), or a.toString()')
    if (this.numel() !== 1)
      throw new TypeError(
        'only one element tensors can be converted to numbers; for a * b or a < b write a.mul(b), a.lt(b)',
      )
    return Number(this.item())
  }
}
