import { native } from '../_C/native.js'
import { uint8 } from '../dtype.js'
import type { Tensor } from '../tensor.js'

/** What is read or written at once. */
const pieceBytes = 2 ** 24

/** The bytes of a contiguous CPU tensor, the same memory, in pieces. They hold whole elements. */
export function* pieces(t: Tensor): Generator<[start: number, bytes: Uint8Array]> {
  const first = native.storageOffset(t) * t.itemsize
  const size = native.numel(t) * t.itemsize
  for (let start = 0; start < size; start += pieceBytes) {
    const piece = native.storageView(t, uint8.scalarType).narrow(0, first + start, Math.min(pieceBytes, size - start))
    yield [start, new Uint8Array(native.toArrayBuffer(piece, false))]
  }
}
