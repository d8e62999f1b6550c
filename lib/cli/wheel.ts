/** Wheels: their names, their metadata, and unpacking them with every file checked against its recorded hash. */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, statfs } from 'node:fs/promises'
import { basename, dirname, join, normalize } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { showBytes } from './progress.js'
import { SetupError } from './setup_error.js'
import { type ZipEntry, ZipFile } from './zip.js'

export interface WheelName {
  /** Lower case with dashes, such as `nvidia-cublas`. */
  readonly name: string
  /** Such as `2.13.0+cpu`. */
  readonly version: string
  readonly pythons: readonly string[]
  readonly platforms: readonly string[]
}

export function normalizeName(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-')
}

/** The parts of a wheel's file name, or null where it is none. */
export function parseWheelName(file: string): WheelName | null {
  const parts = /^(.+?)-([^-]+)(?:-\d[^-]*)?-([^-]+)-([^-]+)-([^-]+)\.whl$/.exec(basename(file))
  if (!parts) return null
  const [, name, version, python, , platform] = parts as unknown as [string, string, string, string, string, string]
  return { name: normalizeName(name), version, pythons: python.split('.'), platforms: platform.split('.') }
}

/** How a wheel is called in messages, such as `torch 2.13.0+cpu`. */
export function shortName(file: string): string {
  const wheel = parseWheelName(file)
  return wheel ? `${wheel.name} ${wheel.version}` : basename(file)
}

/** True for a wheel whose libraries run on this machine. */
export function fitsMachine(wheel: WheelName, arch: string = process.arch): boolean {
  const cpu = { x64: 'x86_64', arm64: 'aarch64' }[arch] ?? arch
  return wheel.platforms.some(
    platform => platform === 'any' || (/linux/.test(platform) && platform.endsWith(`_${cpu}`)),
  )
}

/** The `Requires-Dist` lines of a wheel. */
export async function readRequirements(path: string): Promise<string[]> {
  const zip = await ZipFile.open(path)
  try {
    const metadata = zip.find(/^[^/]+\.dist-info\/METADATA$/)
    if (!metadata) throw new SetupError(`${path} is no wheel: it has no METADATA`)
    return [...(await zip.text(metadata)).matchAll(/^Requires-Dist:\s*(.+)$/gm)].map(match =>
      (match[1] as string).trim(),
    )
  } finally {
    await zip.close()
  }
}

/** Hashes by file name, from the wheel's RECORD. */
async function readRecord(zip: ZipFile): Promise<Map<string, string>> {
  const record = zip.find(/^[^/]+\.dist-info\/RECORD$/)
  if (!record) throw new SetupError(`${zip.path} is no wheel: it has no RECORD`)
  const hashes = new Map<string, string>()
  for (const line of (await zip.text(record)).split(/\r?\n/)) {
    const fields = /^(?:"((?:[^"]|"")*)"|([^,]*)),(?:sha256=)?([^,]*),\d*$/.exec(line)
    if (fields) hashes.set(fields[1]?.replaceAll('""', '"') ?? (fields[2] as string), fields[3] as string)
  }
  return hashes
}

/** Where an entry goes, or null for what is not unpacked (scripts of a wheel's data folder). */
function destination(entry: ZipEntry, folder: string): string | null {
  const data = /^[^/]+\.data\/([^/]+)\/(.*)$/.exec(entry.name)
  if (data && data[1] !== 'purelib' && data[1] !== 'platlib') return null
  // PyTorch's C++ archives have everything below libtorch/.
  const name = normalize((data?.[2] ?? entry.name).replace(/^libtorch\//, 'torch/'))
  if (name.startsWith('..') || name.startsWith('/'))
    throw new SetupError(`the archive wants to write outside: ${entry.name}`)
  return join(folder, name)
}

const JOBS = 4

/**
 * Unpacks a wheel, or a C++ archive of PyTorch's, into `folder`. Every file of a wheel must be in its RECORD with its
 * hash; an archive's files are checked by their checksums.
 */
export async function unpack(path: string, folder: string): Promise<void> {
  const zip = await ZipFile.open(path)
  try {
    const files = zip.entries.filter(entry => !entry.name.endsWith('/'))
    const total = files.reduce((sum, entry) => sum + entry.size, 0)
    await mkdir(folder, { recursive: true })
    await checkRoom(folder, total)
    const record = path.endsWith('.whl') ? await readRecord(zip) : null
    const names = new Set(files.map(entry => entry.name))
    const lost = [...(record?.keys() ?? [])].find(name => !names.has(name))
    if (lost) throw new SetupError(`${path} lacks ${lost}, which is in its RECORD`)
    const progress = showBytes(`unpacking ${shortName(path)}`, total)
    let done = 0
    const advance = (bytes: number): void => {
      done += bytes
      progress.update(done)
    }
    const queue = [...files]
    const worker = async (): Promise<void> => {
      for (let entry = queue.shift(); entry; entry = queue.shift()) {
        const target = destination(entry, folder)
        if (target) await unpackEntry(zip, entry, target, record, advance)
        else advance(entry.size)
      }
    }
    try {
      await Promise.all(Array.from({ length: JOBS }, worker))
    } finally {
      queue.length = 0
      progress.stop()
    }
  } finally {
    await zip.close()
  }
}

async function unpackEntry(
  zip: ZipFile,
  entry: ZipEntry,
  target: string,
  record: Map<string, string> | null,
  advance: (bytes: number) => void,
): Promise<void> {
  const unrecorded = /\.dist-info\/RECORD(\.jws|\.p7s)?$/.test(entry.name)
  const expected = record?.get(entry.name)
  if (record && !unrecorded && !expected)
    throw new SetupError(`${zip.path}: ${entry.name} is not in the wheel's RECORD`)
  await mkdir(dirname(target), { recursive: true })
  const hash = createHash('sha256')
  const hashing = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk)
      advance(chunk.length)
      done(null, chunk)
    },
  })
  const mode = entry.mode & 0o111 ? 0o755 : 0o644
  await pipeline(await zip.stream(entry), hashing, createWriteStream(target, { mode }))
  if (expected && hash.digest('base64url') !== expected) {
    throw new SetupError(`${zip.path}: ${entry.name} does not match the hash in the wheel's RECORD`)
  }
}

async function checkRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize > bytes * 1.05) return
  const [need, have] = [bytes, bavail * bsize].map(count => (count / 1e9).toFixed(1))
  throw new SetupError(`${folder} needs ${need} GB and its disk has ${have} GB free. Make room, then run this again.`)
}
