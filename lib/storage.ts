import { inspect } from 'node:util'
import { signature, typeName } from './_C/args.js'
import { call, traced } from './_C/call.js'
import { beforeCall } from './_C/modes.js'
import { native } from './_C/native.js'
import { indexError, runtimeError, valueError } from './_C/raise.js'
import { from_file } from './_factories.js'
import { isBuffer } from './_from_buffer.js'
import * as ops from './_generated/ops.js'
import { StorageBase } from './_storage_base.js'
import { type DeviceLike, device } from './device.js'
import { type dtype, uint8 } from './dtype.js'
import { scope } from './memory.js'
import type { Tensor } from './tensor.js'
import { TypedStorage } from './typed_storage.js'

/** The index `i` of `size` elements, counted from the end where it is negative. @internal */
export function wrapIndex(i: unknown, size: number, type: string): number {
  if (typeof i !== 'number' || !Number.isInteger(i)) throw new TypeError(`can't index a ${type} with ${typeName(i)}`)
  if (i < -size || i >= size) throw indexError(`index ${i} out of range for storage of size ${size}`)
  return i < 0 ? i + size : i
}

/** What a storage can be made of: a number of elements, or their values. */
export type StorageData = number | readonly (number | bigint | boolean)[] | ArrayBufferView

const isSequence = (data: unknown): data is Iterable<unknown> => Array.isArray(data) || ArrayBuffer.isView(data)

const bindNew = signature<{ data: unknown; device: DeviceLike | null }>('UntypedStorage', ['data', 0], '*', [
  'device',
  null,
])

const bindFromBuffer = signature<{
  buffer: unknown
  byte_order: string | null
  count: number
  offset: number
  dtype: dtype | null
}>('from_buffer', 'buffer', ['byte_order', null], ['count', -1], ['offset', 0], ['dtype', null])

/** The tensor that is handed to a new `UntypedStorage` rather than data, and whether nobody else has it. */
class Held {
  constructor(
    readonly tensor: Tensor,
    readonly isOwn: boolean,
  ) {}
}

/**
 * The bytes that a tensor and its views lie in. `new UntypedStorage(4)` has four bytes with any values,
 * `new UntypedStorage([1, 2])` these two. https://docs.pytorch.org/docs/stable/storage.html
 */
export class UntypedStorage extends StorageBase {
  /** A tensor in this memory, of any dtype and shape. */
  #tensor: Tensor
  /** Can no tensor of the program be in the memory but through this object? */
  #isOwn: boolean

  constructor(data?: StorageData | { device?: DeviceLike | null }, keywords?: { device?: DeviceLike | null })
  constructor(...args: unknown[]) {
    super()
    const held = args[0]
    if (held instanceof Held) {
      this.#tensor = held.tensor
      this.#isOwn = held.isOwn
      return
    }
    const { data, device: place } = bindNew(args)
    const options = { dtype: uint8, device: place ?? 'cpu' }
    this.#isOwn = true
    if (typeof data === 'number' && Number.isInteger(data)) {
      this.#tensor = call(ops.empty, [data], options) as Tensor
      return
    }
    if (!isSequence(data))
      throw runtimeError(`torch.UntypedStorage(): Expected a sequence type, but got ${typeName(data)}`)
    const bytes = Uint8Array.from(data, item => {
      if (typeof item === 'number' && Number.isInteger(item)) return item
      throw runtimeError(
        `torch.UntypedStorage(): tried to construct a storage from a sequence (${typeName(data)}), but one of the items was of type ${typeName(item)} instead of int`,
      )
    })
    beforeCall()
    const tensor = traced(native.fromBytes(bytes, uint8.scalarType, [bytes.length], true))
    this.#tensor = call(ops.to, tensor, new device(options.device as device), uint8) as Tensor
  }

  /** The storage of a tensor. @internal */
  static over(tensor: Tensor, isOwn = false): UntypedStorage {
    return Reflect.construct(UntypedStorage, [new Held(tensor, isOwn)]) as UntypedStorage
  }

