/** Checkpoints: https://docs.pytorch.org/docs/stable/notes/serialization.html */
import { createHash } from 'node:crypto'
import { basename, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { typeName } from './_C/args.js'
import { findAllowed } from './_serialization/allow_list.js'
import { writeAtomically, writeAtomicallyAsync } from './_serialization/atomic_file.js'
import { UnpicklingError } from './_serialization/errors.js'
import { finish } from './_serialization/finish.js'
import { type MapLocation, StorageLoader } from './_serialization/loaded_storage.js'
import { Pickler } from './_serialization/pickler.js'
import { StorageTable } from './_serialization/storage_table.js'
import { Unpickler } from './_serialization/unpickler.js'
import { type ByteSource, fileSource, memorySource, ZipReader } from './_serialization/zip_reader.js'
import { bytesRecord, type ZipRecord, zipChunks } from './_serialization/zip_writer.js'

export { UnpicklingError } from './_serialization/errors.js'

/** What takes the bytes of a checkpoint, in order: a stand-in for a file. */
export interface ByteSink {
  write(bytes: Uint8Array): unknown
}

/** What a checkpoint is read from: a path, a file URL, or its bytes. */
export type CheckpointSource = string | URL | Uint8Array | ArrayBuffer

/** Keywords of `load`. */
export interface LoadOptions {
  /**
   * Where tensors go: a device for all, or `{ 'cuda:1': 'cuda:0' }` for those that were there. Default: where they were
   * when they were saved.
   */
  map_location?: MapLocation
  /** Always true: the code that a file could hold never runs. */
  weights_only?: true
}

/**
 * Writes `obj` as a checkpoint that Python's `torch.load` reads. Tensors that share memory share it in the file too. The
 * file appears when it is whole: a failure leaves an older one as it was.
 *
 * | here | in Python |
 * | --- | --- |
 * | whole number, bigint | int |
 * | other number | float |
 * | plain object, Map | dict; property names that are whole numbers become ints |
 * | a module's `state_dict()` | OrderedDict with its metadata |
 * | array; frozen array | list; tuple |
 * | Set, Uint8Array, null and undefined | set, bytes, None |
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.save.html
 *
 * @throws {TypeError} for what has no counterpart, such as a function or a module
 */
export function save(obj: unknown, f: string | URL | ByteSink): void {
  const pieces = zipChunks(recordsOf(obj, archiveName(f)))
  if (isSink(f)) for (const piece of pieces) f.write(piece)
  else writeAtomically(pathOf(f), pieces)
}

/** `save` without waiting for the disk. The tensors must not change until the promise settles. */
export async function saveAsync(obj: unknown, f: string | URL): Promise<void> {
  await writeAtomicallyAsync(pathOf(f), zipChunks(recordsOf(obj, archiveName(f))))
}

/**
 * Reads a checkpoint that `torch.save` of this package or of Python (1.6 or newer) wrote, as `weights_only=True` does:
 * tensors, parameters and plain data, nothing that could run. Tensors that shared memory share it again.
 *
 * Dicts become plain objects where their keys are names or whole numbers, else Maps; tuples become frozen arrays; ints
 * beyond 2**53 bigints; bytes Uint8Arrays.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.load.html
 *
 * @throws {UnpicklingError} for a damaged file, and for one that holds anything else, which it names
 */
export function load(f: CheckpointSource, map_location: MapLocation | LoadOptions = null): unknown {
  const source = sourceOf(f)
  try {
    const { zip, root, storages } = begin(source, map_location)
    return unpickle(zip, root, storages)
  } finally {
    source.close()
  }
}

/** `load` without waiting for the disk. */
export async function loadAsync(f: CheckpointSource, map_location: MapLocation | LoadOptions = null): Promise<unknown> {
  const source = sourceOf(f)
  try {
    const { zip, root, storages } = begin(source, map_location)
    await storages.preload()
    return unpickle(zip, root, storages)
  } finally {
    source.close()
  }
}

/** The records of a checkpoint, in Python's order. */
function* recordsOf(obj: unknown, archive: string): Generator<ZipRecord> {
  const storages = new StorageTable()
  const pickle = new Pickler(storages).dump(obj)
  const names = createHash('sha256')
  const records = [
    bytesRecord('data.pkl', pickle),
    bytesRecord('.format_version', '1'),
    bytesRecord('.storage_alignment', '64'),
    bytesRecord('byteorder', 'little'),
    ...storages.records(),
    bytesRecord('version', '3\n'),
  ]
  for (const record of records) {
    names.update(record.name)
    yield { ...record, name: `${archive}/${record.name}` }
  }
  // 40 digits that tell checkpoints apart: nothing reads them but PyTorch's own logs.
  const id = BigInt(`0x${names.update(pickle).digest('hex').slice(0, 32)}`)
  yield bytesRecord(`${archive}/.data/serialization_id`, id.toString().padStart(40, '0'))
}

/** What the records lie under: the file's name without its extension, as in Python. */
function archiveName(f: string | URL | ByteSink): string {
  if (isSink(f)) return 'archive'
  const path = pathOf(f)
  return basename(path, extname(path)) || 'archive'
}

function isSink(f: unknown): f is ByteSink {
  if (typeof f === 'string' || f instanceof URL) return false
  if (typeof (f as ByteSink | null)?.write === 'function') return true
  throw new TypeError(`torch.save: f must be a path, a file URL or an object with write(bytes), got ${typeName(f)}`)
}

function pathOf(f: string | URL): string {
  return f instanceof URL ? fileURLToPath(f) : f
}

function sourceOf(f: CheckpointSource): ByteSource {
  if (typeof f === 'string' || f instanceof URL) return fileSource(pathOf(f))
  if (f instanceof Uint8Array) return memorySource(f)
  if (f instanceof ArrayBuffer) return memorySource(new Uint8Array(f))
  throw new TypeError(`torch.load: f must be a path, a file URL or the bytes of a file, got ${typeName(f)}`)
}

interface Opened {
  zip: ZipReader
  /** What the names of records begin with. */
  root: string
  storages: StorageLoader
}

function begin(source: ByteSource, given: MapLocation | LoadOptions): Opened {
  const mapLocation = mapLocationOf(given)
  const head = new Uint8Array(Math.min(4, source.size))
  source.readInto(0, head)
  if (head[0] === 0x80 && head[1] === 0x02)
    throw new UnpicklingError(
      'this checkpoint has the format of PyTorch before 1.6, which is not read: load it in Python and save it again',
    )
  const zip = new ZipReader(source)
  const pickle = zip.names.find(name => name.endsWith('/data.pkl'))
  if (pickle === undefined) throw new UnpicklingError('this zip file is no checkpoint: it has no data.pkl')
  const root = pickle.slice(0, -'data.pkl'.length)
  if (zip.find(`${root}constants.pkl`))
    throw new UnpicklingError('this file is a TorchScript archive, not a checkpoint: torch.jit.load reads it')
  const order = zip.find(`${root}byteorder`)
  if (order && zip.read(order, 16).toString() !== 'little')
    throw new UnpicklingError('this checkpoint has the byte order of another kind of machine')
  return { zip, root, storages: new StorageLoader(zip, root, mapLocation) }
}

function unpickle(zip: ZipReader, root: string, storages: StorageLoader): unknown {
  const entry = zip.find(`${root}data.pkl`)!
  const unpickler = new Unpickler(zip.read(entry, 2 ** 31 - 1), findAllowed, id => storages.load(id))
  return finish(unpickler.load(), unpickler.containers)
}

function mapLocationOf(given: MapLocation | LoadOptions): MapLocation {
  if (typeof given !== 'object' || given === null || !('map_location' in given || 'weights_only' in given))
    return given as MapLocation
  const { map_location = null, weights_only = true, ...unknown } = given as LoadOptions
  const [stranger] = Object.keys(unknown)
  if (stranger !== undefined)
    throw new TypeError(
      `load() got an unexpected keyword argument '${stranger}'; it accepts: map_location, weights_only`,
    )
  if (weights_only !== true)
    throw new TypeError('torch.load: weights_only is always true here: the code in a file never runs')
  return map_location
}
