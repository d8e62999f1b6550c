/** Unpacking what datasets come in: tar, tar.gz, zip, gz and bz2. Nothing is written outside the folder that is asked for. */
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Unpack } from 'tar'
import { openPromise, type ZipFile } from 'yauzl'
import { TorchError, ValueError } from '../../_C/errors.js'
import { bunzip2 } from './_bzip2.js'

/** What an archive may hold; a small one that claims to be huge is refused before it fills the disk. */
export interface UnpackLimits {
  /** Bytes of all files together. Default: 200 times the archive's own, and 64 MiB. */
  maxBytes?: number
  /** Files and folders. Default 5,000,000. */
  maxEntries?: number
}

type Limits = Required<UnpackLimits>

/**
 * Unpacks an archive into a folder, or a compressed file beside itself; the file's name tells which.
 *
 * @throws {TorchError} for what is damaged, holds more than the limits, or would write outside the folder
 */
export async function extractArchive(from: string, folder: string, limits: UnpackLimits = {}): Promise<void> {
  const { size } = await stat(from)
  const { maxBytes = 200 * size + 2 ** 26, maxEntries = 5_000_000 } = limits
  await mkdir(folder, { recursive: true })
  const name = basename(from)
  if (/\.(tar|tgz|tar\.gz)$/.test(name)) return whole(folder, to => extractTar(from, to, { maxBytes, maxEntries }))
  if (name.endsWith('.zip')) return whole(folder, to => extractZip(from, to, { maxBytes, maxEntries }))
  if (name.endsWith('.gz')) return extractGzip(from, join(folder, name.slice(0, -3)), maxBytes)
  if (name.endsWith('.bz2')) return writeFile(join(folder, name.slice(0, -4)), bunzip2(await readFile(from), maxBytes))
  throw new ValueError(
    `Unknown compression or archive type: '${name}'. Known suffixes are: '.bz2', '.gz', '.tar', '.tar.gz', '.tgz', '.zip'. ` +
      'Where the file is unpacked already, it is not needed.',
  )
}

/** Unpacks a `.gz` file; the result appears when it is whole. */
export async function extractGzip(from: string, to: string, maxBytes = Number.POSITIVE_INFINITY): Promise<void> {
  if (existsSync(to)) return
  const temporary = join(dirname(to), `.${process.pid}.${basename(to)}.unpacking`)
  try {
    await pipeline(createReadStream(from), createGunzip(), atMost(maxBytes, from), createWriteStream(temporary))
    await rename(temporary, to)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Unpacks beside and moves the files when all are there: half a dataset would count as one. */
async function whole(folder: string, unpack: (to: string) => Promise<void>): Promise<void> {
  const temporary = join(folder, `.${process.pid}.unpacking`)
  try {
    await mkdir(temporary)
    await unpack(temporary)
    await moveInto(temporary, folder)
  } finally {
    // Files that were being written when an archive was refused may still come.
    await rm(temporary, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }
}

async function moveInto(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory() && existsSync(target)) await moveInto(source, target)
    else await rename(source, target)
  }
}

function tooMuch(from: string): TorchError {
  return new TorchError(`${from} holds more than an archive of its size may`, 'ERR_TORCH_ARCHIVE')
}

function damaged(from: string, reason: string): TorchError {
  return new TorchError(`cannot unpack ${from}: ${reason}`, 'ERR_TORCH_ARCHIVE')
}

/** Lets bytes through until there are too many. */
function atMost(maxBytes: number, from: string): Transform {
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length
      if (bytes > maxBytes) done(tooMuch(from))
      else done(null, chunk)
    },
  })
}

const plainEntries = new Set(['File', 'OldFile', 'ContiguousFile', 'Directory', 'GNUDumpDir'])

/** Links are left out: no dataset needs one, and a link may lead anywhere. */
async function extractTar(from: string, folder: string, { maxBytes, maxEntries }: Limits): Promise<void> {
  await new Promise<void>((done, fail) => {
    const source = createReadStream(from)
    const isPlain = from.endsWith('.tar')
    const bytes: Readable = isPlain ? source : source.on('error', fail).pipe(createGunzip())
    const checked = bytes.on('error', error => fail(damaged(from, error.message))).pipe(atMost(maxBytes, from))
    let entries = 0
    let isEmpty = true
    const unpack = new Unpack({
      cwd: folder,
      preserveOwner: false,
      filter(_, entry) {
        isEmpty = false
        if (++entries > maxEntries) stop(tooMuch(from))
        return 'type' in entry && plainEntries.has(entry.type)
      },
      onwarn(code, message) {
        if (code !== 'TAR_ENTRY_INFO' && code !== 'TAR_ENTRY_UNSUPPORTED') stop(damaged(from, String(message)))
      },
    })
    const stop = (error: Error) => {
      source.destroy()
      checked.unpipe()
      fail(error)
    }
    checked.on('error', stop)
    unpack.on('error', stop)
    unpack.on('close', () => (isEmpty ? fail(damaged(from, 'it holds no file')) : done()))
    checked.on('data', (chunk: Buffer) => {
      if (unpack.write(chunk)) return
      checked.pause()
      unpack.once('drain', () => checked.resume())
    })
    checked.on('end', () => unpack.end())
  })
}

/** yauzl refuses names that are absolute or lead upwards, and entries that are longer than they say. */
async function extractZip(from: string, folder: string, limits: Limits): Promise<void> {
  try {
    const zip = await openPromise(from, { autoClose: false })
    try {
      await extractEntries(zip, from, resolve(folder), limits)
    } finally {
      zip.close()
    }
  } catch (error) {
    throw error instanceof TorchError ? error : damaged(from, (error as Error).message)
  }
}

async function extractEntries(zip: ZipFile, from: string, folder: string, limits: Limits): Promise<void> {
  let bytes = 0
  let entries = 0
  for await (const entry of zip.eachEntry()) {
    bytes += entry.uncompressedSize
    if (bytes > limits.maxBytes || ++entries > limits.maxEntries) throw tooMuch(from)
    const path = resolve(folder, entry.fileName)
    if (!path.startsWith(folder + sep)) throw damaged(from, `${entry.fileName} would lie outside`)
    const isFolder = entry.fileName.endsWith('/')
    await mkdir(isFolder ? path : dirname(path), { recursive: true })
    if (!isFolder) await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path))
  }
}
