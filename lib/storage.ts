import { inspect } from 'node:util'
import { native } from './_C/native.js'
import type { device } from './device.js'
import type { Tensor } from './tensor.js'

/**
 * The bytes that a tensor and its views lie in. https://docs.pytorch.org/docs/stable/storage.html
 */
export class UntypedStorage {
  readonly #tensor: Tensor

  /** @internal */
  constructor(tensor: Tensor) {
    this.#tensor = tensor
  }

  nbytes(): number {
    return native.storageBytes(this.#tensor)
  }

  /** As `nbytes`. */
  size(): number {
    return this.nbytes()
  }

  /** The address of the first byte. */
  data_ptr(): bigint {
    const t = this.#tensor
    return t.data_ptr() - BigInt(t.storage_offset() * t.itemsize)
  }

  get device(): device {
    return this.#tensor.device
  }

  /** Are both the same bytes? */
  isSame(other: UntypedStorage): boolean {
    return native.storagePtr(this.#tensor) === native.storagePtr(other.#tensor)
  }

  toString(): string {
    return `UntypedStorage(size=${this.nbytes()}, device=${this.device})`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}
