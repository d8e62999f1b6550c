/** Writing the format of PyTorch before 1.6; see `legacy_reader.ts`. */
import { magicNumber, protocolVersion } from './legacy_reader.js'
import { Pickler } from './pickler.js'
import type { Chunks } from './save.js'
import { StorageTable } from './storage_table.js'

export function legacyChunks(obj: unknown): Chunks {
  const storages = new StorageTable(true)
  const pickle = (value: unknown) => new Pickler(storages).dump(value)
  const system = { protocol_version: protocolVersion, little_endian: true, type_sizes: { short: 2, int: 4, long: 4 } }
  const head = Buffer.concat([pickle(magicNumber), pickle(protocolVersion), pickle(system), pickle(obj)])
  const stored = storages.stored().sort((a, b) => (a.key < b.key ? -1 : 1))
  const keys = pickle(stored.map(({ key }) => key))
  const total = head.length + keys.length + stored.reduce((sum, { bytes }) => sum + 8 + bytes, 0)
  return {
    total,
    *pieces() {
      yield head
      yield keys
      for (const { bytes, elementSize, pieces } of stored) {
        const count = Buffer.alloc(8)
        count.writeBigUInt64LE(BigInt(bytes / elementSize))
        yield count
        yield* pieces()
      }
    },
  }
}
