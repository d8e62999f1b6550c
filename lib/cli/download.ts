/** Downloads over HTTP that go on where they were cut off, and are checked against their hash. */
import { mkdir, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Body, hashOf, openUrl, RefusedError } from '../_download.js'
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

/** Asks for `url` from byte `have` on. Throws a SetupError where the server refuses. */
async function request(url: string, patience: Patience, have = 0): Promise<Body> {
  try {
    return await openUrl(url, { patience: patience.timeout / 1000 }, have)
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status === 416) throw error
    throw new SetupError(`${url} answers ${error.message.replace(/^HTTP /, '')}`)
  }
}

/** The text of a page. Throws a SetupError where it can't be had. */
export async function fetchText(url: string, patience: Patience = PATIENCE): Promise<string> {
  try {
    const pieces: Uint8Array[] = []
    for await (const piece of (await request(url, patience)).chunks) pieces.push(piece)
    return Buffer.concat(pieces).toString()
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

/** Appends what is missing of `url` to `part`. */
async function fetchRest(url: string, part: string, patience: Patience): Promise<void> {
  const have = await sizeOf(part)
  let body: Body
  try {
    body = await request(url, patience, have)
  } catch (error) {
    // There is nothing more to have.
    if (error instanceof RefusedError) return
    throw error
  }
  const progress = showBytes(`downloading ${shortName(basename(part, '.part'))}`, body.total ?? 0)
  // A server that knows no ranges sends everything again.
  const file = await open(part, body.start > 0 ? 'a' : 'w')
  let position = body.start
  try {
    for await (const chunk of body.chunks) {
      await file.write(chunk)
      position += chunk.length
      progress.update(position)
    }
  } finally {
    progress.stop()
    await file.close()
  }
}

async function fetchAll(url: string, part: string, patience: Patience): Promise<void> {
  for (let failures = 0; ; ) {
    const before = await sizeOf(part)
    let trouble: string
    try {
      return await fetchRest(url, part, patience)
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
  if (sha256 && (await sizeOf(path)) > 0 && (await hashOf(path, 'sha256')) === sha256) return
  await mkdir(dirname(path), { recursive: true })
  const part = `${path}.part`
  for (let attempt = 0; ; attempt++) {
    const resumed = (await sizeOf(part)) > 0
    await fetchAll(url, part, patience)
    const hash = sha256 ? await hashOf(part, 'sha256') : null
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
