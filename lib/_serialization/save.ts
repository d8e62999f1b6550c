/** Writing checkpoints: what of, in which format, and where to. */
import { createHash } from 'node:crypto'
import { basename, extname } from 'node:path'
import { Writable } from 'node:stream'
import { typeName } from '../_C/args.js'
import { writeAtomicallyAsync } from './atomic_file.js'
import { legacyChunks } from './legacy_writer.js'
import { Pickler } from './pickler.js'
import type { OnProgress } from './progress.js'
import { pathOf } from './sources.js'
import { StorageTable } from './storage_table.js'
import { bytesRecord, type ZipRecord, zipChunks, zipSize } from './zip_writer.js'

/** What takes the bytes of a checkpoint, in order: a stand-in for a file. */
export interface ByteSink {
  write(bytes: Uint8Array): unknown
}

/** What takes its time with the bytes: a stream of Node or of the web, or an object whose `write` returns a promise. */
export type AsyncByteSink = ByteSink | Writable | WritableStream<Uint8Array>

/** Keywords of `save`. */
export interface SaveOptions {
  /** False: the format that PyTorch before 1.6 reads. Default true. */
  _use_new_zipfile_serialization?: boolean
}

/** Keywords of `saveAsync`. */
export interface SaveAsyncOptions extends SaveOptions {
  /** Is told of every piece that has been written. */
  onProgress?: OnProgress
  signal?: AbortSignal
}

export interface BoundSaveOptions {
  isZip: boolean
  onProgress: OnProgress
  signal: AbortSignal | null
}

const names = ['_use_new_zipfile_serialization']
const asyncNames = [...names, 'onProgress', 'signal']

export function bindSaveOptions(fn: 'save' | 'saveAsync', options: SaveAsyncOptions): BoundSaveOptions {
  const accepted = fn === 'save' ? names : asyncNames
  const stranger = Object.keys(options).find(name => !accepted.includes(name))
  if (stranger !== undefined)
    throw new TypeError(`${fn}() got an unexpected keyword argument '${stranger}'; it accepts: ${accepted.join(', ')}`)
  const { _use_new_zipfile_serialization: isZip = true, onProgress, signal = null } = options
  if (onProgress !== undefined && typeof onProgress !== 'function')
    throw new TypeError(`${fn}(): onProgress must be a function, not ${typeName(onProgress)}`)
  return { isZip, onProgress: onProgress ?? (() => {}), signal }
}

/** A checkpoint's bytes. */
export interface Chunks {
  readonly total: number
  pieces(): Iterable<Uint8Array>
}

export function isSink(f: unknown): f is ByteSink {
  return typeof (f as ByteSink | null)?.write === 'function'
}

function isWebStream(f: unknown): f is WritableStream<Uint8Array> {
  return typeof (f as WritableStream | null)?.getWriter === 'function'
}

export function chunksOf(obj: unknown, f: unknown, { isZip }: BoundSaveOptions): Chunks {
  if (pathOf(f) === null && !isSink(f) && !isWebStream(f))
    throw new TypeError(`torch.save: f must be a path, a file URL or an object with write(bytes), got ${typeName(f)}`)
  if (!isZip) return legacyChunks(obj)
  const records = recordsOf(obj, archiveName(f))
  return { total: zipSize(records), pieces: () => zipChunks(records) }
}

/** The records of a checkpoint, in Python's order. */
function recordsOf(obj: unknown, archive: string): ZipRecord[] {
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
  for (const record of records) names.update(record.name)
  // 40 digits that tell checkpoints apart: nothing reads them but PyTorch's own logs.
  const id = BigInt(`0x${names.update(pickle).digest('hex').slice(0, 32)}`)
  records.push(bytesRecord('.data/serialization_id', id.toString().padStart(40, '0')))
  return records.map(record => ({ ...record, name: `${archive}/${record.name}` }))
}

/** What the records lie under: the file's name without its extension, as in Python. */
function archiveName(f: unknown): string {
  const path = pathOf(f)
  return path === null ? 'archive' : basename(path, extname(path)) || 'archive'
}

/** Writes to a file that appears when it is whole, or to a stream, which is left open. */
export async function writeAsync(
  chunks: Chunks,
  f: string | URL | AsyncByteSink,
  options: BoundSaveOptions,
): Promise<void> {
  const path = pathOf(f)
  if (path !== null) return writeAtomicallyAsync(path, reported(chunks, options))
  const writer = isWebStream(f) ? f.getWriter() : null
  const write = writer ? (piece: Uint8Array) => writer.write(piece) : writeTo(f as ByteSink)
  try {
    for (const piece of reported(chunks, options)) await write(piece)
  } finally {
    writer?.releaseLock()
  }
}

function writeTo(f: ByteSink): (piece: Uint8Array) => unknown {
  if (!(f instanceof Writable)) return piece => f.write(piece)
  return piece =>
    new Promise<void>((resolve, reject) => {
      f.write(piece, error => (error ? reject(error) : resolve()))
    })
}

/** The pieces; who takes the next one has written the last. */
function* reported({ total, pieces }: Chunks, { onProgress, signal }: BoundSaveOptions): Iterable<Uint8Array> {
  let loaded = 0
  for (const piece of pieces()) {
    signal?.throwIfAborted()
    yield piece
    loaded += piece.byteLength
    onProgress({ loaded, total })
  }
}
