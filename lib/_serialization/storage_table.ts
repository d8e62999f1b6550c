/** The storages of the tensors that are being saved: each is written once, however many tensors share it. */
import { TorchError } from '../_C/errors.js'
import { withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { type dtype, dtypes, uint8 } from '../dtype.js'
import type { UntypedStorage } from '../storage.js'
import type { Tensor } from '../tensor.js'
import { TypedStorage } from '../typed_storage.js'
import { globalOf, PersistentId, Tuple } from './python_objects.js'
import { storageNames } from './storage_types.js'
import type { ZipRecord } from './zip_writer.js'

interface Stored {
  key: string
  dtype: dtype
  /** The bytes of the whole storage. */
  whole: Tensor
  bytes: number
}

/** A storage as it is written. */
export interface StoredBytes {
  key: string
  bytes: number
  elementSize: number
  pieces(): Iterable<Uint8Array>
}

/** What one piece of a record has at most: checksums go over it in one go, between two of them other work has its turn. */
const pieceBytes = 2 ** 22

export class StorageTable {
  readonly #stored = new Map<bigint, Stored>()

  /** @param isLegacy for the format of PyTorch before 1.6 */
  constructor(readonly isLegacy = false) {}

  /** Notes the storage of a strided tensor and gives what stands for it in the pickle. */
  add(t: Tensor): PersistentId {
    const own = dtypes[native.scalarType(t)]!
    return this.#note(t, storageNames.has(own) ? own : null)
  }

  /** The same for a storage that is saved by itself. */
  addStorage(storage: UntypedStorage | TypedStorage): PersistentId {
    const own = storage instanceof TypedStorage && storageNames.has(storage.dtype) ? storage.dtype : null
    return this.#note(
      storage.untyped().withView(uint8, all => native.alias(all)),
      own,
    )
  }

  /** @param kind the dtype of the storage's class, null for one of bytes */
  #note(t: Tensor, kind: dtype | null): PersistentId {
    const own = kind ?? uint8
    if (kind === null && this.isLegacy) throw tooNew(t.dtype === uint8 ? 'storages of plain bytes' : String(t.dtype))
    const pointer = native.storagePtr(t)
    let stored = this.#stored.get(pointer)
    if (!stored) {
      const whole = native.storageView(t, uint8.scalarType)
      const bytes = native.numel(whole) - (native.numel(whole) % own.itemsize)
      stored = { key: String(this.#stored.size), dtype: own, whole, bytes }
      this.#stored.set(pointer, stored)
    } else if (stored.dtype !== own && stored.bytes > 0) {
      throw new TorchError('Cannot save multiple tensors or storages that view the same data as different types')
    }
    const type = kind ? globalOf('torch', storageNames.get(kind)!) : globalOf('torch.storage', 'UntypedStorage')
    const id = ['storage', type, stored.key, t.device.toString(), stored.bytes / own.itemsize]
    // The place of a storage in another, which only files of long ago have.
    return new PersistentId(new Tuple(this.isLegacy ? [...id, null] : id))
  }

  stored(): StoredBytes[] {
    return [...this.#stored.values()].map(({ key, dtype, whole, bytes }) => ({
      key,
      bytes,
      elementSize: dtype.itemsize,
      pieces: () => pieces(whole, bytes),
    }))
  }

  /** The records to write, one for each storage. */
  *records(): Iterable<ZipRecord> {
    for (const { key, bytes, pieces } of this.stored()) yield { name: `data/${key}`, size: bytes, chunks: pieces }
  }
}

/** What PyTorch itself cannot read back from its old format. */
export function tooNew(what: string): TorchError {
  return new TorchError(`the format of PyTorch before 1.6 has no ${what}: save it with _use_new_zipfile_serialization`)
}

function* pieces(whole: Tensor, bytes: number): Iterable<Uint8Array> {
  for (let start = 0; start < bytes; start += pieceBytes) {
    const part = withModes({ grad: false }, () => whole.narrow(0, start, Math.min(pieceBytes, bytes - start)).cpu())
    yield new Uint8Array(native.toArrayBuffer(part, false))
  }
}
