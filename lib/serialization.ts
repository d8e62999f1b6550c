/** Checkpoints: https://docs.pytorch.org/docs/stable/notes/serialization.html */
import { writeAtomically } from './_serialization/atomic_file.js'
import {
  type BoundLoadOptions,
  bindLoadOptions,
  type LoadAsyncOptions,
  type LoadOptions,
} from './_serialization/load_options.js'
import type { MapLocation } from './_serialization/map_location.js'
import { MappedFile } from './_serialization/mapped_file.js'
import { openCheckpoint, storagesOf, unpickle } from './_serialization/open_checkpoint.js'
import {
  type AsyncByteSink,
  type ByteSink,
  bindSaveOptions,
  chunksOf,
  isSink,
  type SaveAsyncOptions,
  type SaveOptions,
  writeAsync,
} from './_serialization/save.js'
import {
  type AsyncCheckpointSource,
  asyncSourceOf,
  type CheckpointSource,
  pathOf,
  sourceOf,
} from './_serialization/sources.js'
import { atOnce, inTurns } from './_serialization/turns.js'
import { unsafeGlobalsOf } from './_serialization/unsafe_globals.js'

export { UnpicklingError } from './_serialization/errors.js'
export type { LoadAsyncOptions, LoadOptions } from './_serialization/load_options.js'
export type { LocationFunction, MapLocation } from './_serialization/map_location.js'
export type { OnProgress, Progress } from './_serialization/progress.js'
export type { SafeGlobal } from './_serialization/python_record.js'
export {
  add_safe_globals,
  clear_safe_globals,
  get_safe_globals,
  type SafeGlobalEntry,
  safe_globals,
} from './_serialization/safe_globals.js'
export type { AsyncByteSink, ByteSink, SaveAsyncOptions, SaveOptions } from './_serialization/save.js'
export type { AsyncCheckpointSource, CheckpointSource } from './_serialization/sources.js'

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
 * | Set; frozen Set | set; frozenset |
 * | Uint8Array, null and undefined | bytes, None |
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.save.html
 *
 * @throws {TypeError} for what has no counterpart, such as a function or a module
 */
export function save(obj: unknown, f: string | URL | ByteSink, options: SaveOptions = {}): void {
  const chunks = chunksOf(obj, f, bindSaveOptions('save', options))
  if (isSink(f)) for (const chunk of chunks.pieces()) f.write(chunk)
  else writeAtomically(pathOf(f)!, chunks.pieces())
}

/**
 * `save` without waiting for the disk, or to a stream. The tensors must not change until the promise settles; `signal` stops
 * it, which leaves an older file as it was.
 */
export async function saveAsync(
  obj: unknown,
  f: string | URL | AsyncByteSink,
  options: SaveAsyncOptions = {},
): Promise<void> {
  const bound = bindSaveOptions('saveAsync', options)
  bound.signal?.throwIfAborted()
  await writeAsync(chunksOf(obj, f, bound), f, bound)
}

/**
 * Reads a checkpoint that `torch.save` of this package or of Python wrote, as `weights_only=True` does: tensors, parameters and
 * plain data, nothing that could run. Tensors that shared memory share it again.
 *
 * Dicts become plain objects where their keys are names or whole numbers, else Maps; tuples become frozen arrays, frozensets
 * frozen Sets; ints beyond 2**53 bigints; bytes Uint8Arrays; NumPy arrays tensors and its scalars numbers.
 *
 * https://docs.pytorch.org/docs/stable/generated/torch.load.html
 *
 * @throws {UnpicklingError} for a damaged file, and for one that holds anything else, which it names
 */
export function load(f: CheckpointSource, map_location?: MapLocation | LoadOptions, keywords?: LoadOptions): unknown {
  const options = bindLoadOptions('load', map_location, keywords)
  const mapped = mappedFile(f, options)
  const source = sourceOf(f)
  try {
    const checkpoint = openCheckpoint(source)
    const storages = storagesOf(checkpoint, source, options.mapLocation, mapped)
    return atOnce(unpickle(checkpoint, storages, options.objectsAsRecords))
  } finally {
    source.close()
    mapped?.close()
  }
}

/** `load` without waiting for the disk; besides, of a stream, a Blob or a URL on the web. */
export async function loadAsync(
  f: AsyncCheckpointSource,
  map_location?: MapLocation | LoadAsyncOptions,
  keywords?: LoadAsyncOptions,
): Promise<unknown> {
  const options = bindLoadOptions('loadAsync', map_location, keywords)
  options.signal?.throwIfAborted()
  const mapped = mappedFile(f, options)
  const { source, isRemote } = await asyncSourceOf(f, options)
  try {
    const checkpoint = openCheckpoint(source)
    const storages = storagesOf(checkpoint, source, options.mapLocation, mapped)
    await storages.preload(isRemote ? () => {} : options.onProgress, options.signal)
    return await inTurns(unpickle(checkpoint, storages, options.objectsAsRecords))
  } finally {
    source.close()
    mapped?.close()
  }
}

/**
 * The names in a checkpoint that `load` refuses, such as `argparse.Namespace`, without loading it.
 * https://docs.pytorch.org/docs/stable/notes/serialization.html#torch.serialization.get_unsafe_globals_in_checkpoint
 */
export function get_unsafe_globals_in_checkpoint(f: CheckpointSource): string[] {
  const source = sourceOf(f)
  try {
    return unsafeGlobalsOf(openCheckpoint(source))
  } finally {
    source.close()
  }
}

function mappedFile(f: unknown, { mmap }: BoundLoadOptions): MappedFile | null {
  if (!mmap) return null
  const path = pathOf(f)
  if (path === null || /^https?:/i.test(path))
    throw new TypeError('torch.load: f must be a path or a file URL in order to use the mmap argument')
  return new MappedFile(path)
}
