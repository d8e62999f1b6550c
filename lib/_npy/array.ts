/** One array: its bytes as a tensor, and a tensor as its bytes. */
import { native } from '../_C/native.js'
import { empty } from '../_generated/torch.js'
import { pieces } from '../_serialization/pieces.js'
import type { ByteSource } from '../_serialization/zip_reader.js'
import { uint8 } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { type NpyHeader, npyHeader, readNpyHeader } from './header.js'

export function readArray(source: ByteSource): Tensor {
  const header = readNpyHeader(source)
  const memory = empty([header.bytes], { dtype: uint8, device: 'cpu' })
  for (const [start, piece] of pieces(memory)) {
    source.readInto(header.start + start, piece)
    if (header.bigEndian) swap(piece, header)
  }
  return shaped(memory, header)
}

export async function readArrayAsync(source: ByteSource): Promise<Tensor> {
  const header = readNpyHeader(source)
  const memory = empty([header.bytes], { dtype: uint8, device: 'cpu' })
  for (const [start, piece] of pieces(memory)) {
    await source.readIntoAsync(header.start + start, piece)
    if (header.bigEndian) swap(piece, header)
  }
  return shaped(memory, header)
}

/** From the byte order of other machines to ours. A piece holds whole elements. */
function swap(bytes: Uint8Array, { dtype }: NpyHeader): void {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = dtype.is_complex ? dtype.itemsize / 2 : dtype.itemsize
  if (size === 2) buffer.swap16()
  else if (size === 4) buffer.swap32()
  else if (size === 8) buffer.swap64()
}

function shaped(memory: Tensor, { dtype, shape, fortranOrder }: NpyHeader): Tensor {
  const flat = native.storageView(memory, dtype.scalarType)
  if (!fortranOrder || shape.length < 2) return flat.resize_([...shape])
  // The first index runs fastest, as in NumPy's array.
  let step = 1
  const strides = shape.map(size => {
    const stride = step
    step *= Math.max(1, size)
    return stride
  })
  return flat.set_(flat, 0, [...shape], strides)
}

/** A `.npy` file that can be written: its size, and its bytes in pieces. */
export function arrayFile(tensor: Tensor): { size: number; chunks: () => Iterable<Uint8Array> } {
  if (tensor.layout.name !== 'strided') throw new TypeError('NumPy has dense arrays only: use .to_dense()')
  if (tensor.device.type === 'meta') throw new TypeError('a tensor on the meta device has no values to save')
  const fortranOrder = isFortran(tensor)
  const header = npyHeader(tensor.dtype, tensor.shape, fortranOrder)
  const data = (): Tensor => {
    const plain = tensor.detach().cpu().resolve_conj().resolve_neg()
    return (fortranOrder ? plain.permute(reversed(plain)) : plain).contiguous()
  }
  return {
    size: header.byteLength + tensor.numel() * tensor.itemsize,
    *chunks() {
      yield header
      for (const [, piece] of pieces(data())) yield piece
    },
  }
}

function isFortran(t: Tensor): boolean {
  return t.dim() > 1 && !t.is_contiguous() && t.permute(reversed(t)).is_contiguous()
}

function reversed(t: Tensor): number[] {
  return Array.from({ length: t.dim() }, (_, i) => t.dim() - 1 - i)
}
