/** Fetching a dataset's files: see `lib/_download.ts`. */
import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { downloadFile } from '../../_download.js'
import { extractArchive } from './_archive.js'

export { extractGzip } from './_archive.js'

/** Is the file there, and has it the md5 sum, where one is given? Python's `check_integrity`. */
export function hasFile(path: string, md5: string | null = null): boolean {
  if (!existsSync(path)) return false
  if (md5 === null) return true
  const hash = createHash('md5')
  const buffer = Buffer.allocUnsafe(1 << 20)
  const file = openSync(path, 'r')
  try {
    for (let read = readSync(file, buffer); read > 0; read = readSync(file, buffer))
      hash.update(buffer.subarray(0, read))
  } finally {
    closeSync(file)
  }
  return hash.digest('hex') === md5
}

/** Where a file comes from and what it has to be. */
export interface Fetched {
  /** Default: the end of the URL. */
  filename?: string
  md5?: string | null
}

/** Fetches a file into a folder, unless it is there and right. Returns its path. */
export async function downloadUrl(
  url: string,
  folder: string,
  { filename, md5 = null }: Fetched = {},
): Promise<string> {
  const name = filename ?? url.slice(url.lastIndexOf('/') + 1)
  const path = join(folder, name)
  await downloadFile([url], path, { desc: name, ...(md5 === null ? {} : { hash: { algorithm: 'md5', prefix: md5 } }) })
  return path
}

/** Fetches an archive and unpacks it where it lies. */
export async function downloadAndExtract(url: string, folder: string, fetched: Fetched = {}): Promise<void> {
  await extractArchive(await downloadUrl(url, folder, fetched), folder)
}
