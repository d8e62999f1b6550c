/** Files as memory. */
import { statSync } from 'node:fs'
import { traced } from '../_C/call.js'
import { beforeCall, modeBlock } from '../_C/modes.js'
import { native } from '../_C/native.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import type { ByteSource } from './zip_reader.js'

function mapped(path: string): Tensor {
  try {
    return native.mapFile(path, 0, null)
  } catch (error) {
    // Node's error, with its code, where there is no such file.
    statSync(path)
    throw error
  }
}

/** The file's own pages, as they are touched; changes stay in memory, and do not go to the file. */
export class MappedFile {
  readonly source: ByteSource
  readonly #map: Tensor

  constructor(path: string) {
    // The map belongs to no scope: it is there until `close`.
    using _ = modeBlock({ scope: 0 })
    const map = mapped(path)
    this.#map = map
    // The header is read from the map too: the file of that name may be another one by now.
    const readInto = (offset: number, target: Uint8Array): void => {
      const bytes = native.storageSlice(map, offset, target.byteLength)
      target.set(new Uint8Array(native.toArrayBuffer(bytes, false)))
    }
    this.source = {
      size: native.storageBytes(map),
      readInto,
      readIntoAsync: async (offset, target) => readInto(offset, target),
      close() {},
    }
  }

  /** A range of the file as a storage of its own: a tensor of one dimension, uint8. */
  bytes(begin: number, end: number): Tensor {
    beforeCall()
    return traced(native.storageSlice(this.#map, begin, end - begin))
  }

  /** The same as a tensor of this dtype and these sizes. */
  tensor(begin: number, end: number, kind: dtype, shape: readonly number[]): Tensor {
    beforeCall()
    return traced(native.storageSlice(this.#map, begin, end - begin, kind.scalarType, shape))
  }

  /** Tensors that were made keep their memory. */
  close(): void {
    native.dispose(this.#map)
  }
}
