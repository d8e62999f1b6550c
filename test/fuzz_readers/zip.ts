/** Zip files taken apart and put together again, so that a change inside has the right sizes and checksums. */
import { crc32, deflateRawSync } from 'node:zlib'
import { memorySource, ZipReader } from '#lib/_serialization/zip_reader.js'

export interface Member {
  name: string
  data: Buffer
  /** Kept as it is, or packed. */
  packed?: boolean
  /** What the file says the size is, where that is not true. */
  claimed?: number
}

export function membersOf(zip: Buffer): Member[] {
  const reader = new ZipReader(memorySource(zip))
  return reader.names.map(name => {
    const entry = reader.find(name)!
    return { name, data: Buffer.from(reader.read(entry, 2 ** 28)), packed: entry.method !== 0 }
  })
}

/** Data at multiples of 64 bytes, as PyTorch wants it. */
export function zipOf(members: readonly Member[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const { name, data, packed = false, claimed } of members) {
    const body = packed ? deflateRawSync(data) : data
    const text = Buffer.from(name)
    const pad = (64 - ((at + 30 + text.length + 4) % 64)) % 64
    const extra = Buffer.alloc(4 + pad)
    extra.write('FB')
    extra.writeUInt16LE(pad, 2)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(packed ? 8 : 0, 4)
    common.writeUInt32LE(crc32(data), 10)
    common.writeUInt32LE(body.length, 14)
    common.writeUInt32LE(claimed ?? data.length, 18)
    common.writeUInt16LE(text.length, 22)
    const local = Buffer.from(common)
    local.writeUInt16LE(extra.length, 24)
    parts.push(Buffer.from('PK\x03\x04'), local, text, extra, body)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(at, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\0'), common, place, text)
    at += 30 + text.length + extra.length + body.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(members.length, 8)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, central, end])
}

/** The same records, packed. */
export function deflated(zip: Buffer): Buffer {
  return zipOf(membersOf(zip).map(member => ({ ...member, packed: true })))
}
