/** Downloads over HTTP that go on where they were cut off, and are checked against their hash. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { showBytes } from './progress.js'
import { SetupError } from './setup_error.js'
import { shortName } from './wheel.js'

export interface Patience {
  /** Milliseconds until the server must answer, and between two pieces. */
  readonly timeout: number
  /** How many times in a row a connection may break without bringing anything new. */
  readonly retries: number
}

export const PATIENCE: Patience = { timeout: 15_000, retries: 3 }

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause instanceof Error ? error.cause : error
  return (cause as NodeJS.ErrnoException).code ?? cause.message
}

/** Requests `url`; the signal also ends a body that stalls. `alive` puts the deadline off. */
async function request(url: string, headers: Record<string, string>, patience: Patience) {
  const control = new AbortController()
  const stalled = () => control.abort(new Error(`no answer for ${patience.timeout / 1000} s`))
  let timer = setTimeout(stalled, patience.timeout)
  const alive = () => {
    clearTimeout(timer)
    timer = setTimeout(stalled, patience.timeout)
  }
  const done = () => clearTimeout(timer)
  try {
    const response = await fetch(url, { headers, signal: control.signal })
    alive()
    return { response, alive, done }
  } catch (error) {
    done()
    throw error
  }
}

/** The text of a page. Throws a SetupError where it can't be had. */
export async function fetchText(url: string, patience: Patience = PATIENCE): Promise<string> {
  try {
    const { response, done } = await request(url, { accept: 'text/html' }, patience)
    try {
      if (!response.ok) throw new SetupError(`${url} answers ${response.status} ${response.statusText}`)
      return await response.text()
    } finally {
      done()
    }
  } catch (error) {
    if (error instanceof SetupError) throw error
    throw new SetupError(`${url} can't be reached (${reason(error)})`)
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Appends what is missing of `url` to `part`. Returns true when it is whole. */
async function fetchRest(url: string, part: string, patience: Patience): Promise<boolean> {
  const have = await sizeOf(part)
  const { response, alive, done } = await request(
    url,
    {
      'accept-encoding': 'identity',
      ...(have > 0 ? { range: `bytes=${have}-` } : {}),
    },
    patience,
  )
  try {
    if (response.status === 416) return true
    if (!response.ok || !response.body) throw new SetupError(`${url} answers ${response.status} ${response.statusText}`)
    // A server that knows no ranges sends everything again.
    const resumed = response.status === 206
    const start = resumed ? have : 0
    const length = Number(response.headers.get('content-length') ?? 0)
    const progress = showBytes(`downloading ${shortName(basename(part, '.part'))}`, length > 0 ? start + length : 0)
    const file = await open(part, resumed ? 'a' : 'w')
    let position = start
    try {
      for await (const chunk of response.body) {
        alive()
        await file.write(chunk as Uint8Array)
        position += (chunk as Uint8Array).length
        progress.update(position)
      }
    } finally {
      progress.stop()
      await file.close()
    }
    return length === 0 || position === start + length
  } finally {
    done()
  }
}

async function fetchAll(url: string, part: string, patience: Patience): Promise<void> {
  for (let failures = 0; ; ) {
    const before = await sizeOf(part)
    let trouble = 'the connection closes early'
    try {
      if (await fetchRest(url, part, patience)) return
    } catch (error) {
      if (error instanceof SetupError) throw error
      trouble = reason(error)
    }
    if ((await sizeOf(part)) > before) failures = 0
    if (++failures > patience.retries) {
      throw new SetupError(
        `${url} can't be downloaded (${trouble}). Run the same command again: it goes on from there.`,
      )
    }
    await sleep(Math.min(5000, 250 * 2 ** failures))
  }
}

/**
 * Downloads `url` to `path`, going on with `path.part` where there is one. A file with another hash than `sha256` (null:
 * unknown) is refused; one that was gone on with is fetched again from the start first.
 */
export async function download(
  url: string,
  path: string,
  sha256: string | null,
  patience: Patience = PATIENCE,
): Promise<void> {
  if (sha256 && (await sizeOf(path)) > 0 && (await hashOf(path)) === sha256) return
  await mkdir(dirname(path), { recursive: true })
  const part = `${path}.part`
  for (let attempt = 0; ; attempt++) {
    const resumed = (await sizeOf(part)) > 0
    await fetchAll(url, part, patience)
    const hash = sha256 ? await hashOf(part) : null
    if (hash === sha256) break
    await rm(part)
    if (!resumed || attempt > 0) {
      throw new SetupError(
        `${url} has the hash ${hash} instead of ${sha256}. It is damaged or not the file that the index means.`,
      )
    }
  }
  await rename(part, path)
}