  /**
   * A storage with a copy of `count` elements (-1: all) of a buffer, from byte `offset` on. `byte_order` is that of the
   * buffer's elements: `'big'`, `'little'` or `'native'`; bytes and booleans need none.
   */
  static from_buffer(
    buffer: ArrayBufferLike | ArrayBufferView,
    byte_order: 'big' | 'little' | 'native' | null,
    count: number,
    offset: number,
    keywords: { dtype: dtype },
  ): UntypedStorage
  static from_buffer(
    buffer: ArrayBufferLike | ArrayBufferView,
    byte_order: 'big' | 'little' | 'native' | null,
    keywords: { count?: number; offset?: number; dtype: dtype },
  ): UntypedStorage
  static from_buffer(
    buffer: ArrayBufferLike | ArrayBufferView,
    keywords: { byte_order?: 'big' | 'little' | 'native' | null; count?: number; offset?: number; dtype: dtype },
  ): UntypedStorage
  static from_buffer(...args: unknown[]): UntypedStorage {
    const { buffer, byte_order, count, offset, dtype: kind } = bindFromBuffer(args)
    if (kind === null) throw runtimeError("argument 'dtype' cannot be None")
    const bytes = bytesOf(buffer, byte_order, count, offset, kind)
    const storage = new UntypedStorage(bytes)
    if (byte_order === 'big') storage.byteswap(kind)
    return storage
  }

  /** A storage over `nbytes` bytes of a file, mapped into memory; with `shared` changes go to the file. */
  static from_file(filename: string, shared = false, nbytes = 0): UntypedStorage {
    return UntypedStorage.over(from_file(filename, shared, nbytes, { dtype: uint8 }))
  }

