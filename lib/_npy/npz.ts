/** `.npz` files: zip files of `.npy` files. */
import { crc32 } from 'node:zlib'
import { typeName } from '../_C/args.js'
import { native } from '../_C/native.js'
import { indexError, valueError } from '../_C/raise.js'
import { writeAtomicallyAsync } from '../_serialization/atomic_file.js'
import { type ByteSource, memorySource, type ZipEntry, ZipReader } from '../_serialization/zip_reader.js'
import { type ZipRecord, zipChunks } from '../_serialization/zip_writer.js'
import type { Tensor } from '../tensor.js'
import { arrayFile, readArray } from './array.js'
import { checkedTensor, type NumpySource, type NumpyTarget, numpyPath, openNumpy, writeNumpy } from './npy.js'

/** Keywords of `loadNpz`. */
export interface LoadNpzOptions {
  /**
   * How many bytes the compressed arrays may have together when they are unpacked. Default: a hundred times the file's
   * size, at least 256 MiB; few files hold more that is no attack.
   */
  maxUnpackedBytes?: number
}

/** Arrays by name. A list gets NumPy's own names, `arr_0`, `arr_1`, … */
export type NamedArrays = Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor> | readonly Tensor[]

const extension = '.npy'

/** An open `.npz` file, whose arrays are read when they are asked for. */
export class NpzFile implements Disposable {
  readonly #source: ByteSource
  readonly #zip: ZipReader
  readonly #entries = new Map<string, ZipEntry>()
  #closed = false

  /** @internal */
  constructor(source: ByteSource, { maxUnpackedBytes }: LoadNpzOptions) {
    this.#source = source
    try {
      this.#zip = new ZipReader(source, maxUnpackedBytes)
    } catch (error) {
      source.close()
      throw error
    }
    for (const name of this.#zip.names)
      this.#entries.set(name.endsWith(extension) ? name.slice(0, -extension.length) : name, this.#zip.find(name)!)
  }

  /** The names of the arrays, in the file's order. */
  get files(): string[] {
    return [...this.#entries.keys()]
  }

  has(name: string): boolean {
    return this.#entries.has(name)
  }

  /**
   * An array as a tensor, read anew each time.
   *
   * @throws {IndexError} for a name that the file lacks
   * @throws {ValueError} as `loadNpy`
   */
  get(name: string): Tensor {
    if (this.#closed) throw valueError('the .npz file is closed')
    const entry = this.#entries.get(name)
    if (entry === undefined) throw indexError(`${name} is not a file in the archive`)
    if (entry.method === 0) return readArray(part(this.#source, this.#zip.dataOffset(entry), entry.size))
    const bytes = this.#zip.read(entry, entry.size)
    if (crc32(bytes) !== entry.crc) throw valueError(`Bad CRC-32 for file ${entry.name}`)
    return readArray(memorySource(bytes))
  }

  /** Name and tensor of each array, read one by one. */
  *[Symbol.iterator](): Generator<[name: string, array: Tensor]> {
    for (const name of this.files) yield [name, this.get(name)]
  }

  /** Closes the file. Tensors that it gave stay. */
  close(): void {
    if (!this.#closed) this.#source.close()
    this.#closed = true
  }

  [Symbol.dispose](): void {
    this.close()
  }
}

/** A range of a file as a file. */
function part(source: ByteSource, start: number, size: number): ByteSource {
  return {
    size,
    readInto: (offset, target) => source.readInto(start + offset, target),
    readIntoAsync: (offset, target) => source.readIntoAsync(start + offset, target),
    close() {},
  }
}

/**
 * Opens a `.npz` file, compressed or not, for reading arrays by name: `using arrays = torch.loadNpz(f)`, then
 * `arrays.get('x')`; `Object.fromEntries(arrays)` has all of them.
 */
export function loadNpz(f: NumpySource, options: LoadNpzOptions = {}): NpzFile {
  return new NpzFile(openNumpy(f, 'loadNpz'), options)
}

/** Writes tensors as a `.npz` file without compression, which `numpy.load` reads: `numpy.savez(f, **arrays)` in Python. */
export function saveNpz(arrays: NamedArrays, f: NumpyTarget): void {
  writeNumpy(f, zipChunks(recordsOf(arrays, 'saveNpz')), 'saveNpz')
}

/** `saveNpz` without waiting for the disk. The tensors must not change until the promise settles. */
export async function saveNpzAsync(arrays: NamedArrays, f: string | URL): Promise<void> {
  await writeAtomicallyAsync(numpyPath(f, 'saveNpzAsync'), zipChunks(recordsOf(arrays, 'saveNpzAsync')))
}

function recordsOf(arrays: NamedArrays, fn: string): ZipRecord[] {
  return entriesOf(arrays, fn).map(([name, tensor]) => ({
    name: `${name}${extension}`,
    ...arrayFile(checkedTensor(tensor, fn)),
  }))
}

function entriesOf(arrays: NamedArrays, fn: string): [string, Tensor][] {
  if (Array.isArray(arrays)) return arrays.map((tensor, i) => [`arr_${i}`, tensor])
  if (arrays instanceof Map) return [...arrays]
  if (typeof arrays !== 'object' || arrays === null || native.isTensor(arrays))
    throw new TypeError(`${fn}: arrays must be a list or a dict of tensors, got ${typeName(arrays)}`)
  return Object.entries(arrays)
}
