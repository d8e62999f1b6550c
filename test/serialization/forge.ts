/** Checkpoints made by hand, whatever is wrong with them. */
import { deflateRawSync } from 'node:zlib'
import * as torch from 'torch-node'

export interface ForgedRecord {
  name: string
  data: Uint8Array
  /** Packs the data; then `size` may lie about what comes of it. */
  compress?: boolean
  size?: number
  /** Lies about where the record is. */
  offset?: number
}

/** A zip file with these records, in order. */
export function forgedZip(records: readonly ForgedRecord[]): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let at = 0
  for (const record of records) {
    const name = Buffer.from(record.name)
    const data = record.compress ? deflateRawSync(record.data) : Buffer.from(record.data)
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(name.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(record.compress ? 8 : 0, 10)
    central.writeUInt32LE(data.length, 20)
    central.writeUInt32LE(record.size ?? record.data.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt32LE(record.offset ?? at, 42)
    parts.push(local, name, data)
    directory.push(central, name)
    at += 30 + name.length + data.length
  }
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(records.length, 8)
  end.writeUInt16LE(records.length, 10)
  end.writeUInt32LE(
    directory.reduce((sum, part) => sum + part.length, 0),
    12,
  )
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...parts, ...directory, end])
}

/** A pickle's bytes, written as text of one byte a character. */
export const latin1 = (instructions: string): Buffer => Buffer.from(instructions, 'latin1')

/** A checkpoint whose pickle is the given instructions, with storages by their keys. */
export function forged(instructions: string, storages: Record<string, Uint8Array> = {}): Buffer {
  return forgedZip([
    { name: 'archive/data.pkl', data: latin1(instructions) },
    ...Object.entries(storages).map(([key, data]) => ({ name: `archive/data/${key}`, data })),
  ])
}

/** Pickle instructions for a text, a whole number, a tuple. */
export function text(value: string): string {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(value.length)
  return `X${length.toString('latin1')}${value}`
}

export function int(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(value))
  return `\x8a\x08${bytes.toString('latin1')}`
}

export const tuple = (...items: string[]): string => `(${items.join('')}t`

export const global = (module: string, name: string): string => `c${module}\n${name}\n`

export const call = (callable: string, ...args: string[]): string => `${callable}${tuple(...args)}R`

export const storage = (type: string, key: string, count: number): string =>
  `${tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(count))}Q`

/** A float32 tensor over a storage of `count` elements. */
export function tensor(
  count: number,
  offset: number,
  size: number[],
  stride: number[],
  key = '0',
  type = 'Float',
): string {
  const numbers = (values: number[]) => tuple(...values.map(int))
  return call(
    global('torch._utils', '_rebuild_tensor_v2'),
    storage(`${type}Storage`, key, count),
    int(offset),
    numbers(size),
    numbers(stride),
    '\x89',
    '}',
  )
}

export const pickle = (value: string): string => `\x80\x02${value}.`

/** The bytes of a checkpoint that is saved here. */
export function bytesOf(value: unknown, options?: torch.serialization.SaveOptions): Buffer {
  const pieces: Uint8Array[] = []
  torch.save(value, { write: (bytes: Uint8Array) => pieces.push(bytes.slice()) }, options)
  return Buffer.concat(pieces)
}