  /** Calls `use` with all of the memory as a tensor of `kind`. @internal */
  withView<T>(kind: dtype, use: (view: Tensor) => T): T {
    // Views that wait for the garbage collection would keep `resize_` from working.
    return scope(() => {
      beforeCall()
      return use(traced(native.storageView(this.#tensor, kind.scalarType)))
    })
  }

  nbytes(): number {
    return native.storageBytes(this.#tensor)
  }

  /** As `nbytes`. */
  override size(): number {
    return this.nbytes()
  }

  override element_size(): number {
    return 1
  }

  /** The address of the first byte. */
  data_ptr(): bigint {
    const t = this.#tensor
    return t.data_ptr() - BigInt(t.storage_offset() * t.itemsize)
  }

  override get device(): device {
    return this.#tensor.device
  }

  /** Are both the same bytes? */
  isSame(other: UntypedStorage): boolean {
    return native.storagePtr(this.#tensor) === native.storagePtr(other.#tensor)
  }

  /** Itself: what `TypedStorage.untyped` gives. */
  override untyped(): UntypedStorage {
    return this
  }

  /** The byte with this index; negative ones count from the end. Throws `IndexError`. */
  override at(index: number): number {
    const i = wrapIndex(index, this.size(), 'torch.UntypedStorage')
    return this.withView(uint8, bytes => native.item(call(ops.select, bytes, 0, i) as Tensor) as number)
  }

  /** Python's `storage[index] = value`. */
  override setAt(index: number, value: number): this {
    const i = wrapIndex(index, this.size(), 'torch.UntypedStorage')
    this.withView(uint8, bytes => {
      bytes.setAt([i], checkedByte(value))
    })
    return this
  }

  override tolist(): number[] {
    return this.withView(uint8, bytes => native.toNested(bytes) as number[])
  }

  /** Sets every byte. */
  override fill_(value: number): this {
    this.withView(uint8, bytes => {
      call(ops.fill_, bytes, checkedByte(value))
    })
    return this
  }

  /** Copies the bytes of a storage of the same size. */
  override copy_(source: StorageBase, non_blocking = false): this {
    if (!(source instanceof StorageBase)) throw new TypeError(`copy_(): expected a storage, got ${typeName(source)}`)
    const from = source.untyped()
    if (from.nbytes() !== this.nbytes())
      throw runtimeError(`size does not match, self was ${this.nbytes()} bytes but src was ${from.nbytes()} bytes`)
    this.withView(uint8, bytes => {
      from.withView(uint8, others => {
        call(ops.copy_, bytes, others, non_blocking)
      })
    })
    return this
  }

  /** A storage of its own with the same bytes. */
  override clone(): UntypedStorage {
    return UntypedStorage.over(
      this.withView(uint8, bytes => call(ops.clone, bytes) as Tensor),
      true,
    )
  }

  cpu(): UntypedStorage {
    return this.to({ device: 'cpu' })
  }

  cuda(where: DeviceLike = 'cuda', non_blocking = false): UntypedStorage {
    return this.to({ device: where, non_blocking })
  }

  /** A copy in page-locked memory, unless it lies there. */
  pin_memory(): UntypedStorage {
    if (this.device.type !== 'cpu') throw new TypeError(`cannot pin '${this.type()}' only CPU memory can be pinned`)
    if (this.is_pinned()) return this
    return UntypedStorage.over(
      this.withView(uint8, bytes => call(ops.pin_memory, bytes) as Tensor),
      true,
    )
  }

  /** An empty storage on the same device. */
  new(): UntypedStorage {
    return new UntypedStorage(0, { device: this.device })
  }

  override to({ device: where, non_blocking = false }: { device: DeviceLike; non_blocking?: boolean }): UntypedStorage {
    const place = new device(where as device)
    const here = this.device
    if (place.type === here.type && (place.index ?? here.index) === here.index) return this
    return UntypedStorage.over(
      this.withView(uint8, bytes => call(ops.to, bytes, place, uint8, non_blocking, true) as Tensor),
      true,
    )
  }

  /**
   * Changes the number of bytes and keeps those that both sizes have; new ones have any value. Only for a storage that no
   * tensor shares: typed arrays and tensors would point to memory that is gone.
   */
  override resize_(size: number): this {
    if (!Number.isInteger(size) || size < 0) throw valueError(`resize_(): size must not be negative, got ${size}`)
    if (!this.resizable())
      throw runtimeError('Trying to resize storage that is not resizable: tensors share its memory')
    const resized = call(ops.empty, [size], { dtype: uint8, device: this.device }) as Tensor
    const common = Math.min(size, this.nbytes())
    this.withView(uint8, bytes => {
      call(ops.copy_, call(ops.narrow, resized, 0, 0, common), call(ops.narrow, bytes, 0, 0, common))
    })
    this.#tensor = resized
    return this
  }

  /** Does no tensor share the memory, so that `resize_` may move it? */
  override resizable(): boolean {
    return this.#isOwn && native.storageUseCount(this.#tensor) === 1
  }

  /** Reverses the bytes of each element of `kind`; of complex ones those of each part. */
  byteswap(kind: dtype): void {
    const width = kind.is_complex ? kind.itemsize / 2 : kind.itemsize
    if (this.nbytes() % width !== 0) throw runtimeError(`the length of data is not a multiple of ${width}`)
    if (width === 1) return
    this.withView(uint8, bytes => {
      call(ops.copy_, bytes, bytes.view(-1, width).flip(1).view(-1))
    })
  }

  /** `torch.storage.UntypedStorage`, as Python names it. */
  override type(): string {
    return 'torch.storage.UntypedStorage'
  }

  protected override cast(kind: dtype): TypedStorage {
    return TypedStorage.cast(this, uint8, kind)
  }

  protected override summary(): string {
    return `[torch.storage.UntypedStorage(device=${this.device}) of size ${this.size()}]`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

function checkedByte(value: unknown): number {
  if (typeof value !== 'number') throw new TypeError(`fill_ expects int, but got ${typeName(value)}`)
  return value & 255
}

function bytesOf(buffer: unknown, order: string | null, count: number, offset: number, kind: dtype): Uint8Array {
  const isView = ArrayBuffer.isView(buffer)
  if (!isView && !isBuffer(buffer))
    throw new TypeError(`from_buffer(): expected an ArrayBuffer or a view of one, got ${typeName(buffer)}`)
  const whole = isView ? new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength) : new Uint8Array(buffer)
  const size = kind.itemsize
  if (order === null && size > 1) throw runtimeError("function missing required argument 'byte_order' (pos 2)")
  if (order !== null && !['big', 'little', 'native'].includes(order))
    throw valueError(`invalid byte_order '${order}' (expected 'big', 'little', or 'native')`)
  if (!Number.isInteger(offset) || offset < 0 || offset > whole.length)
    throw valueError(
      `offset must be non-negative and no greater than buffer length (${whole.length}) , but got ${offset}`,
    )
  const available = whole.length - offset
  if (count < 0 && available % size !== 0)
    throw valueError(`buffer size (${available}) must be a multiple of element size (${size})`)
  const wanted = count < 0 ? available : count * size
  if (!Number.isInteger(wanted) || wanted > available)
    throw valueError(`buffer has only ${available} elements after offset ${offset}, but specified a size of ${count}`)
  return whole.subarray(offset, offset + wanted)
}
