/** Reading the records of a zip file, from a file or from memory, without trusting what it says about itself. */
import { closeSync, fstatSync, openSync, read, readSync } from 'node:fs'
import { promisify } from 'node:util'
import { inflateRawSync } from 'node:zlib'
import { UnpicklingError } from './errors.js'

/** Bytes that can be read at any place. */
export interface ByteSource {
  readonly size: number
  /** Fills `target` from `offset` on; a source that ends before throws. */
  readInto(offset: number, target: Uint8Array): void
  readIntoAsync(offset: number, target: Uint8Array): Promise<void>
  close(): void
}

export function memorySource(bytes: Uint8Array): ByteSource {
  const readInto = (offset: number, target: Uint8Array): void => {
    if (offset + target.byteLength > bytes.byteLength) throw new UnpicklingError('the file is cut off')
    target.set(bytes.subarray(offset, offset + target.byteLength))
  }
  return {
    size: bytes.byteLength,
    readInto,
    async readIntoAsync(offset, target) {
      readInto(offset, target)
      // Copying takes its time too: other work has its turn.
      await new Promise(setImmediate)
    },
    close() {},
  }
}

const readAsync = promisify(read)

export function fileSource(path: string): ByteSource {
  const file = openSync(path, 'r')
  return {
    size: fstatSync(file).size,
    readInto(offset, target) {
      let done = 0
      while (done < target.byteLength) {
        const got = readSync(file, target, done, Math.min(target.byteLength - done, 2 ** 30), offset + done)
        if (got === 0) throw new UnpicklingError('the file is cut off')
        done += got
      }
    },
    async readIntoAsync(offset, target) {
      let done = 0
      while (done < target.byteLength) {
        const { bytesRead } = await readAsync(file, target, done, target.byteLength - done, offset + done)
        if (bytesRead === 0) throw new UnpicklingError('the file is cut off')
        done += bytesRead
      }
    },
    close: () => closeSync(file),
  }
}

export interface ZipEntry {
  readonly name: string
  readonly size: number
  readonly compressedSize: number
  readonly method: number
  /** As the writer computed it, or not: checkpoints may be written without. */
  readonly crc: number
  readonly headerOffset: number
}

const endSize = 22
/** Of a record, its name not counted. */
const localHeaderSize = 30
const maxComment = 0xffff
/** More than any checkpoint has; a directory is read into memory whole. */
const maxDirectory = 2 ** 28

/** The records of a zip file. */
export class ZipReader {
  readonly #source: ByteSource
  readonly #entries = new Map<string, ZipEntry>()

  /**
   * @param maxUnpacked how many bytes the compressed records may have together
   * @throws {UnpicklingError} for what is no zip file, or a damaged one
   */
  constructor(source: ByteSource, maxUnpacked = Math.max(2 ** 28, 100 * source.size)) {
    this.#source = source
    const { count, size, offset } = this.#directory()
    if (size > maxDirectory || offset + size > source.size) throw damaged('its directory lies outside')
    this.#readDirectory(this.#read(offset, size), count)
    this.#refuseBombs(maxUnpacked)
  }

