import type { Index, Tensor } from '../tensor.js'
import type { TensorInfo } from './header.js'

/** A tensor of an open file, of which a part can be had. */
export class SafeSlice {
  readonly #info: TensorInfo
  readonly #whole: () => Tensor
  readonly #place: (part: Tensor) => Tensor

  /** @internal */
  constructor(info: TensorInfo, whole: () => Tensor, place: (part: Tensor) => Tensor) {
    this.#info = info
    this.#whole = whole
    this.#place = place
  }

  /** Of elements, as the file has it. */
  get_shape(): number[] {
    return [...this.#info.shape]
  }

  /** The format's name of the dtype, such as `F32`. */
  get_dtype(): string {
    return this.#info.dtype
  }

  /** The part that `tensor.at(...)` would give; of a mapped file no other part is read. */
  at(...indices: Index[]): Tensor {
    return this.#place(this.#whole().at(...indices))
  }
}
