/** Fetching files over HTTP: several mirrors, going on after a break, checked by a hash. The one way for all that is downloaded. */
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { TorchError } from './_C/errors.js'
import { progress } from './utils/progress.js'

/** The hash of a file, or how it begins. */
export interface ExpectedHash {
  algorithm: 'md5' | 'sha256'
  /** Hexadecimal digits that the hash begins with: all of them, or some. */
  prefix: string
}

export interface RequestOptions {
  /** Seconds without a byte after which the connection counts as broken. Default 30. */
  patience?: number
  signal?: AbortSignal | null
  /** Bytes that the file may have at most. Default: any number. */
  maxBytes?: number
}

export interface DownloadOptions extends RequestOptions {
  hash?: ExpectedHash
  /** Fetches also what is there already. Default false: a file that has the hash, or none to have, is kept. */
  force?: boolean
  /** What stands before the progress bar. */
  desc?: string
  /** Shows a bar on stderr. Default true. */
  progress?: boolean
  onProgress?: (progress: { loaded: number; total: number | null }) => void
  /** Tries at each URL; each goes on where the last one broke off. Default 3. */
  tries?: number
}

/** The bytes of a file that a server sends. */
export interface Body {
  /** Where in the file they begin. */
  start: number
  /** Bytes of the whole file; null where the server does not say. */
  total: number | null
  chunks: AsyncIterable<Uint8Array>
}

/** What the server said no to; another try would hear the same. */
export class RefusedError extends TorchError {
  override name = 'RefusedError'

  constructor(
    message: string,
    /** The HTTP status, or 0. */
    readonly status = 0,
  ) {
    super(message, 'ERR_TORCH_DOWNLOAD')
  }
}

/**
 * Asks for a file from byte `have` on. A server that knows no ranges sends all of it, from 0.
 *
 * @throws {RefusedError} when the server refuses, or the file is too large
 */
export async function openUrl(url: string, options: RequestOptions = {}, have = 0): Promise<Body> {
  const { patience = 30, signal = null, maxBytes = Number.POSITIVE_INFINITY } = options
  const silence = new AbortController()
  const wait = () => setTimeout(() => silence.abort(new Error(`no answer for ${patience} s`)), patience * 1000)
  let timer = wait()
  const alive = () => {
    clearTimeout(timer)
    timer = wait()
  }
  try {
    const response = await fetch(url, {
      headers: { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) },
      signal: signal ? AbortSignal.any([silence.signal, signal]) : silence.signal,
    })
    if (!response.ok || !response.body)
      throw new RefusedError(`HTTP ${response.status} ${response.statusText}`.trim(), response.status)
    const start = response.status === 206 ? have : 0
    const length = Number(response.headers.get('content-length')) || null
    const total = length === null ? null : start + length
    const tooLarge = () => new RefusedError(`the file has more than the ${maxBytes} bytes that it may have`)
    if (total !== null && total > maxBytes) throw tooLarge()
    const { body } = response
    const chunks = async function* (): AsyncGenerator<Uint8Array> {
      let got = start
      try {
        for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
          alive()
          got += chunk.byteLength
          if (got > maxBytes) throw tooLarge()
          yield chunk
        }
      } finally {
        clearTimeout(timer)
      }
      if (total !== null && got < total) throw new Error(`the connection ended after ${got} of ${total} bytes`)
    }
    return { start, total, chunks: chunks() }
  } catch (error) {
    clearTimeout(timer)
    silence.abort()
    throw error
  }
}

/**
 * Fetches `path` from the first of `urls` that gives it. What has come of it lies beside it in `path.part` until it is
 * whole and right; a later call goes on from there.
 *
 * @throws {TorchError} when no URL gives it, telling what each said
 */
export async function downloadFile(
  urls: readonly string[],
  path: string,
  options: DownloadOptions = {},
): Promise<void> {
  if (!options.force && existsSync(path) && (!options.hash || (await hasHash(path, options.hash)))) return
  await mkdir(dirname(path), { recursive: true })
  const part = `${path}.part`
  const failures: string[] = []
  for (const url of urls) {
    try {
      await fetchWithTries(url, part, options)
      await checkHash(part, options.hash)
      await rename(part, path)
      return
    } catch (error) {
      options.signal?.throwIfAborted()
      failures.push(`Tried ${url}, got:\n${reason(error)}`)
    }
  }
  throw new TorchError(`Error downloading ${path}:\n${failures.join('\n')}`, 'ERR_TORCH_DOWNLOAD')
}

async function fetchWithTries(url: string, part: string, options: DownloadOptions): Promise<void> {
  const tries = options.tries ?? 3
  for (let i = 1; ; i++) {
    try {
      return await fetchPart(url, part, options)
    } catch (error) {
      if (error instanceof RefusedError || options.signal?.aborted || i >= tries) throw error
    }
  }
}

async function fetchPart(url: string, part: string, options: DownloadOptions): Promise<void> {
  const have = existsSync(part) ? (await stat(part)).size : 0
  try {
    await writeBody(await openUrl(url, options, have), part, options)
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 416) throw error
    // The part is as long as the file or longer: the hash tells whether it is the file.
    if (options.hash && (await hasHash(part, options.hash))) return
    await rm(part)
    throw new Error('what lay there of the file was not part of it')
  }
}

async function writeBody({ start, total, chunks }: Body, part: string, options: DownloadOptions): Promise<void> {
  const file = await open(part, start > 0 ? 'a' : 'w')
  try {
    const megabytes = (bytes: number) => bytes / 1e6
    const bar = progress(chunks, {
      desc: options.desc,
      disable: options.progress === false,
      total: total === null ? null : megabytes(total - start),
      unit: 'MB',
      weigh: chunk => megabytes(chunk.byteLength),
    })
    let loaded = start
    for await (const chunk of bar) {
      await file.writeFile(chunk)
      loaded += chunk.byteLength
      options.onProgress?.({ loaded, total })
    }
  } finally {
    await file.close()
  }
}

async function checkHash(part: string, hash: ExpectedHash | undefined): Promise<void> {
  if (!hash) return
  const got = await hashOf(part, hash.algorithm)
  if (got.startsWith(hash.prefix.toLowerCase())) return
  // Kept, it would spoil every later try.
  await rm(part)
  const name = hash.algorithm === 'md5' ? 'md5 sum' : `${hash.algorithm} hash`
  throw new RefusedError(`the file is damaged: its ${name} is ${got}, should be ${hash.prefix}`)
}

async function hasHash(path: string, { algorithm, prefix }: ExpectedHash): Promise<boolean> {
  return (await hashOf(path, algorithm)).startsWith(prefix.toLowerCase())
}

/** The hash of a file, in hexadecimal digits. */
export async function hashOf(path: string, algorithm: 'md5' | 'sha256'): Promise<string> {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash)
  return hash.digest('hex')
}

/** An error's message with that of its cause, where `fetch` hides the real one. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
