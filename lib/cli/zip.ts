/** Reads zip archives (wheels, PyTorch's C++ archives): stored and deflated entries, zip64 included. */
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { type Readable, Transform } from 'node:stream'
import { crc32, createInflateRaw } from 'node:zlib'
import { SetupError } from './setup_error.js'

export interface ZipEntry {
  readonly name: string
  readonly size: number
  readonly compressedSize: number
  /** Unix permission bits, 0 where the archive has none. */
  readonly mode: number
  readonly crc: number
  readonly deflated: boolean
  /** Of the entry's own header. */
  readonly offset: number
}

const END = 0x06054b50
const END_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const CENTRAL = 0x02014b50
const LOCAL = 0x04034b50
const UNKNOWN_32 = 0xffffffff

async function readExactly(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length)
  const { bytesRead } = await file.read(buffer, 0, length, position)
  if (bytesRead !== length) throw new SetupError('the archive is cut short')
  return buffer
}

/** An open archive. */
export class ZipFile {
  private constructor(
    private readonly file: FileHandle,
    readonly path: string,
    readonly entries: readonly ZipEntry[],
  ) {}

  /** Throws a SetupError unless `path` is a whole zip archive. */
  static async open(path: string): Promise<ZipFile> {
    const file = await open(path)
    try {
      return new ZipFile(file, path, await readDirectory(file))
    } catch (error) {
      await file.close()
      if (error instanceof SetupError) throw new SetupError(`${path} is no usable archive: ${error.message}`)
      throw error
    }
  }

  close(): Promise<void> {
    return this.file.close()
  }

  find(pattern: RegExp): ZipEntry | undefined {
    return this.entries.find(entry => pattern.test(entry.name))
  }

  /** The entry's bytes as a stream, which fails at its end where they do not match their checksum. */
  async stream(entry: ZipEntry): Promise<Readable> {
    const header = await readExactly(this.file, entry.offset, 30)
    if (header.readUInt32LE(0) !== LOCAL) throw new SetupError(`${this.path}: ${entry.name} has a broken header`)
    const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28)
    const check = checker(this.path, entry)
    if (entry.compressedSize === 0) return check.end()
    const raw = createReadStream(this.path, {
      fd: this.file.fd,
      start,
      end: start + entry.compressedSize - 1,
      autoClose: false,
      highWaterMark: 1 << 18,
    })
    raw.on('error', error => check.destroy(error))
    if (!entry.deflated) return raw.pipe(check)
    const inflate = createInflateRaw({ chunkSize: 1 << 18 })
    inflate.on('error', error =>
      check.destroy(new SetupError(`${this.path}: ${entry.name} is broken: ${error.message}`)),
    )
    return raw.pipe(inflate).pipe(check)
  }

  async text(entry: ZipEntry): Promise<string> {
    const chunks: Buffer[] = []
    for await (const chunk of await this.stream(entry)) chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).toString('utf8')
  }
}

function checker(path: string, entry: ZipEntry): Transform {
  let crc = 0
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      crc = crc32(chunk, crc)
      size += chunk.length
      done(null, chunk)
    },
    flush(done) {
      const whole = crc === entry.crc && size === entry.size
      done(whole ? null : new SetupError(`${path}: ${entry.name} does not match its checksum`))
    },
  })
}

async function readDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat()
  const tailLength = Math.min(size, 22 + 0xffff)
  const tail = await readExactly(file, size - tailLength, tailLength)
  let end = tail.length - 22
  while (end >= 0 && tail.readUInt32LE(end) !== END) end--
  if (end < 0) throw new SetupError('it has no directory')
  let count = tail.readUInt16LE(end + 10)
  let length = tail.readUInt32LE(end + 12)
  let offset = tail.readUInt32LE(end + 16)
  if (end >= 20 && tail.readUInt32LE(end - 20) === LOCATOR_64) {
    const record = await readExactly(file, Number(tail.readBigUInt64LE(end - 12)), 56)
    if (record.readUInt32LE(0) !== END_64) throw new SetupError('its directory is broken')
    count = Number(record.readBigUInt64LE(32))
    length = Number(record.readBigUInt64LE(40))
    offset = Number(record.readBigUInt64LE(48))
  }
  if (offset + length > size) throw new SetupError('it is cut short')
  const directory = await readExactly(file, offset, length)
  const entries: ZipEntry[] = []
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== CENTRAL)
      throw new SetupError('its directory is broken')
    const nameEnd = at + 46 + directory.readUInt16LE(at + 28)
    const extraEnd = nameEnd + directory.readUInt16LE(at + 30)
    entries.push(readEntry(directory, at, nameEnd, extraEnd))
    at = extraEnd + directory.readUInt16LE(at + 32)
  }
  return entries
}

function readEntry(directory: Buffer, at: number, nameEnd: number, extraEnd: number): ZipEntry {
  const method = directory.readUInt16LE(at + 10)
  const name = directory.toString('utf8', at + 46, nameEnd)
  if (method !== 0 && method !== 8) throw new SetupError(`${name} is packed with an unknown method (${method})`)
  const wide = readExtra64(directory.subarray(nameEnd, extraEnd))
  // Each field that does not fit 32 bits is in the extra field, in this order.
  const field = (position: number): number => {
    const value = directory.readUInt32LE(position)
    return value === UNKNOWN_32 ? (wide.shift() ?? value) : value
  }
  const size = field(at + 24)
  const compressedSize = field(at + 20)
  const offset = field(at + 42)
  const mode = directory.readUInt32LE(at + 38) >>> 16
  return { name, size, compressedSize, offset, mode, crc: directory.readUInt32LE(at + 16), deflated: method === 8 }
}

/** The 64-bit numbers of the zip64 extra field. */
function readExtra64(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2)
    if (extra.readUInt16LE(at) === 1) {
      const numbers: number[] = []
      for (let i = 0; i + 8 <= length; i += 8) numbers.push(Number(extra.readBigUInt64LE(at + 4 + i)))
      return numbers
    }
    at += 4 + length
  }
  return []
}
