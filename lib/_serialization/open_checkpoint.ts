/** Finding out what kind of checkpoint a file is, and what it holds. */
import { findAllowed, findOrRecord } from './allow_list.js'
import { UnpicklingError } from './errors.js'
import { finish } from './finish.js'
import { openLegacy } from './legacy_reader.js'
import type { MapLocation } from './map_location.js'
import type { MappedFile } from './mapped_file.js'
import { type Records, ZipRecords } from './records.js'
import { StorageLoader } from './storage_loader.js'
import type { Steps } from './turns.js'
import { Unpickler } from './unpickler.js'
import { type ByteSource, ZipReader } from './zip_reader.js'

/** A checkpoint's parts. */
export interface Checkpoint {
  /** The bytes that the pickle of the object is among. */
  readonly pickle: Buffer
  /** Where it begins. */
  readonly at: number
  readonly records: Records
  readonly isBigEndian: boolean
  readonly isLegacy: boolean
}

/** Larger pickles are no checkpoint's. */
const maxPickle = 2 ** 31 - 1

/** @throws {UnpicklingError} for what is no checkpoint */
export function openCheckpoint(source: ByteSource): Checkpoint {
  const head = Buffer.alloc(Math.min(512, source.size))
  source.readInto(0, head)
  if (head[0] === 0x80 || head[0] === 0x28 || head[0] === 0x4c) return openLegacy(source)
  if (head.toString('latin1', 257, 262) === 'ustar')
    throw new UnpicklingError(
      'this checkpoint has the tar format of PyTorch before 0.1.12, which is not read: load it in Python and save it again',
    )
  return openZip(source)
}

function openZip(source: ByteSource): Checkpoint {
  const zip = new ZipReader(source)
  const name = zip.names.find(name => name.endsWith('/data.pkl') || name === 'data.pkl')
  if (name === undefined) throw new UnpicklingError('this zip file is no checkpoint: it has no data.pkl')
  const root = name.slice(0, -'data.pkl'.length)
  if (zip.find(`${root}constants.pkl`))
    throw new UnpicklingError('this file is a TorchScript archive, not a checkpoint: torch.jit.load reads it')
  const order = zip.find(`${root}byteorder`)
  const byteOrder = order ? zip.read(order, 16).toString() : 'little'
  if (byteOrder !== 'little' && byteOrder !== 'big') throw new UnpicklingError(`unknown byte order ${byteOrder}`)
  const records = new ZipRecords(zip, root)
  const pickle = zip.find(name)!
  return { pickle: zip.read(pickle, maxPickle), at: 0, records, isBigEndian: byteOrder === 'big', isLegacy: false }
}

/** How the storages of a checkpoint are read. `mapped` is the file whose mapping they stay in. */
export function storagesOf(
  checkpoint: Checkpoint,
  source: ByteSource,
  mapLocation: MapLocation,
  mapped: MappedFile | null,
): StorageLoader {
  if (mapped !== null && checkpoint.isLegacy)
    throw new UnpicklingError(
      'mmap can only be used with files saved with `torch.save(_use_new_zipfile_serialization=True)`, please save your ' +
        'checkpoint again with this option in order to use mmap',
    )
  return new StorageLoader(source, checkpoint.records, { mapLocation, mapped, isBigEndian: checkpoint.isBigEndian })
}

/** Builds the object that a checkpoint holds. */
export function* unpickle(checkpoint: Checkpoint, storages: StorageLoader, objectsAsRecords: boolean): Steps<unknown> {
  const find = objectsAsRecords ? findOrRecord : findAllowed
  const persistent = (id: readonly unknown[]) => storageOrClass(id, storages)
  const unpickler = new Unpickler(checkpoint.pickle, { find, persistent }, checkpoint.at)
  return yield* finish(yield* unpickler.load(), unpickler.containers, objectsAsRecords)
}

/** In legacy files a module's class comes with its source, of which only the class counts. */
function storageOrClass(id: readonly unknown[], storages: StorageLoader): unknown {
  return id[0] === 'module' && id.length > 1 ? id[1] : storages.load(id)
}
