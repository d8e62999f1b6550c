/** The storages of a checkpoint that is being loaded. */
import { withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { empty } from '../_generated/torch.js'
import { type DeviceLike, type DeviceType, device } from '../device.js'
import { type dtype, uint8 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { UnpicklingError } from './errors.js'
import { StorageType } from './storage_types.js'
import type { ZipEntry, ZipReader } from './zip_reader.js'

/** Where tensors go: one device for all, or another name for each of the file's. */
export type MapLocation = DeviceLike | Record<string, DeviceLike> | null

/** Memory that tensors of a checkpoint share. */
export class LoadedStorage {
  readonly dtype: dtype
  readonly bytes: number
  /** uint8, one-dimensional; null on the meta device. */
  readonly #memory: Tensor | null

  constructor(type: dtype, bytes: number, memory: Tensor | null) {
    this.dtype = type
    this.bytes = bytes
    this.#memory = memory
  }

  get isMeta(): boolean {
    return this.#memory === null
  }

  /** The memory as elements of a dtype; bytes that make no whole element are left out. */
  as(type: dtype): Tensor {
    const memory = this.#memory!
    return memory.narrow(0, 0, this.bytes - (this.bytes % type.itemsize)).view(type)
  }
}

/** Reads storages as the pickle asks for them, each once. */
export class StorageLoader {
  readonly #zip: ZipReader
  readonly #root: string
  readonly #mapLocation: MapLocation
  readonly #loaded = new Map<string, LoadedStorage>()
  readonly #memories = new Map<string, Tensor>()

  constructor(zip: ZipReader, root: string, mapLocation: MapLocation) {
    this.#zip = zip
    this.#root = root
    this.#mapLocation = mapLocation
  }

  /** The storage of a persistent id `('storage', type, key, location, count)`. */
  load(id: readonly unknown[]): LoadedStorage {
    const [, type, key, location, count] = id
    if (!(type instanceof StorageType) || typeof key !== 'string' || typeof location !== 'string')
      throw new UnpicklingError('the file is damaged: a storage is not described')
    const own = type.dtype ?? uint8
    const bytes = (count as number) * own.itemsize
    if (!Number.isSafeInteger(count) || !Number.isSafeInteger(bytes) || bytes < 0)
      throw new UnpicklingError('the file is damaged: a storage has an impossible size')
    const known = this.#loaded.get(key)
    if (known) {
      if (known.bytes !== bytes) throw new UnpicklingError('the file is damaged: a storage has two sizes')
      return known
    }
    const where = this.#place(location)
    const memory = where.type === 'meta' ? null : moved(this.#memory(key, bytes), where)
    const storage = new LoadedStorage(own, bytes, memory)
    this.#loaded.set(key, storage)
    return storage
  }

  #memory(key: string, bytes: number): Tensor {
    const entry = this.#zip.find(`${this.#root}data/${key}`)
    if (!entry) throw new UnpicklingError(`the file is damaged: it has no storage ${key}`)
    if (entry.size !== bytes)
      throw new UnpicklingError(`the file is damaged: storage ${key} has ${entry.size} bytes instead of ${bytes}`)
    const ready = this.#memories.get(key)
    if (ready) return ready
    const memory = this.#reserve(entry, bytes)
    for (const [start, piece] of pieces(memory)) this.#zip.readInto(entry, start, piece)
    return memory
  }

  /** Reads every storage of the file without blocking; `load` then finds them here. */
  async preload(): Promise<void> {
    if (this.#mapLocation !== null && this.#place('cpu').type === 'meta') return
    const prefix = `${this.#root}data/`
    for (const name of this.#zip.names) {
      const entry = this.#zip.find(name)!
      if (!name.startsWith(prefix) || entry.method !== 0) continue
      const memory = this.#reserve(entry, entry.size)
      for (const [start, piece] of pieces(memory)) await this.#zip.readIntoAsync(entry, start, piece)
      this.#memories.set(name.slice(prefix.length), memory)
    }
  }

  /** Memory for a record, once it is known that the file really holds it. */
  #reserve(entry: ZipEntry, bytes: number): Tensor {
    this.#zip.dataOffset(entry)
    return empty([bytes], { dtype: uint8, device: 'cpu' })
  }

  #place(location: string): device {
    const map = this.#mapLocation
    if (map === null) return available(location)
    if (typeof map === 'object' && !(map instanceof device))
      return Object.hasOwn(map, location) ? new device(map[location] as device) : available(location)
    return new device(map as DeviceType)
  }
}

/** What one read fills at most: an ArrayBuffer has a largest size. */
const pieceBytes = 2 ** 28

function* pieces(memory: Tensor): Iterable<[start: number, bytes: Uint8Array]> {
  const size = native.numel(memory)
  for (let start = 0; start < size; start += pieceBytes) {
    const piece = memory.narrow(0, start, Math.min(pieceBytes, size - start))
    yield [start, new Uint8Array(native.toArrayBuffer(piece, false))]
  }
}

function moved(memory: Tensor, where: device): Tensor {
  return where.type === 'cpu' ? memory : withModes({ grad: false }, () => memory.to(where))
}

/** The device that a file names. @throws {UnpicklingError} when it is not here */
function available(location: string): device {
  const where = new device(location as DeviceType)
  if (where.type === 'cpu' || where.type === 'meta') return where
  if (where.type !== 'cuda') throw new UnpicklingError(`don't know how to restore data location of ${location}`)
  const count = native.hasCuda() ? native.deviceCount(where.typeCode) : 0
  if (count === 0)
    throw new UnpicklingError(
      'Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False. If you are running on ' +
        "a CPU-only machine, please use torch.load with { map_location: 'cpu' } to map your storages to the CPU.",
    )
  if ((where.index ?? 0) >= count)
    throw new UnpicklingError(
      `Attempting to deserialize object on CUDA device ${where.index} but there are only ${count}. Please use torch.load ` +
        'with map_location to map your storages to an existing device.',
    )
  return where
}