  get names(): string[] {
    return [...this.#entries.keys()]
  }

  find(name: string): ZipEntry | undefined {
    return this.#entries.get(name)
  }

  /** Where an uncompressed record's data begins. */
  dataOffset(entry: ZipEntry): number {
    if (entry.headerOffset + localHeaderSize > this.#source.size) throw damaged(`${entry.name} lies outside`)
    const header = this.#read(entry.headerOffset, localHeaderSize)
    if (header.readUInt32LE(0) !== 0x04034b50) throw damaged(`${entry.name} has no header`)
    const start = entry.headerOffset + localHeaderSize + header.readUInt16LE(26) + header.readUInt16LE(28)
    if (start + entry.compressedSize > this.#source.size) throw damaged(`${entry.name} is cut off`)
    return start
  }

  /** A whole record, at most `limit` bytes. */
  read(entry: ZipEntry, limit: number): Buffer {
    if (entry.size > limit) throw damaged(`${entry.name} has ${entry.size} bytes, more than the ${limit} it may have`)
    const stored = this.#read(this.dataOffset(entry), Math.min(entry.compressedSize, limit + 1024))
    if (entry.method === 0) return stored
    return inflate(stored, entry)
  }

  #read(offset: number, size: number): Buffer {
    const bytes = Buffer.allocUnsafeSlow(size)
    this.#source.readInto(offset, bytes)
    return bytes
  }

  /** Finds the directory through the record at the end of the file. */
  #directory(): { count: number; size: number; offset: number } {
    const { size } = this.#source
    if (size < endSize) throw damaged('it is too short')
    const tail = this.#read(size - Math.min(size, endSize + maxComment), Math.min(size, endSize + maxComment))
    const at = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
    if (at < 0 || at + endSize > tail.length) throw damaged('it has no directory; it may be cut off')
    const end = tail.subarray(at)
    const old = { count: end.readUInt16LE(10), size: end.readUInt32LE(12), offset: end.readUInt32LE(16) }
    if (at < 20 || tail.readUInt32LE(at - 20) !== 0x07064b50) return old
    const place = wideNumber(tail, at - 20 + 8)
    if (place + 56 > size) throw damaged('its directory lies outside')
    const record = this.#read(place, 56)
    if (record.readUInt32LE(0) !== 0x06064b50) throw damaged('its directory is broken')
    return { count: wideNumber(record, 32), size: wideNumber(record, 40), offset: wideNumber(record, 48) }
  }

  #readDirectory(directory: Buffer, count: number): void {
    let at = 0
    for (let i = 0; i < count; i++) {
      if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50)
        throw damaged('its directory is broken')
      const nameLength = directory.readUInt16LE(at + 28)
      const extraLength = directory.readUInt16LE(at + 30)
      const next = at + 46 + nameLength + extraLength + directory.readUInt16LE(at + 32)
      if (next > directory.length) throw damaged('its directory is broken')
      const name = directory.toString('utf8', at + 46, at + 46 + nameLength)
      const entry = entryOf(directory.subarray(at, next), name, nameLength, extraLength)
      if (entry.headerOffset + entry.compressedSize > this.#source.size) throw damaged(`${name} lies outside`)
      if (this.#entries.has(name)) throw damaged(`${name} is there twice`)
      this.#entries.set(name, entry)
      at = next
    }
  }

  /** A small file must not become much memory: by records of the same bytes, or by ones that unpack to a thousandfold. */
  #refuseBombs(maxUnpacked: number): void {
    let unpacked = 0
    let end = 0
    for (const entry of [...this.#entries.values()].sort((a, b) => a.headerOffset - b.headerOffset)) {
      if (entry.headerOffset < end) throw damaged(`${entry.name} overlaps another record`)
      end = entry.headerOffset + localHeaderSize + entry.compressedSize
      if (entry.method !== 0) unpacked += entry.size
    }
    if (unpacked > maxUnpacked) throw damaged(`its records unpack to ${unpacked} bytes: it may be a zip bomb`)
  }
}

function entryOf(header: Buffer, name: string, nameLength: number, extraLength: number): ZipEntry {
  const extra = header.subarray(46 + nameLength, 46 + nameLength + extraLength)
  const wide = wideFields(extra)
  const number = (at: number): number => {
    const value = header.readUInt32LE(at)
    if (value !== 0xffffffff) return value
    const next = wide.shift()
    if (next === undefined) throw damaged(`${name} has no size`)
    return next
  }
  // The order in which the wide field holds those that need it.
  const size = number(24)
  const compressedSize = number(20)
  const headerOffset = number(42)
  const method = header.readUInt16LE(10)
  if (method !== 0 && method !== 8) throw damaged(`${name} is compressed by an unknown method, ${method}`)
  if (method === 0 && size !== compressedSize) throw damaged(`${name} has two different sizes`)
  return { name, size, compressedSize, method, crc: header.readUInt32LE(16), headerOffset }
}

function wideFields(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1 && at + 4 + length <= extra.length)
      return Array.from({ length: Math.floor(length / 8) }, (_, i) => wideNumber(extra, at + 4 + 8 * i))
    at += 4 + length
  }
  return []
}

function wideNumber(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at)
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw damaged('a size in it is impossible')
  return Number(value)
}

function inflate(stored: Buffer, entry: ZipEntry): Buffer {
  try {
    const data = inflateRawSync(stored, { maxOutputLength: Math.max(1, entry.size) })
    if (data.byteLength === entry.size) return data
  } catch {
    // Said below.
  }
  throw damaged(`${entry.name} does not unpack to its ${entry.size} bytes`)
}

function damaged(why: string): UnpicklingError {
  return new UnpicklingError(`the file is damaged, or of another kind: ${why}`)
}
