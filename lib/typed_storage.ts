import { inspect } from 'node:util'
import { signature, typeName } from './_C/args.js'
import { call } from './_C/call.js'
import { native } from './_C/native.js'
import { runtimeError, warn } from './_C/raise.js'
import { type TensorData, tensor } from './_creation.js'
import { get_default_dtype } from './_default_dtype.js'
import { from_file } from './_factories.js'
import * as ops from './_generated/ops.js'
import { StorageBase, type StorageElement } from './_storage_base.js'
import { titleOf } from './_type_names.js'
import { type DeviceLike, device } from './device.js'
import { dtype, int8, int32, uint8 } from './dtype.js'
import { type StorageData, UntypedStorage, wrapIndex } from './storage.js'
import type { Tensor } from './tensor.js'

/** Tells once that PyTorch wants `UntypedStorage` to be used. @internal */
export function warnTypedStorage(): void {
  warn(
    'TypedStorage is deprecated. It will be removed in the future and UntypedStorage will be the only storage class. ' +
      'This should only matter to you if you are using storages directly.  To access UntypedStorage directly, use ' +
      'tensor.untyped_storage() instead of tensor.storage()',
  )
}

/** The dtype that a quantized dtype's elements are read and written as; of others themselves. */
function plainDtype(kind: dtype): dtype {
  if (kind.name === 'qint32') return int32
  if (kind.name === 'qint8') return int8
  return kind.name.startsWith('quint') ? uint8 : kind
}

interface Options {
  device: DeviceLike | null
  dtype: dtype | null
  wrap_storage: UntypedStorage | null
}

const bindNew = signature<Options & { data: unknown }>(
  'TypedStorage',
  ['data', null],
  '*',
  ['device', null],
  ['dtype', null],
  ['wrap_storage', null],
)

const combinations =
  'TypedStorage.__init__ received an invalid combination of arguments. Expected one of:\n' +
  ' * (*, torch.device device, torch.dtype dtype)\n' +
  ' * (int size, *, torch.device device, torch.dtype dtype)\n' +
  ' * (Sequence data, *, torch.device device, torch.dtype dtype)\n' +
  ' * (*, UntypedStorage wrap_storage, torch.dtype dtype)'

function wrapped({ wrap_storage, dtype: kind, device: place, data }: Options & { data: unknown }): UntypedStorage {
  if (data !== null)
    throw runtimeError(`${combinations}\nNo positional arguments should be given when using 'wrap_storage'`)
  if (kind === null) throw runtimeError(`${combinations}\nArgument 'dtype' must be specified`)
  if (place !== null)
    throw runtimeError(`${combinations}\nArgument 'device' should not be specified when 'wrap_storage' is given`)
  if (!(wrap_storage instanceof UntypedStorage))
    throw new TypeError(
      `${combinations}\nArgument 'wrap_storage' must be UntypedStorage, but got ${typeName(wrap_storage)}`,
    )
  return wrap_storage
}

/**
 * A storage whose bytes are read as elements of one dtype: `new TypedStorage([1, 2], { dtype: torch.float32 })`. Deprecated
 * in PyTorch. https://docs.pytorch.org/docs/stable/storage.html#torch.TypedStorage
 */
export class TypedStorage extends StorageBase {
  readonly dtype: dtype
  readonly #untyped: UntypedStorage

  constructor(
    data?: StorageData | TensorData | null | Partial<Options>,
    keywords?: Partial<Omit<Options, 'wrap_storage'>>,
  )
  constructor(...args: unknown[]) {
    super()
    warnTypedStorage()
    const bound = bindNew(args)
    const { data, device: place } = bound
    const kind = bound.dtype ?? get_default_dtype()
    if (!(kind instanceof dtype))
      throw new TypeError(`${combinations}\nArgument 'dtype' must be torch.dtype, not ${typeName(kind)}`)
    this.dtype = kind
    if (bound.wrap_storage !== null) {
      this.#untyped = wrapped(bound)
    } else if (data === null || (typeof data === 'number' && Number.isInteger(data))) {
      this.#untyped = new UntypedStorage((data ?? 0) * kind.itemsize, { device: place })
    } else if (Array.isArray(data) || ArrayBuffer.isView(data)) {
      const options = { dtype: plainDtype(kind), device: place ?? 'cpu' }
      this.#untyped = UntypedStorage.over(tensor(data as TensorData, options), true)
    } else {
      throw new TypeError(`${combinations}\nArgument type not recognized: ${typeName(data)}`)
    }
  }

  /** The elements `from` of a storage as `to`, in memory of their own. @internal */
  static cast(storage: UntypedStorage, from: dtype, to: dtype): TypedStorage {
    const converted = storage.withView(plainDtype(from), view => call(ops.to, view, to, false, true) as Tensor)
    return new TypedStorage({ wrap_storage: UntypedStorage.over(converted, true), dtype: to })
  }

