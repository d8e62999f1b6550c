/** `.npy` files, which hold one array. PyTorch has no functions of its own for them. */
import { fileURLToPath } from 'node:url'
import { typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { writeAtomically, writeAtomicallyAsync } from '../_serialization/atomic_file.js'
import { type ByteSource, fileSource, memorySource } from '../_serialization/zip_reader.js'
import type { Tensor } from '../tensor.js'
import { arrayFile, readArray, readArrayAsync } from './array.js'

/** What NumPy's files are read from: a path, a file URL, or a file's bytes. */
export type NumpySource = string | URL | Uint8Array | ArrayBuffer

/** What NumPy's files are written to: a path, a file URL, or an object that takes the bytes in order. */
export type NumpyTarget = string | URL | { write(bytes: Uint8Array): unknown }

/** @internal */
export function openNumpy(f: NumpySource, fn: string): ByteSource {
  if (typeof f === 'string') return fileSource(f)
  if (f instanceof URL) return fileSource(fileURLToPath(f))
  if (f instanceof Uint8Array) return memorySource(f)
  if (f instanceof ArrayBuffer) return memorySource(new Uint8Array(f))
  throw new TypeError(`${fn}: f must be a path, a file URL or the bytes of a file, got ${typeName(f)}`)
}

/** @internal */
export function writeNumpy(f: NumpyTarget, chunks: Iterable<Uint8Array>, fn: string): void {
  if (typeof f === 'string' || f instanceof URL) writeAtomically(numpyPath(f, fn), chunks)
  else if (typeof f?.write === 'function') for (const chunk of chunks) f.write(chunk)
  else throw new TypeError(`${fn}: f must be a path, a file URL or an object with write(bytes), got ${typeName(f)}`)
}

/** @internal */
export function numpyPath(f: string | URL, fn: string): string {
  if (typeof f === 'string') return f
  if (f instanceof URL) return fileURLToPath(f)
  throw new TypeError(`${fn}: f must be a path or a file URL, got ${typeName(f)}`)
}

/**
 * The array of a `.npy` file as a tensor: `torch.from_numpy(numpy.load(f))` in Python. Arrays in Fortran order come with
 * their strides, those of another byte order converted.
 *
 * @throws {ValueError} for a damaged file, object arrays, structured arrays, and dtypes that PyTorch lacks
 */
export function loadNpy(f: NumpySource): Tensor {
  const source = openNumpy(f, 'loadNpy')
  try {
    return readArray(source)
  } finally {
    source.close()
  }
}

/** `loadNpy` without waiting for the disk. */
export async function loadNpyAsync(f: NumpySource): Promise<Tensor> {
  const source = openNumpy(f, 'loadNpyAsync')
  try {
    return await readArrayAsync(source)
  } finally {
    source.close()
  }
}

/**
 * Writes a tensor as a `.npy` file, byte for byte what `numpy.save(f, tensor.numpy())` writes in Python. The file appears
 * when it is whole, under the very name that is given.
 *
 * @throws {TypeError} for a dtype that NumPy lacks, such as bfloat16, and for sparse tensors
 */
export function saveNpy(tensor: Tensor, f: NumpyTarget): void {
  writeNumpy(f, arrayFile(checkedTensor(tensor, 'saveNpy')).chunks(), 'saveNpy')
}

/** `saveNpy` without waiting for the disk. The tensor must not change until the promise settles. */
export async function saveNpyAsync(tensor: Tensor, f: string | URL): Promise<void> {
  const { chunks } = arrayFile(checkedTensor(tensor, 'saveNpyAsync'))
  await writeAtomicallyAsync(numpyPath(f, 'saveNpyAsync'), chunks())
}

/** @internal */
export function checkedTensor(value: unknown, fn: string): Tensor {
  if (native.isTensor(value)) return value as Tensor
  throw new TypeError(`${fn}: expected a Tensor, got ${typeName(value)}`)
}
