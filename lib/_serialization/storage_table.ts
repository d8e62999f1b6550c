/** The storages of the tensors that are being saved: each is written once, however many tensors share it. */
import { TorchError } from '../_C/errors.js'
import { withModes } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { type dtype, dtypes, uint8 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { globalOf, PersistentId, Tuple } from './python_objects.js'
import { storageNames } from './storage_types.js'
import type { ZipRecord } from './zip_writer.js'

interface Stored {
  key: string
  dtype: dtype
  /** The whole storage as a one-dimensional tensor. */
  whole: Tensor
  bytes: number
}

/** What one piece of a record has at most: checksums and writes go over it in one go. */
const pieceBytes = 2 ** 26

export class StorageTable {
  readonly #stored = new Map<bigint, Stored>()

  /** Notes the storage of a strided tensor and gives what stands for it in the pickle. */
  add(t: Tensor): PersistentId {
    const own = dtypes[native.scalarType(t)]!
    const kind = storageNames.has(own) ? own : uint8
    const pointer = native.storagePtr(t)
    let stored = this.#stored.get(pointer)
    if (!stored) {
      const whole = wholeStorage(t)
      const bytes = native.numel(whole) * own.itemsize
      stored = { key: String(this.#stored.size), dtype: kind, whole, bytes }
      this.#stored.set(pointer, stored)
    } else if (stored.dtype !== kind && stored.bytes > 0) {
      throw new TorchError('Cannot save multiple tensors or storages that view the same data as different types')
    }
    const name = storageNames.get(own)
    const type = name ? globalOf('torch', name) : globalOf('torch.storage', 'UntypedStorage')
    const count = name ? stored.bytes / own.itemsize : stored.bytes
    return new PersistentId(new Tuple(['storage', type, stored.key, t.device.toString(), count]))
  }

  /** The records to write, one for each storage. */
  *records(): Iterable<ZipRecord> {
    for (const { key, whole, bytes } of this.#stored.values())
      yield { name: `data/${key}`, size: bytes, chunks: () => pieces(whole) }
  }
}

/** All elements of the tensor's storage, in order, also those outside the tensor itself. */
function wholeStorage(t: Tensor): Tensor {
  return withModes({ grad: false }, () => {
    let plain = t.detach()
    // Lazy conjugation and negation are noted beside: the numbers in memory are the others.
    if (native.isConj(plain)) plain = plain.conj()
    if (native.isNeg(plain)) plain = plain._neg_view()
    const count = Math.floor(native.storageBytes(plain) / dtypes[native.scalarType(plain)]!.itemsize)
    return plain.as_strided([count], [1], 0)
  })
}

function* pieces(whole: Tensor): Iterable<Uint8Array> {
  const { itemsize } = dtypes[native.scalarType(whole)]!
  const step = Math.floor(pieceBytes / itemsize)
  const count = native.numel(whole)
  for (let start = 0; start < count; start += step) {
    const part = withModes({ grad: false }, () =>
      whole
        .narrow(0, start, Math.min(step, count - start))
        .cpu()
        .view(uint8),
    )
    yield new Uint8Array(native.toArrayBuffer(part, false))
  }
}