  /** As `UntypedStorage.from_buffer`, with the default dtype unless another is given. */
  static from_buffer(
    buffer: ArrayBufferLike | ArrayBufferView,
    byte_order: 'big' | 'little' | 'native' | null = null,
    keywords: { count?: number; offset?: number; dtype?: dtype } = {},
  ): TypedStorage {
    const kind = keywords.dtype ?? get_default_dtype()
    const wrap_storage = UntypedStorage.from_buffer(buffer, byte_order, { ...keywords, dtype: kind })
    return new TypedStorage({ wrap_storage, dtype: kind })
  }

  /** A storage over `size` elements of a file, mapped into memory; with `shared` changes go to the file. */
  static from_file(filename: string, shared = false, size = 0, kind: dtype = get_default_dtype()): TypedStorage {
    const wrap_storage = UntypedStorage.over(from_file(filename, shared, size, { dtype: plainDtype(kind) }))
    return new TypedStorage({ wrap_storage, dtype: kind })
  }

  #over(wrap_storage: UntypedStorage): TypedStorage {
    return new TypedStorage({ wrap_storage, dtype: this.dtype })
  }

  #withView<T>(use: (view: Tensor) => T): T {
    return this.#untyped.withView(plainDtype(this.dtype), use)
  }

  override get device(): device {
    return this.#untyped.device
  }

  /** The bytes. */
  override untyped(): UntypedStorage {
    return this.#untyped
  }

  override size(): number {
    return Math.floor(this.nbytes() / this.element_size())
  }

  override nbytes(): number {
    return this.#untyped.nbytes()
  }

  override element_size(): number {
    return this.dtype.itemsize
  }

  override data_ptr(): bigint {
    return this.#untyped.data_ptr()
  }

  /** The element with this index; negative ones count from the end. Throws `IndexError`. */
  override at(index: number): StorageElement {
    const i = wrapIndex(index, this.size(), 'torch.TypedStorage')
    return this.#withView(view => native.item(call(ops.select, view, 0, i) as Tensor) as StorageElement)
  }

  /** Python's `storage[index] = value`. */
  override setAt(index: number, value: StorageElement): this {
    const i = wrapIndex(index, this.size(), 'torch.TypedStorage')
    this.#withView(view => {
      view.setAt([i], value)
    })
    return this
  }

  /** Sets every element. */
  override fill_(value: StorageElement): this {
    this.#withView(view => {
      call(ops.fill_, view, value)
    })
    return this
  }

  /** Copies the bytes of a storage of as many. */
  override copy_(source: StorageBase, non_blocking = false): this {
    this.#untyped.copy_(source, non_blocking)
    return this
  }

  /** A storage of its own with the same elements. */
  override clone(): TypedStorage {
    return this.#over(this.#untyped.clone())
  }

  override tolist(): StorageElement[] {
    return this.#withView(view => native.toNested(view) as StorageElement[])
  }

  cpu(): TypedStorage {
    return this.to({ device: 'cpu' })
  }

  cuda(where: DeviceLike = 'cuda', non_blocking = false): TypedStorage {
    return this.to({ device: where, non_blocking })
  }

  override to(keywords: { device: DeviceLike; non_blocking?: boolean }): TypedStorage {
    const { type } = new device(keywords.device as device)
    if (plainDtype(this.dtype) !== this.dtype && type !== 'cpu')
      throw runtimeError(`Cannot create ${type.toUpperCase()} storage with quantized dtype`)
    return this.#over(this.#untyped.to(keywords))
  }

  /** A copy in page-locked memory, unless it lies there. */
  pin_memory(): TypedStorage {
    return this.#over(this.#untyped.pin_memory())
  }

  /** Changes the number of elements; see `UntypedStorage.resize_`. */
  override resize_(size: number): this {
    this.#untyped.resize_(size * this.element_size())
    return this
  }

  override resizable(): boolean {
    return this.#untyped.resizable()
  }

  /** The old class's name, such as `torch.FloatStorage`. */
  override type(): string {
    return hasLegacyClass(this.dtype) ? `torch.${storageTitle(this.dtype)}` : 'torch.storage.TypedStorage'
  }

  /** The name under which files keep the dtype: `FloatStorage`. */
  pickle_storage_type(): string {
    if (!hasLegacyClass(this.dtype)) throw new TypeError(`dtype ${this.dtype} is not recognized`)
    return storageTitle(this.dtype)
  }

  protected override cast(kind: dtype): TypedStorage {
    return TypedStorage.cast(this.#untyped, this.dtype, kind)
  }

  protected override elementsAreFloats(): boolean {
    return this.dtype.is_floating_point
  }

  protected override summary(): string {
    return `[torch.storage.TypedStorage(dtype=${this.dtype}, device=${this.device}) of size ${this.size()}]`
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

const storageTitles: Partial<Record<string, string>> = { quint4x2: 'QUInt4x2Storage', quint2x4: 'QUInt2x4Storage' }

/** `FloatStorage`. @internal */
export const storageTitle = (kind: dtype): string => storageTitles[kind.name] ?? `${titleOf(kind)}Storage`

/** Dtypes of before PyTorch 1.13 have a storage class each. */
const hasLegacyClass = (kind: dtype): boolean =>
  kind.name !== 'complex32' && !/^(uint(16|32|64)|u?int[1-7]|bits.*|float[48]_.*)$/.test(kind.name)
