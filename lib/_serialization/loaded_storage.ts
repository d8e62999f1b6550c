/** A storage of a checkpoint that is being loaded. */
import { call } from '../_C/call.js'
import { beforeCall } from '../_C/modes.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { device } from '../device.js'
import { type dtype, uint8 } from '../dtype.js'
import { UntypedStorage } from '../storage.js'
import type { Tensor } from '../tensor.js'
import { TypedStorage } from '../typed_storage.js'
import { UnpicklingError } from './errors.js'

/** Bytes of the largest element, complex128's. */
export const maxItemSize = 16

/** Memory that tensors of a checkpoint share. */
export class LoadedStorage {
  readonly dtype: dtype
  readonly bytes: number
  /** uint8, one-dimensional; null on the meta device. */
  readonly #memory: Tensor | null
  #storage: UntypedStorage | TypedStorage | null = null

  constructor(
    type: dtype,
    bytes: number,
    memory: Tensor | null,
    readonly isTyped = true,
  ) {
    this.dtype = type
    this.bytes = bytes
    this.#memory = memory
  }

  get isMeta(): boolean {
    return this.#memory === null
  }

  get device(): device {
    return this.#memory!.device
  }

  /** @throws {UnpicklingError} when `extent` elements from `offset` on are not in it: LibTorch would enlarge it instead */
  check(type: dtype, offset: number, extent: number): void {
    const end = (offset + extent) * type.itemsize
    if (extent > 0 && (!Number.isSafeInteger(end) || end > this.bytes))
      throw new UnpicklingError('the file is damaged: a tensor reaches beyond its storage')
    if (!Number.isSafeInteger(offset * type.itemsize))
      throw new UnpicklingError('the file is damaged: a tensor reaches beyond its storage')
  }

  /** Gives `t` this memory, as `Tensor.set_` does: it is no view of another tensor. */
  setInto(t: Tensor, offset: number, size: readonly number[], stride: readonly number[]): Tensor {
    const start = this.#memory!.storage_offset() / t.dtype.itemsize
    // Quantized dtypes are no dtype of plain views; `set_` looks at the bytes only.
    const kind = t.dtype.name.startsWith('q') ? uint8 : t.dtype
    beforeCall()
    const all = native.storageView(this.#memory!, kind.scalarType)
    call(ops.set_, t, all, start + offset, size, stride)
    native.dispose(all)
    return t
  }

  /** Python's object for it: tensors and storages of one checkpoint share their memory. */
  asStorage(): UntypedStorage | TypedStorage {
    if (this.isMeta) throw new UnpicklingError('a storage that is saved by itself does not go to the meta device')
    this.#storage ??= this.isTyped
      ? new TypedStorage({ wrap_storage: this.#untyped(), dtype: this.dtype })
      : this.#untyped()
    return this.#storage
  }

  #untyped(): UntypedStorage {
    return UntypedStorage.over(this.#memory!)
  }

  /** A part of it, as old files have storages that are views of others. */
  part(offset: number, count: number): LoadedStorage {
    const [start, bytes] = [offset * this.dtype.itemsize, count * this.dtype.itemsize]
    if (
      !Number.isSafeInteger(start) ||
      !Number.isSafeInteger(bytes) ||
      start < 0 ||
      bytes < 0 ||
      start + bytes > this.bytes
    )
      throw new UnpicklingError('the file is damaged: a storage reaches beyond the one it is part of')
    return new LoadedStorage(this.dtype, bytes, this.#memory && alignedPart(this.#memory, start, bytes))
  }
}

/** Bytes of a larger memory, the same where elements of every dtype can begin there. */
function alignedPart(memory: Tensor, start: number, bytes: number): Tensor {
  const part = memory.narrow(0, start, bytes)
  return (memory.storage_offset() + start) % maxItemSize === 0 ? part : part.clone()
}
