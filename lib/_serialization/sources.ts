/** What a checkpoint is read from. */
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { typeName } from '../_C/args.js'
import { openUrl } from '../_download.js'
import { UnpicklingError } from './errors.js'
import type { BoundLoadOptions } from './load_options.js'
import { type ByteSource, fileSource, memorySource } from './zip_reader.js'

/** A path, a file URL, or the bytes of a file. */
export type CheckpointSource = string | URL | Uint8Array | ArrayBuffer

/** What can be read later only: besides, a stream of bytes or an address on the web. */
export type AsyncCheckpointSource = CheckpointSource | Readable | ReadableStream<Uint8Array> | Blob

const expected = 'a path, a file URL or the bytes of a file'

/** The path of a file that is one. */
export function pathOf(f: unknown): string | null {
  if (typeof f === 'string') return f.startsWith('file://') ? fileURLToPath(f) : f
  return f instanceof URL && f.protocol === 'file:' ? fileURLToPath(f) : null
}

/** An address that is no file: `http:` and the like. */
function webAddress(f: unknown): string | null {
  if (typeof f === 'string' && /^https?:\/\//i.test(f)) return f
  return f instanceof URL && f.protocol !== 'file:' ? f.href : null
}

export function sourceOf(f: unknown): ByteSource {
  if (webAddress(f) !== null) throw new TypeError(`torch.load: ${String(f)} is on the web: use torch.loadAsync`)
  const path = pathOf(f)
  if (path !== null) return fileSource(path)
  if (f instanceof Uint8Array) return memorySource(f)
  if (f instanceof ArrayBuffer || f instanceof SharedArrayBuffer) return memorySource(new Uint8Array(f))
  if (streamOf(f)) throw new TypeError('torch.load: a stream is read by torch.loadAsync')
  throw new TypeError(`torch.load: f must be ${expected}, got ${typeName(f)}`)
}

/** `sourceOf` for what takes its time, too; whether its bytes came with progress. */
export async function asyncSourceOf(
  f: unknown,
  options: BoundLoadOptions,
): Promise<{ source: ByteSource; isRemote: boolean }> {
  const address = webAddress(f)
  if (address !== null) {
    const { chunks, total } = await openUrl(address, { signal: options.signal, maxBytes: options.maxBytes })
    return { source: await collected(chunks, total, options), isRemote: true }
  }
  const stream = streamOf(f)
  if (stream) return { source: await collected(stream, f instanceof Blob ? f.size : null, options), isRemote: true }
  return { source: sourceOf(f), isRemote: false }
}

function streamOf(f: unknown): AsyncIterable<unknown> | null {
  if (f instanceof Blob) return f.stream() as unknown as AsyncIterable<unknown>
  return typeof f === 'object' && f !== null && Symbol.asyncIterator in f ? (f as AsyncIterable<unknown>) : null
}

async function collected(
  stream: AsyncIterable<unknown>,
  total: number | null,
  { onProgress, signal, maxBytes }: BoundLoadOptions,
): Promise<ByteSource> {
  const chunks: Uint8Array[] = []
  let loaded = 0
  for await (const chunk of stream) {
    signal?.throwIfAborted()
    if (!(chunk instanceof Uint8Array))
      throw new TypeError(`torch.loadAsync: a stream must give bytes (Uint8Array), not ${typeName(chunk)}`)
    loaded += chunk.byteLength
    if (loaded > maxBytes) throw new UnpicklingError(`the file has more than the ${maxBytes} bytes that it may have`)
    if (chunk.byteLength > 0) chunks.push(chunk)
    onProgress({ loaded, total })
  }
  return chunkSource(chunks, loaded)
}

/** Bytes in pieces, which may be more than one typed array can have. */
function chunkSource(chunks: readonly Uint8Array[], size: number): ByteSource {
  const starts: number[] = []
  let start = 0
  for (const chunk of chunks) {
    starts.push(start)
    start += chunk.byteLength
  }
  const readInto = (offset: number, target: Uint8Array): void => {
    if (offset + target.byteLength > size) throw new UnpicklingError('the file is cut off')
    let done = 0
    for (let i = lastAtMost(starts, offset); done < target.byteLength; i++) {
      const from = offset + done - starts[i]!
      const part = chunks[i]!.subarray(from, from + target.byteLength - done)
      target.set(part, done)
      done += part.byteLength
    }
  }
  return {
    size,
    readInto,
    async readIntoAsync(offset, target) {
      readInto(offset, target)
      await new Promise(setImmediate)
    },
    close() {},
  }
}

/** The index of the last of the ascending numbers that is at most `value`. */
function lastAtMost(numbers: readonly number[], value: number): number {
  let [low, high] = [0, numbers.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (numbers[middle]! <= value) low = middle
    else high = middle - 1
  }
  return low
}
