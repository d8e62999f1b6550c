/** Files that appear whole or not at all. */
import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'

/** Where the bytes go first, and where they belong. */
export interface Places {
  temporary: string
  final: string
}

export function placesOf(path: string): Places {
  const final = target(path)
  // What is no regular file, such as a pipe, is written to itself.
  if (final === null) return { temporary: path, final: path }
  return { temporary: `${final}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`, final }
}

/** The file itself behind symbolic links; null for what is no regular file. */
function target(path: string): string | null {
  try {
    const real = realpathSync(path)
    return statSync(real).isFile() ? real : null
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return path
    throw error
  }
}

/** Writes the pieces to a file beside `path` and puts that in its place when they are on the disk. */
export function writeAtomically(path: string, pieces: Iterable<Uint8Array>): void {
  const { temporary, final } = placesOf(path)
  const file = openSync(temporary, 'w')
  try {
    try {
      for (const piece of pieces) for (let done = 0; done < piece.byteLength; ) done += writeSync(file, piece, done)
      if (temporary !== final) fsyncSync(file)
    } finally {
      closeSync(file)
    }
    if (temporary !== final) renameSync(temporary, final)
  } catch (error) {
    if (temporary !== final) rmSync(temporary, { force: true })
    throw error
  }
}

/** The same without blocking. */
export async function writeAtomicallyAsync(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const { temporary, final } = placesOf(path)
  try {
    const file = await open(temporary, 'w')
    try {
      for (const piece of pieces) {
        for (let done = 0; done < piece.byteLength; ) done += (await file.write(piece, done)).bytesWritten
      }
      if (temporary !== final) await file.sync()
    } finally {
      await file.close()
    }
    if (temporary !== final) await rename(temporary, final)
  } catch (error) {
    if (temporary !== final) await rm(temporary, { force: true })
    throw error
  }
}
