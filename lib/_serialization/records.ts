/** Where a checkpoint's storages lie in its file. */
import { UnpicklingError } from './errors.js'
import type { ByteSource, ZipEntry, ZipReader } from './zip_reader.js'

/** The bytes of storages by their keys. */
export interface Records {
  keys(): Iterable<string>
  /** Bytes of a storage; undefined for one that the file lacks. */
  size(key: string): number | undefined
  /** Where a storage's bytes begin in the file; null for one that is compressed. Throws where the file ends before. */
  offset(key: string): number | null
  /** All of a compressed storage. */
  inflate(key: string): Buffer
}

export class ZipRecords implements Records {
  readonly #zip: ZipReader
  readonly #prefix: string

  constructor(zip: ZipReader, root: string) {
    this.#zip = zip
    this.#prefix = `${root}data/`
  }

  *keys(): Iterable<string> {
    for (const name of this.#zip.names) if (name.startsWith(this.#prefix)) yield name.slice(this.#prefix.length)
  }

  size(key: string): number | undefined {
    return this.#find(key)?.size
  }

  offset(key: string): number | null {
    const entry = this.#find(key)!
    const offset = this.#zip.dataOffset(entry)
    return entry.method === 0 ? offset : null
  }

  inflate(key: string): Buffer {
    const entry = this.#find(key)!
    return this.#zip.read(entry, entry.size)
  }

  #find(key: string): ZipEntry | undefined {
    return this.#zip.find(this.#prefix + key)
  }
}

/** Storages one after another, as the legacy format has them. */
export class PlainRecords implements Records {
  readonly #places = new Map<string, { offset: number; size: number }>()
  readonly #source: ByteSource

  constructor(source: ByteSource) {
    this.#source = source
  }

  add(key: string, offset: number, size: number): void {
    if (offset + size > this.#source.size) throw new UnpicklingError('the file is cut off')
    this.#places.set(key, { offset, size })
  }

  keys(): Iterable<string> {
    return this.#places.keys()
  }

  size(key: string): number | undefined {
    return this.#places.get(key)?.size
  }

  offset(key: string): number {
    return this.#places.get(key)!.offset
  }

  inflate(key: string): Buffer {
    throw new UnpicklingError(`storage ${key} is not compressed`)
  }
}
