/** Fetching a dataset's files: see `lib/_download.ts`. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'

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
