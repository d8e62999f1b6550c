/** Models in several files, with an index that says which tensor is in which: `model.safetensors.index.json`. */
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import { fileSource } from '../_serialization/zip_reader.js'
import { type DeviceLike, device } from '../device.js'
import type { Tensor } from '../tensor.js'
import { SafetensorError } from './errors.js'
import { objectEntries, parseJson } from './json.js'
import { byBytes, openBacking, pathOf, type SafeBackend, SafeOpen, tensorsByName } from './safe_open.js'
import type { SafeSlice } from './safe_slice.js'

/** Keywords of `openSharded` and `loadSharded`. */
export interface ShardedOptions {
  device?: DeviceLike
  backend?: SafeBackend
}

const maxIndex = 100_000_000

/** An open model in several files; each file is opened when a tensor of it is asked for. */
export class ShardedFile implements Disposable {
  readonly #folder: string
  /** The file of each tensor. */
  readonly #files: ReadonlyMap<string, string>
  readonly #metadata: Readonly<Record<string, unknown>> | null
  readonly #open = new Map<string, SafeOpen>()
  readonly #device: device
  readonly #backend: SafeBackend
  #closed = false

  /** @internal */
  constructor(index: string, { device: where = 'cpu', backend = 'mmap' }: ShardedOptions) {
    this.#folder = dirname(index)
    this.#device = new device(where as device)
    this.#backend = backend
    const { files, metadata } = readIndex(index)
    this.#files = files
    this.#metadata = metadata
  }

  /** The names of the tensors of all files, in alphabetical order. */
  keys(): string[] {
    return [...this.#files.keys()].sort(byBytes)
  }

  /** What the index says beside, such as `total_size`. */
  metadata(): Record<string, unknown> | null {
    return this.#metadata && { ...this.#metadata }
  }

  get_tensor(name: string): Tensor {
    return this.#fileOf(name).get_tensor(name)
  }

  get_slice(name: string): SafeSlice {
    return this.#fileOf(name).get_slice(name)
  }

  /** All tensors by name. */
  get_tensors(): Record<string, Tensor> {
    return tensorsByName([...this.#files.keys()].map(name => [name, this.get_tensor(name)]))
  }

  /** Closes the files. Tensors that they gave stay. */
  close(): void {
    this.#closed = true
    for (const file of this.#open.values()) file.close()
    this.#open.clear()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  #fileOf(name: string): SafeOpen {
    if (this.#closed) throw new SafetensorError('File is closed')
    const fileName = this.#files.get(name)
    if (fileName === undefined) throw new SafetensorError(`File does not contain tensor ${name}`)
    const known = this.#open.get(fileName)
    if (known) return known
    const file = new SafeOpen(openBacking(join(this.#folder, fileName), this.#backend), this.#device)
    this.#open.set(fileName, file)
    return file
  }
}

function readIndex(path: string): { files: Map<string, string>; metadata: Record<string, unknown> | null } {
  const source = fileSource(path)
  let bytes: Uint8Array
  try {
    if (source.size > maxIndex) throw new SafetensorError(`the index <${path}> is larger than ${maxIndex} bytes`)
    bytes = new Uint8Array(source.size)
    source.readInto(0, bytes)
  } finally {
    source.close()
  }
  const index = new Map(objectEntries(parseJson(bytes, 'index')))
  const entries = objectEntries(index.get('weight_map'))
  if (entries === null) throw new SafetensorError(`the index <${path}> has no weight_map`)
  const files = new Map(entries.map(([name, file]) => [name, shardName(file)]))
  const metadata = objectEntries(index.get('metadata'))
  return { files, metadata: metadata && Object.fromEntries(metadata) }
}

/** An index says nothing about files outside its folder. */
function shardName(file: unknown): string {
  if (typeof file === 'string' && !file.includes('\0')) {
    const plain = normalize(file)
    if (plain !== '.' && plain !== '..' && !isAbsolute(plain) && !plain.startsWith(`..${sep}`)) return plain
  }
  throw new SafetensorError(`the index names a file outside its folder: ${JSON.stringify(file)}`)
}

/**
 * Opens a model that is split over several safetensors files by its index, `model.safetensors.index.json`, for reading
 * tensors by name: `using model = safetensors.openSharded(index)`.
 *
 * @throws {SafetensorError} for an index or a file that is damaged
 */
export function openSharded(index: string | URL, options: ShardedOptions = {}): ShardedFile {
  return new ShardedFile(pathOf(index), options)
}

/** All tensors of a model that is split over several safetensors files, by name. */
export function loadSharded(index: string | URL, options: ShardedOptions = {}): Record<string, Tensor> {
  using model = openSharded(index, options)
  return model.get_tensors()
}
