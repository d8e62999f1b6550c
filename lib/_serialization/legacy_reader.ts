/**
 * The format of PyTorch before 1.6: pickles of a magic number, a version, the machine, the object and the keys of its storages,
 * then the storages one after another.
 */
import { CutOffError, UnpicklingError } from './errors.js'
import type { Checkpoint } from './open_checkpoint.js'
import { recordOf } from './python_record.js'
import { PlainRecords } from './records.js'
import { describedStorage } from './storage_loader.js'
import { storageTypes } from './storage_types.js'
import { atOnce } from './turns.js'
import { Unpickler } from './unpickler.js'
import type { ByteSource } from './zip_reader.js'

export const magicNumber = 0x1950a86a20f9469cfc6cn
export const protocolVersion = 1001

/** Bytes that the pickles are first looked for in. */
const firstPart = 2 ** 22

/** @throws {UnpicklingError} for what is no such file, or a damaged one */
export function openLegacy(source: ByteSource): Checkpoint {
  // Nothing says how long the pickles are: more of the file is read until they end.
  for (let length = firstPart; ; length *= 8) {
    const head = Buffer.allocUnsafeSlow(Math.min(length, source.size, 2 ** 31 - 1))
    source.readInto(0, head)
    try {
      return { ...surveyed(head, source), isBigEndian: false, isLegacy: true }
    } catch (error) {
      if (!(error instanceof CutOffError) || head.length < length) throw error
    }
  }
}

/** Where the object's pickle begins, and where its storages lie. */
function surveyed(head: Buffer, source: ByteSource): { pickle: Buffer; at: number; records: PlainRecords } {
  // Of each storage, the bytes of an element and of the whole.
  const storages = new Map<string, { element: number; bytes: number }>()
  const persistent = (id: readonly unknown[]): unknown => {
    if (id[0] === 'module') return id[1]
    const { type, key, bytes } = describedStorage(id)
    const known = storages.get(key)
    if (known && known.bytes !== bytes) throw new UnpicklingError('the file is damaged: a storage has two sizes')
    if (!known) storages.set(key, { element: type?.itemsize ?? 1, bytes })
    return null
  }
  // Nothing is built yet: every name makes a record.
  const find = (module: string, name: string): unknown =>
    storageTypes.get(`${module}.${name}`) ?? recordOf(`${module}.${name}`)
  const read = (at: number): { value: unknown; end: number } => {
    const unpickler = new Unpickler(head, { find, persistent }, at)
    return { value: atOnce(unpickler.load()), end: unpickler.end }
  }
  const magic = read(0)
  if (magic.value !== magicNumber) throw new UnpicklingError('Invalid magic number; corrupt file?')
  const version = read(magic.end)
  if (version.value !== protocolVersion) throw new UnpicklingError(`Invalid protocol version: ${String(version.value)}`)
  const system = read(version.end)
  const object = read(system.end)
  const keys = read(object.end)
  if (!Array.isArray(keys.value)) throw new UnpicklingError('the file is damaged: it has no list of storages')
  return { pickle: head, at: system.end, records: placesOf(keys.value, storages, keys.end, source) }
}

function placesOf(
  keys: readonly unknown[],
  storages: ReadonlyMap<string, { element: number; bytes: number }>,
  start: number,
  source: ByteSource,
): PlainRecords {
  const records = new PlainRecords(source)
  const count = Buffer.alloc(8)
  let at = start
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined
    if (!storage || records.size(key as string) !== undefined)
      throw new UnpicklingError('the file is damaged: its list of storages is not that of its object')
    source.readInto(at, count)
    if (count.readBigUInt64LE() * BigInt(storage.element) !== BigInt(storage.bytes))
      throw new UnpicklingError(`the file is damaged: storage ${String(key)} has two sizes`)
    records.add(key as string, at + 8, storage.bytes)
    at += 8 + storage.bytes
  }
  return records
}
