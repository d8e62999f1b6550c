import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, gzipSync } from 'node:zlib'
import { create, Header } from 'tar'
import { beforeEach, describe, expect, test } from 'vitest'
import { extractArchive } from '#lib/vision/datasets/_archive.js'
import { bunzip2 } from '#lib/vision/datasets/_bzip2.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-archive-'))
  return () => rmSync(folder, { recursive: true })
})

/** The bytes of a tar file with the given entries. */
function tarOf(
  ...entries: { path: string; data?: string; type?: 'File' | 'SymbolicLink'; linkpath?: string }[]
): Buffer {
  const blocks = entries.flatMap(({ path, data = '', type = 'File', linkpath }) => {
    const block = Buffer.alloc(512)
    const header = new Header({ path, size: data.length, type, mode: 0o644, ...(linkpath ? { linkpath } : {}) })
    header.encode(block, 0)
    const body = Buffer.alloc(512 * Math.ceil(data.length / 512))
    body.write(data)
    return [block, body]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

/** The bytes of a zip file with one entry. */
function zipOf(name: string, data: Buffer, claimed = data.length): Buffer {
  const packed = deflateRawSync(data)
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  fields.writeUInt16LE(8, 4)
  fields.writeUInt32LE(crc32(data), 10)
  fields.writeUInt32LE(packed.length, 14)
  fields.writeUInt32LE(claimed, 18)
  fields.writeUInt16LE(name.length, 22)
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, Buffer.from(name), packed])
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0'), fields, Buffer.alloc(14), Buffer.from(name)])
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06')
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(local.length, 16)
  return Buffer.concat([local, central, end])
}

const put = (name: string, data: Uint8Array) => {
  writeFileSync(join(folder, name), data)
  return join(folder, name)
}
const inside = () => join(folder, 'in')

describe('archives', () => {
  test.each(['a.tar', 'a.tar.gz', 'a.tgz'])('%s', async name => {
    mkdirSync(join(folder, 'from', 'deep'), { recursive: true })
    writeFileSync(join(folder, 'from', 'deep', 'x'), 'hello')
    await create({ file: join(folder, name), cwd: join(folder, 'from'), gzip: name !== 'a.tar' }, ['deep'])
    await extractArchive(join(folder, name), inside())
    expect(readFileSync(join(inside(), 'deep', 'x'), 'utf8')).toBe('hello')
  })

  test('zip, gz and bz2', async () => {
    await extractArchive(put('a.zip', zipOf('deep/x', Buffer.from('hello'))), inside())
    expect(readFileSync(join(inside(), 'deep', 'x'), 'utf8')).toBe('hello')
    await extractArchive(put('y.gz', gzipSync('there')), inside())
    expect(readFileSync(join(inside(), 'y'), 'utf8')).toBe('there')
    await expect(extractArchive(put('z.xz', Buffer.alloc(4)), inside())).rejects.toThrow('Unknown compression')
  })

  test('nothing is written outside', async () => {
    const escape = [{ path: '../out', data: 'x' }]
    await expect(extractArchive(put('up.tar', tarOf(...escape)), inside())).rejects.toThrow('..')
    await expect(extractArchive(put('up.zip', zipOf('../out', Buffer.from('x'))), inside())).rejects.toThrow('invalid')
    await expect(extractArchive(put('abs.zip', zipOf('/tmp/out', Buffer.from('x'))), inside())).rejects.toThrow(
      'absolute',
    )
    const link = { path: 'link', type: 'SymbolicLink', linkpath: '..' } as const
    await extractArchive(put('link.tar', tarOf(link, { path: 'link/out', data: 'x' })), inside())
    expect(readdirSync(folder).filter(name => name === 'out')).toEqual([])
    expect(readFileSync(join(inside(), 'link', 'out'), 'utf8')).toBe('x')
  })

  test('bombs and damaged ones are refused', async () => {
    const zeros = Buffer.alloc(1 << 20)
    const limits = { maxBytes: 1000 }
    await expect(extractArchive(put('b.zip', zipOf('b', zeros)), inside(), limits)).rejects.toThrow('holds more than')
    await expect(extractArchive(put('b.gz', gzipSync(zeros)), inside(), limits)).rejects.toThrow('holds more than')
    const large = gzipSync(tarOf({ path: 'b', data: '0'.repeat(1 << 20) }))
    await expect(extractArchive(put('b.tgz', large), inside(), limits)).rejects.toThrow('holds more than')
    const many = tarOf({ path: 'a' }, { path: 'b' }, { path: 'c' })
    await expect(extractArchive(put('m.tar', many), inside(), { maxEntries: 2 })).rejects.toThrow('holds more than')
    await expect(extractArchive(put('liar.zip', zipOf('b', zeros, 10)), inside())).rejects.toThrow('cannot unpack')
    for (const name of ['n.zip', 'n.tgz', 'n.tar'])
      await expect(extractArchive(put(name, Buffer.from('nothing'.repeat(200))), inside())).rejects.toThrow()
    expect(existsSync(join(inside(), 'b'))).toBe(false)
  })
})

describe('bzip2', () => {
  const hasTool = spawnSync('bzip2', ['--version']).status === 0
  const packed = (data: Buffer, level: number) =>
    spawnSync('bzip2', ['-c', `-${level}`], { input: data, maxBuffer: 1 << 28 }).stdout

  test.skipIf(!hasTool)('gives back what was packed', () => {
    const cases = [
      Buffer.alloc(0),
      Buffer.from('a'),
      Buffer.alloc(300_000, 7),
      Buffer.from(`${'abcd'.repeat(1000)}aaaaaaaaaaaab`),
      Buffer.from(Array.from({ length: 250_000 }, (_, i) => (i * i * 31 + (i >> 7)) & 255)),
    ]
    for (const data of cases) for (const level of [1, 9]) expect(bunzip2(packed(data, level)).equals(data)).toBe(true)
    expect(bunzip2(Buffer.concat([packed(cases[1]!, 1), packed(cases[3]!, 9)])).length).toBe(1 + cases[3]!.length)
  })

  test.skipIf(!hasTool)('refuses damaged files', () => {
    const file = packed(Buffer.from('hello world '.repeat(500)), 9)
    expect(() => bunzip2(Buffer.from('no bzip2 file'))).toThrow('no bzip2 file')
    expect(() => bunzip2(file.subarray(0, 40))).toThrow('cut off')
    expect(() => bunzip2(file, 100)).toThrow('more than it may')
    // Whatever is changed, it ends, and in an error of ours.
    for (let i = 4; i < file.length; i++) {
      const spoiled = Buffer.from(file)
      spoiled[i] = spoiled[i]! ^ 0x55
      try {
        bunzip2(spoiled, 1 << 20)
      } catch (error) {
        expect((error as Error).name).toBe('ValueError')
      }
    }
  })
})
