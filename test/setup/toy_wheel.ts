/** Small wheels and archives to try set-up on. */
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'torch-node-test-'))
}

export interface ToyFile {
  readonly name: string
  readonly data: string | Buffer
  readonly mode?: number
  readonly stored?: boolean
}

/** The bytes of a zip archive. `wide` writes every size and offset in zip64's way. */
export function zip(files: readonly ToyFile[], wide = false): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const file of files) {
    const data = Buffer.from(file.data)
    const packed = file.stored ? data : deflateRawSync(data)
    const name = Buffer.from(file.name)
    const method = file.stored ? 0 : 8
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(method, 8)
    local.writeUInt32LE(crc32(data), 14)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(data.length, 22)
    local.writeUInt16LE(name.length, 26)
    parts.push(local, name, packed)
    const extra = wide ? Buffer.alloc(28) : Buffer.alloc(0)
    if (wide) {
      extra.writeUInt16LE(1, 0)
      extra.writeUInt16LE(24, 2)
      for (const [i, value] of [data.length, packed.length, offset].entries())
        extra.writeBigUInt64LE(BigInt(value), 4 + 8 * i)
    }
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(method, 10)
    central.writeUInt32LE(crc32(data), 16)
    central.writeUInt32LE(wide ? 0xffffffff : packed.length, 20)
    central.writeUInt32LE(wide ? 0xffffffff : data.length, 24)
    central.writeUInt16LE(name.length, 28)
    central.writeUInt16LE(extra.length, 30)
    central.writeUInt32LE(((0o100000 | (file.mode ?? 0o644)) << 16) >>> 0, 38)
    central.writeUInt32LE(wide ? 0xffffffff : offset, 42)
    directory.push(central, name, extra)
    offset += 30 + name.length + packed.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(wide ? 0xffff : files.length, 10)
  end.writeUInt32LE(wide ? 0xffffffff : central.length, 12)
  end.writeUInt32LE(wide ? 0xffffffff : offset, 16)
  if (!wide) return Buffer.concat([...parts, central, end])
  const end64 = Buffer.alloc(56)
  end64.writeUInt32LE(0x06064b50, 0)
  end64.writeBigUInt64LE(BigInt(files.length), 32)
  end64.writeBigUInt64LE(BigInt(central.length), 40)
  end64.writeBigUInt64LE(BigInt(offset), 48)
  const locator = Buffer.alloc(20)
  locator.writeUInt32LE(0x07064b50, 0)
  locator.writeBigUInt64LE(BigInt(offset + central.length), 8)
  return Buffer.concat([...parts, central, end64, locator, end])
}

function recordLine(file: ToyFile): string {
  const hash = createHash('sha256').update(file.data).digest('base64url')
  return `${file.name},sha256=${hash},${Buffer.from(file.data).length}`
}

/** The bytes of a wheel with a right RECORD; `tamper` changes its files afterwards. */
export function wheel(
  name: string,
  version: string,
  files: readonly ToyFile[],
  requirements: readonly string[] = [],
  tamper: (files: ToyFile[]) => ToyFile[] = all => all,
): Buffer {
  const info = `${name}-${version}.dist-info`
  const metadata = ['Metadata-Version: 2.1', `Name: ${name}`, `Version: ${version}`]
  const wheelFile = ['Wheel-Version: 1.0', 'Generator: toy', 'Root-Is-Purelib: true', 'Tag: py3-none-any']
  const all: ToyFile[] = [
    ...files,
    {
      name: `${info}/METADATA`,
      data: `${[...metadata, ...requirements.map(text => `Requires-Dist: ${text}`)].join('\n')}\n`,
    },
    { name: `${info}/WHEEL`, data: `${wheelFile.join('\n')}\n` },
  ]
  const record = [...all.map(recordLine), `${info}/RECORD,,`, ''].join('\n')
  return zip(tamper([...all, { name: `${info}/RECORD`, data: record }]))
}

/** What makes a folder a LibTorch in set-up's eyes. */
export function torchFiles(version: string): ToyFile[] {
  return [
    { name: 'torch/version.py', data: `__version__ = '${version}'\n` },
    { name: 'torch/lib/libtorch.so', data: Buffer.alloc(300_000, 'toy library ') },
    { name: 'torch/bin/tool', data: '#!/bin/sh\n', mode: 0o755, stored: true },
  ]
}

/** A LibTorch folder on disk. */
export function toyLibTorch(version: string | null): string {
  const folder = temporaryFolder()
  for (const { name, data } of torchFiles(version ?? '0')) {
    if (version === null && name.endsWith('version.py')) continue
    const path = join(folder, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, data)
  }
  return join(folder, 'torch')
}
