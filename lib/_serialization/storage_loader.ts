/** Reads the storages of a checkpoint as its pickle asks for them, each once. */
import { withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { empty } from '../_generated/torch.js'
import type { device } from '../device.js'
import { type dtype, uint8 } from '../dtype.js'
import { UntypedStorage } from '../storage.js'
import type { Tensor } from '../tensor.js'
import { UnpicklingError } from './errors.js'
import { LoadedStorage, maxItemSize } from './loaded_storage.js'
import { type MapLocation, placeOf } from './map_location.js'
import type { MappedFile } from './mapped_file.js'
import { pieces } from './pieces.js'
import type { OnProgress } from './progress.js'
import type { Records } from './records.js'
import { StorageType } from './storage_types.js'
import type { ByteSource } from './zip_reader.js'

export interface StorageLoaderOptions {
  mapLocation: MapLocation
  /** Storages lie in this mapping instead of memory of their own. */
  mapped: MappedFile | null
  /** The file's elements have their first byte last. */
  isBigEndian: boolean
}

export class StorageLoader {
  readonly #source: ByteSource
  readonly #records: Records
  readonly #options: StorageLoaderOptions
  readonly #loaded = new Map<string, LoadedStorage>()
  readonly #parts = new Map<string, LoadedStorage>()
  readonly #memories = new Map<string, Tensor>()

  constructor(source: ByteSource, records: Records, options: StorageLoaderOptions) {
    this.#source = source
    this.#records = records
    this.#options = options
  }

  /** The storage of a persistent id `('storage', type, key, location, count)`, in legacy files with a view behind it. */
  load(id: readonly unknown[]): LoadedStorage {
    const { type, key, location, bytes, view } = describedStorage(id)
    const known = this.#loaded.get(key)
    if (known && known.bytes !== bytes) throw new UnpicklingError('the file is damaged: a storage has two sizes')
    const storage = known ?? this.#make(type, key, location, bytes)
    this.#loaded.set(key, storage)
    if (!view) return storage
    const part = this.#parts.get(view.key) ?? storage.part(view.offset, view.count)
    this.#parts.set(view.key, part)
    return part
  }

  #make(type: dtype | null, key: string, location: string, bytes: number): LoadedStorage {
    const map = this.#options.mapLocation
    const own = type ?? uint8
    // A function is asked where it goes, whatever device the file names.
    const asked = typeof map === 'function' ? this.#moved(map, this.#memory(key, bytes, own), location) : null
    if (asked) return new LoadedStorage(own, bytes, asked, type !== null)
    const where = placeOf(location, map)
    const memory =
      where.type === 'meta' ? this.#checked(key, bytes) : this.#onDevice(this.#memory(key, bytes, own), where)
    return new LoadedStorage(own, bytes, memory, type !== null)
  }

  #moved(map: Extract<MapLocation, (...args: never[]) => unknown>, memory: Tensor, location: string): Tensor | null {
    const result = map(UntypedStorage.over(memory), location)
    if (result === null || result === undefined) return null
    if (!(result instanceof UntypedStorage) || result.nbytes() !== native.numel(memory))
      throw new TypeError('torch.load: a map_location function must return the storage, a copy of it, or null')
    return result.withView(uint8, all => native.alias(all))
  }

  #onDevice(memory: Tensor, where: device): Tensor {
    return where.type === 'cpu' ? memory : withModes({ grad: false }, () => memory.to(where))
  }

  /** Looks whether the file has these bytes, without reading them. */
  #checked(key: string, bytes: number): null {
    const size = this.#records.size(key)
    if (size === undefined) throw new UnpicklingError(`the file is damaged: it has no storage ${key}`)
    if (size !== bytes)
      throw new UnpicklingError(`the file is damaged: storage ${key} has ${size} bytes instead of ${bytes}`)
    return null
  }

  #memory(key: string, bytes: number, type: dtype): Tensor {
    this.#checked(key, bytes)
    const ready = this.#memories.get(key)
    const memory = ready ?? this.#read(key, bytes)
    if (this.#options.isBigEndian) UntypedStorage.over(memory).byteswap(type)
    return memory
  }

  #read(key: string, bytes: number): Tensor {
    const offset = this.#records.offset(key)
    if (offset === null) return inflated(this.#records.inflate(key), bytes)
    // Elements of every dtype can begin where PyTorch puts a storage, not where other programs may.
    if (this.#options.mapped && offset % maxItemSize === 0) return this.#options.mapped.bytes(offset, offset + bytes)
    const memory = empty([bytes], { dtype: uint8, device: 'cpu' })
    for (const [start, piece] of pieces(memory)) this.#source.readInto(offset + start, piece)
    return memory
  }

  /** Reads every storage of the file without blocking; `load` then finds them here. */
  async preload(onProgress: OnProgress, signal: AbortSignal | null): Promise<void> {
    const map = this.#options.mapLocation
    if (this.#options.mapped || (map !== null && typeof map !== 'function' && placeOf('cpu', map).type === 'meta'))
      return
    const keys = [...this.#records.keys()].filter(key => this.#records.offset(key) !== null)
    const total = keys.reduce((sum, key) => sum + this.#records.size(key)!, 0)
    let loaded = 0
    for (const key of keys) {
      const memory = empty([this.#records.size(key)!], { dtype: uint8, device: 'cpu' })
      this.#memories.set(key, memory)
      for (const [start, piece] of pieces(memory)) {
        await this.#source.readIntoAsync(this.#records.offset(key)! + start, piece)
        signal?.throwIfAborted()
        loaded += piece.byteLength
        onProgress({ loaded, total })
      }
    }
  }
}

interface DescribedStorage {
  type: dtype | null
  key: string
  location: string
  bytes: number
  view: { key: string; offset: number; count: number } | null
}

/** A persistent id, checked. */
export function describedStorage(id: readonly unknown[]): DescribedStorage {
  const [kind, type, key, location, count, view] = id
  if (kind !== 'storage') throw new UnpicklingError('only storages may lie outside the pickle')
  if (!(type instanceof StorageType) || typeof key !== 'string' || typeof location !== 'string')
    throw new UnpicklingError('the file is damaged: a storage is not described')
  const bytes = (count as number) * (type.dtype ?? uint8).itemsize
  if (!Number.isSafeInteger(count) || !Number.isSafeInteger(bytes) || bytes < 0)
    throw new UnpicklingError('the file is damaged: a storage has an impossible size')
  return { type: type.dtype, key, location, bytes, view: viewOf(view) }
}

function viewOf(view: unknown): DescribedStorage['view'] {
  if (view === undefined || view === null) return null
  const [key, offset, count] = Array.isArray(view) ? (view as unknown[]) : []
  if (typeof key === 'string' && Number.isSafeInteger(offset) && Number.isSafeInteger(count))
    return { key, offset: offset as number, count: count as number }
  throw new UnpicklingError('the file is damaged: a part of a storage is not described')
}

function inflated(data: Buffer, bytes: number): Tensor {
  return native.fromBytes(data, uint8.scalarType, [bytes], true)
}
