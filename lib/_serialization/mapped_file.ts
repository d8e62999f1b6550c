/** A file whose bytes are memory: they are read when they are touched, and writing to them does not change the file. */
import { constants } from 'node:buffer'
import { native } from '../_C/native.js'
import { from_file } from '../_factories.js'
import { empty } from '../_generated/torch.js'
import { uint8 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { alignedPart } from './loaded_storage.js'

export class MappedFile {
  readonly #whole: Tensor

  constructor(path: string, size: number) {
    this.#whole = from_file(path, false, size, { dtype: uint8 })
  }

  /** Bytes of the file as a storage of their own, over the same memory where elements can begin there. */
  part(offset: number, bytes: number): Tensor {
    if (bytes === 0) return empty([0], { dtype: uint8 })
    const part = alignedPart(this.#whole, offset, bytes)
    // Beyond what a typed array can have, the storage is that of the whole file.
    if (bytes > constants.MAX_LENGTH || part.storage_offset() === 0) return part
    const view = new Uint8Array(native.toArrayBuffer(part, true))
    return native.fromBytes(view, uint8.scalarType, [bytes], false)
  }
}
