/** Where the bytes of a safetensors file come from. */
import { empty } from '../_generated/torch.js'
import { pieces } from '../_serialization/pieces.js'
import type { ByteSource } from '../_serialization/zip_reader.js'
import { type dtype, uint8 } from '../dtype.js'
import type { Tensor } from '../tensor.js'

/** Gives ranges of a file as tensors, each a storage of its own. */
export interface Backing {
  /** For what is read before the tensors. */
  readonly source: ByteSource
  tensor(begin: number, end: number, kind: dtype, shape: readonly number[]): Tensor
  close(): void
}

/** Copies, read when they are asked for. */
export class ReadFile implements Backing {
  readonly source: ByteSource

  constructor(source: ByteSource) {
    this.source = source
  }

  tensor(begin: number, _end: number, kind: dtype, shape: readonly number[]): Tensor {
    const memory = empty([...shape], { dtype: kind, device: 'cpu' })
    for (const [start, piece] of pieces(memory)) this.source.readInto(begin + start, piece)
    return memory
  }

  /** The bytes of a range as uint8, without holding up the event loop. */
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
