/** What `UntypedStorage` and `TypedStorage` have in common. */
import { floatRepr } from './_python_format.js'
import { Complex } from './complex.js'
import type { DeviceLike, device } from './device.js'
import type { dtype } from './dtype.js'
import * as dtypes from './dtype.js'
import type { UntypedStorage } from './storage.js'
import type { TypedStorage } from './typed_storage.js'

/** An element of a storage. */
export type StorageElement = number | bigint | boolean | Complex

/** Python's `_StorageBase`. https://docs.pytorch.org/docs/stable/storage.html */
export abstract class StorageBase {
  readonly is_sparse: boolean = false
  readonly is_sparse_csr: boolean = false

  abstract get device(): device
  /** How many elements. */
  abstract size(): number
  abstract nbytes(): number
  /** Bytes an element. */
  abstract element_size(): number
  abstract untyped(): UntypedStorage
  abstract at(index: number): StorageElement
  abstract setAt(index: number, value: StorageElement): this
  abstract fill_(value: StorageElement): this
  abstract copy_(source: StorageBase, non_blocking?: boolean): this
  abstract clone(): StorageBase
  abstract resize_(size: number): this
  abstract resizable(): boolean
  abstract type(): string
  abstract data_ptr(): bigint
  abstract to(keywords: { device: DeviceLike; non_blocking?: boolean }): StorageBase
  /** The elements converted to `kind`, in memory of their own. */
  protected abstract cast(kind: dtype): TypedStorage
  /** The line under the elements. */
  protected abstract summary(): string

  get is_cuda(): boolean {
    return this.device.type === 'cuda'
  }

  /** The device's index; null on the CPU. */
  get_device(): number | null {
    return this.device.index
  }

  /** The elements as an array. */
  tolist(): StorageElement[] {
    return [...this]
  }

  *[Symbol.iterator](): Generator<StorageElement, void, undefined> {
    for (let i = 0; i < this.size(); i++) yield this.at(i)
  }

  /** Can another thread have the same memory? True on the CPU: see `multiprocessing.share`. */
  is_shared(): boolean {
    return this.device.type === 'cpu' || this.is_cuda
  }

  /** Threads share all memory, so nothing is left to do; returns the storage. */
  share_memory_(): this {
    return this
  }

  /** Is the memory page-locked, so that a GPU reads it directly? */
  is_pinned(): boolean {
    return this.untyped().withView(dtypes.uint8, bytes => bytes.is_pinned())
  }

  double(): TypedStorage {
    return this.cast(dtypes.float64)
  }

  float(): TypedStorage {
    return this.cast(dtypes.float32)
  }

  half(): TypedStorage {
    return this.cast(dtypes.float16)
  }

  bfloat16(): TypedStorage {
    return this.cast(dtypes.bfloat16)
  }

  long(): TypedStorage {
    return this.cast(dtypes.int64)
  }

  int(): TypedStorage {
    return this.cast(dtypes.int32)
  }

  short(): TypedStorage {
    return this.cast(dtypes.int16)
  }

  char(): TypedStorage {
    return this.cast(dtypes.int8)
  }

  byte(): TypedStorage {
    return this.cast(dtypes.uint8)
  }

  bool(): TypedStorage {
    return this.cast(dtypes.bool)
  }

  complex_double(): TypedStorage {
    return this.cast(dtypes.complex128)
  }

  complex_float(): TypedStorage {
    return this.cast(dtypes.complex64)
  }

  float8_e5m2(): TypedStorage {
    return this.cast(dtypes.float8_e5m2)
  }

  float8_e4m3fn(): TypedStorage {
    return this.cast(dtypes.float8_e4m3fn)
  }

  float8_e5m2fnuz(): TypedStorage {
    return this.cast(dtypes.float8_e5m2fnuz)
  }

  float8_e4m3fnuz(): TypedStorage {
    return this.cast(dtypes.float8_e4m3fnuz)
  }

  /** As Python prints it: an element a line, and a line that tells the kind. */
  toString(): string {
    if (this.device.type === 'meta') return `...\n${this.summary()}`
    const isFloat = this.elementsAreFloats()
    return ` ${this.tolist()
      .map(value => elementText(value, isFloat))
      .join('\n ')}\n${this.summary()}`
  }

  protected elementsAreFloats(): boolean {
    return false
  }
}

/** As Python's `str` writes it. */
function elementText(value: StorageElement, isFloat: boolean): string {
  if (value instanceof Complex) return `${value}`
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  return isFloat ? floatRepr(Number(value)) : String(value)
}
