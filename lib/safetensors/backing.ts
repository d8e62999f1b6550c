/** Where the bytes of a safetensors file come from. */
import { statSync } from 'node:fs'
import { traced } from '../_C/call.js'
import { beforeCall, modeBlock } from '../_C/modes.js'
import { native } from '../_C/native.js'
import { empty } from '../_generated/torch.js'
import { pieces } from '../_serialization/pieces.js'
import type { ByteSource } from '../_serialization/zip_reader.js'
import { uint8 } from '../dtype.js'
import type { Tensor } from '../tensor.js'

/** Gives ranges of a file as tensors of one dimension, uint8, each a storage of its own. */
export interface Backing {
  /** For what is read before the tensors. */
  readonly source: ByteSource
  bytes(begin: number, end: number): Tensor
  close(): void
}

/** The file's own pages, as they are touched; changes stay in memory. */
export class MappedFile implements Backing {
  readonly source: ByteSource
  readonly #map: Tensor

  constructor(path: string) {
    const { size } = statSync(path)
    // The map belongs to no scope: it is there until `close`.
    using _ = modeBlock({ scope: 0 })
    const map = native.mapFile(path, 0, size)
    this.#map = map
    // The header is read from the map too: the file of that name may be another one by now.
    const readInto = (offset: number, target: Uint8Array): void => {
      const bytes = native.storageSlice(map, offset, target.byteLength)
      target.set(new Uint8Array(native.toArrayBuffer(bytes, false)))
    }
    this.source = {
      size,
      readInto,
      readIntoAsync: async (offset, target) => readInto(offset, target),
      close() {},
    }
  }

  bytes(begin: number, end: number): Tensor {
    beforeCall()
    return traced(native.storageSlice(this.#map, begin, end - begin))
  }

  /** Tensors that were made keep their memory. */
  close(): void {
    native.dispose(this.#map)
  }
}

/** Copies, read when they are asked for. */
export class ReadFile implements Backing {
  readonly source: ByteSource

  constructor(source: ByteSource) {
    this.source = source
  }

  bytes(begin: number, end: number): Tensor {
    const memory = empty([end - begin], { dtype: uint8, device: 'cpu' })
    for (const [start, piece] of pieces(memory)) this.source.readInto(begin + start, piece)
    return memory
  }

  /** `bytes` without holding up the event loop. */
  async bytesAsync(begin: number, end: number, onBytes: (count: number) => void): Promise<Tensor> {
    const memory = empty([end - begin], { dtype: uint8, device: 'cpu' })
    for (const [start, piece] of pieces(memory)) {
      await this.source.readIntoAsync(begin + start, piece)
      onBytes(piece.byteLength)
    }
    return memory
  }

  close(): void {
    this.source.close()
  }
}
