/** Fetching a dataset's files: several mirrors, going on after a break, checked by md5. */
import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { TorchError } from '../../_C/errors.js'
import { progress } from '../../utils/progress.js'

export interface DownloadOptions {
  md5?: string
  /** What stands before the progress bar. */
  desc?: string
  /** Tries at each URL; each goes on where the last one broke off. Default 3. */
  tries?: number
  /** Seconds without a byte after which a try counts as broken. Default 30. */
  patience?: number
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
  if (existsSync(path) && (!options.md5 || (await md5Of(path)) === options.md5)) return
  const part = `${path}.part`
  const failures: string[] = []
  for (const url of urls) {
    try {
      await fetchWithTries(url, part, options)
      await checkSum(part, options.md5)
      await rename(part, path)
      return
    } catch (error) {
      failures.push(`Tried ${url}, got:\n${reason(error)}`)
    }
  }
  throw new TorchError(`Error downloading ${path}:\n${failures.join('\n')}`)
}

/** What the server said no to; another try would hear the same. */
class RefusedError extends Error {}

async function fetchWithTries(url: string, part: string, options: DownloadOptions): Promise<void> {
  const tries = options.tries ?? 3
  for (let i = 1; ; i++) {
    try {
      return await fetchPart(url, part, options)
    } catch (error) {
      if (error instanceof RefusedError || i >= tries) throw error
    }
  }
}

async function fetchPart(url: string, part: string, options: DownloadOptions): Promise<void> {
  const have = existsSync(part) ? (await stat(part)).size : 0
  const abort = new AbortController()
  const patience = (options.patience ?? 30) * 1000
  let timer = setTimeout(() => abort.abort(new Error('the server went silent')), patience)
  const alive = () => {
    clearTimeout(timer)
    timer = setTimeout(() => abort.abort(new Error('the server went silent')), patience)
  }
  try {
    const headers = have > 0 ? { range: `bytes=${have}-` } : undefined
    const response = await fetch(url, { headers, signal: abort.signal })
    if (response.status === 416) {
      // The part is as long as the file or longer: the md5 sum tells whether it is the file.
      if (options.md5 && (await md5Of(part)) === options.md5) return
      await rm(part)
      throw new Error('what lay there of the file was not part of it')
    }
    if (!response.ok || !response.body) throw new RefusedError(`HTTP ${response.status} ${response.statusText}`.trim())
    const start = response.status === 206 ? have : 0
    const left = Number(response.headers.get('content-length')) || null
    await writeBody(response.body, part, start, left, alive, options)
  } finally {
    clearTimeout(timer)
  }
}

async function writeBody(
  body: ReadableStream<Uint8Array>,
  part: string,
  start: number,
  left: number | null,
  alive: () => void,
  options: DownloadOptions,
): Promise<void> {
  const file = await open(part, start > 0 ? 'a' : 'w')
  try {
    let got = 0
    const megabytes = (bytes: number) => bytes / 1e6
    const bar = progress(body as AsyncIterable<Uint8Array>, {
      desc: options.desc,
      total: left === null ? null : megabytes(left),
      unit: 'MB',
      weigh: chunk => megabytes(chunk.byteLength),
    })
    for await (const chunk of bar) {
      alive()
      await file.writeFile(chunk)
      got += chunk.byteLength
    }
    if (left !== null && got < left) throw new Error(`the connection ended after ${got} of ${left} bytes`)
  } finally {
    await file.close()
  }
}

async function checkSum(part: string, md5: string | undefined): Promise<void> {
  if (!md5) return
  const got = await md5Of(part)
  if (got === md5) return
  // Kept, it would spoil every later try.
  await rm(part)
  throw new RefusedError(`the file is damaged: its md5 sum is ${got}, should be ${md5}`)
}

async function md5Of(path: string): Promise<string> {
  const hash = createHash('md5')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** Unpacks a `.gz` file; the result appears when it is whole. */
export async function extractGzip(from: string, to: string): Promise<void> {
  if (existsSync(to)) return
  const temporary = join(dirname(to), `.${process.pid}.unpacking`)
  try {
    await pipeline(createReadStream(from), createGunzip(), createWriteStream(temporary))
    await rename(temporary, to)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** An error's message with that of its cause, where `fetch` hides the real one. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}
