/**
 * PyTorch's kind of zip file: nothing compressed, every record's data at a multiple of 64 bytes, so that it can be mapped
 * into memory. Laid out byte for byte as PyTorch does, which computes places from that layout.
 */
import { crc32 } from 'node:zlib'

/** A file inside the zip. */
export interface ZipRecord {
  name: string
  size: number
  /** The data, in pieces that sum to `size`. */
  chunks(): Iterable<Uint8Array>
}

/** Where a record went. */
interface Entry {
  name: Buffer
  size: number
  crc: number
  offset: number
}

const alignment = 64
/** From here on a size or place needs 64 bits. */
const wide = 0xffffffff
const utf8 = 0x0800
/** Checksum and sizes follow the data. */
const trailing = 0x0008

/** The bytes of a zip file, in pieces. */
export function* zipChunks(records: Iterable<ZipRecord>): Generator<Uint8Array> {
  const entries: Entry[] = []
  let place = 0
  for (const record of records) {
    const entry: Entry = { name: Buffer.from(record.name), size: record.size, crc: 0, offset: place }
    const header = localHeader(entry)
    yield header
    let written = 0
    for (const chunk of record.chunks()) {
      entry.crc = crc32(chunk, entry.crc)
      written += chunk.byteLength
      yield chunk
    }
    if (written !== record.size) throw new Error(`record ${record.name} gave ${written} of ${record.size} bytes`)
    const footer = record.size > 0 ? descriptor(entry) : Buffer.alloc(0)
    yield footer
    place += header.byteLength + written + footer.byteLength
    entries.push(entry)
  }
  const directory = Buffer.concat(entries.map(centralHeader))
  yield directory
  yield ending(entries.length, directory.byteLength, place)
}

/** How many bytes `zipChunks` gives. */
export function zipSize(records: Iterable<ZipRecord>): number {
  let place = 0
  let directory = 0
  let count = 0
  for (const record of records) {
    const entry: Entry = { name: Buffer.from(record.name), size: record.size, crc: 0, offset: place }
    place += localHeader(entry).byteLength + record.size + (record.size > 0 ? descriptor(entry).byteLength : 0)
    directory += centralHeader(entry).byteLength
    count++
  }
  return place + directory + ending(count, directory, place).byteLength
}

/** A record of bytes that are at hand. */
export function bytesRecord(name: string, bytes: Uint8Array | string): ZipRecord {
  const data = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return { name, size: data.byteLength, chunks: () => [data] }
}

const isWide = ({ size, offset }: Entry): boolean => size >= wide || offset >= wide

/** The field with the numbers that do not fit into 32 bits. */
function wideField({ size, offset }: Entry): Buffer {
  const numbers = [...(size >= wide ? [size, size] : []), ...(offset >= wide ? [offset] : [])]
  const field = Buffer.alloc(4 + 8 * numbers.length)
  field.writeUInt16LE(1, 0)
  field.writeUInt16LE(8 * numbers.length, 2)
  for (const [i, number] of numbers.entries()) field.writeBigUInt64LE(BigInt(number), 4 + 8 * i)
  return field
}

function localHeader(entry: Entry): Buffer {
  const sizes = isWide(entry) ? wideField(entry) : Buffer.alloc(0)
  const start = entry.offset + 30 + entry.name.byteLength + sizes.byteLength + 4
  const padding = Buffer.alloc(4 + ((alignment - (start % alignment)) % alignment), 'Z')
  padding.write('FB')
  padding.writeUInt16LE(padding.byteLength - 4, 2)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(isWide(entry) ? 45 : 0, 4)
  header.writeUInt16LE(utf8 | (entry.size > 0 ? trailing : 0), 6)
  header.writeUInt16LE(entry.name.byteLength, 26)
  header.writeUInt16LE(sizes.byteLength + padding.byteLength, 28)
  return Buffer.concat([header, entry.name, sizes, padding])
}

function descriptor(entry: Entry): Buffer {
  const footer = Buffer.alloc(isWide(entry) ? 24 : 16)
  footer.writeUInt32LE(0x08074b50, 0)
  footer.writeUInt32LE(entry.crc, 4)
  if (isWide(entry)) {
    footer.writeBigUInt64LE(BigInt(entry.size), 8)
    footer.writeBigUInt64LE(BigInt(entry.size), 16)
  } else {
    footer.writeUInt32LE(entry.size, 8)
    footer.writeUInt32LE(entry.size, 12)
  }
  return footer
}

function centralHeader(entry: Entry): Buffer {
  const sizes = isWide(entry) ? wideField(entry) : Buffer.alloc(0)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(isWide(entry) ? 45 : 0, 6)
  header.writeUInt16LE(utf8 | (entry.size > 0 ? trailing : 0), 8)
  header.writeUInt32LE(entry.crc, 16)
  header.writeUInt32LE(Math.min(entry.size, wide), 20)
  header.writeUInt32LE(Math.min(entry.size, wide), 24)
  header.writeUInt16LE(entry.name.byteLength, 28)
  header.writeUInt16LE(sizes.byteLength, 30)
  header.writeUInt32LE(Math.min(entry.offset, wide), 42)
  return Buffer.concat([header, entry.name, sizes])
}

/** The end of the directory, in its 64-bit and its old form. */
function ending(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20 + 22)
  end.writeUInt32LE(0x06064b50, 0)
  end.writeBigUInt64LE(44n, 4)
  end.writeUInt16LE(0x031e, 12)
  end.writeUInt16LE(45, 14)
  end.writeBigUInt64LE(BigInt(count), 24)
  end.writeBigUInt64LE(BigInt(count), 32)
  end.writeBigUInt64LE(BigInt(size), 40)
  end.writeBigUInt64LE(BigInt(offset), 48)
  end.writeUInt32LE(0x07064b50, 56)
  end.writeBigUInt64LE(BigInt(offset + size), 64)
  end.writeUInt32LE(1, 72)
  end.writeUInt32LE(0x06054b50, 76)
  end.writeUInt16LE(Math.min(count, 0xffff), 84)
  end.writeUInt16LE(Math.min(count, 0xffff), 86)
  end.writeUInt32LE(Math.min(size, wide), 88)
  end.writeUInt32LE(Math.min(offset, wide), 92)
  return end
}
