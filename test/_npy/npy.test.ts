import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-npy-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A `.npy` file with the given header over `data` zero bytes. */
function forged(header: string, data = 0, version = 1): Buffer {
  const start = Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\0`, 'latin1')
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  length.writeUIntLE(header.length, 0, length.length)
  return Buffer.concat([start, length, Buffer.from(header, 'latin1'), Buffer.alloc(data)])
}

function bytesOf(save: (f: { write(bytes: Uint8Array): unknown }) => void): Buffer {
  const pieces: Uint8Array[] = []
  save({ write: bytes => pieces.push(bytes.slice()) })
  return Buffer.concat(pieces)
}

const describing = (descr: string, shape = '(1,)') => `{'descr': ${descr}, 'fortran_order': False, 'shape': ${shape}, }`

describe('headers', () => {
  test.each([
    describing("'<f4'"),
    ` {"shape" : (1L,),'descr':'f4' ,'fortran_order':False}  \n`,
    describing("'=f4'", '(1, 1)'),
    describing("'<f4'", '()'),
  ])('%s', header => {
    expect(torch.loadNpy(forged(header, 4)).tolist()).toEqual(
      header.includes('()') ? 0 : header.includes('1, 1') ? [[0]] : [0],
    )
  })

  test.each<[header: string, message: string]>([
    [describing("'<f4'", '(2,)'), 'has 4 bytes of data, not the 8'],
    [describing("'<f4'", '(-1,)'), 'Cannot parse header'],
    [describing("'<f4'", '(1)'), 'Cannot parse header'],
    [describing("'<f4'", '1'), 'shape'],
    [describing("'<f4'", '(True,)'), 'shape'],
    [describing("'<f4'", '(99999999999999999999,)'), 'shape'],
    [describing("'<f4'", `(${'1, '.repeat(65)})`), 'shape'],
    [describing("'<f4'", '(9007199254740991, 0)'), 'too large'],
    [describing("'O'"), 'Object arrays'],
    [describing("'|O8'"), 'Object arrays'],
    [describing("[('a', '<f4'), ('b', [('c', '<i4')])]"), 'fields a, b'],
    [describing("'<U3'"), "NumPy's '<U3'"],
    [describing("'<f16'"), "NumPy's '<f16'"],
    [describing('1'), 'no dtype'],
    ["{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", 'fortran_order'],
    ["{'descr': '<f4', 'shape': (1,)}", 'keys'],
    ["{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,)}", 'Cannot parse'],
    [`${describing("'<f4'")} x`, 'Cannot parse'],
    ["__import__('os').system('true')", 'Cannot parse'],
    ['('.repeat(5000), 'Cannot parse'],
    ['', 'Cannot parse'],
    [' '.repeat(10_001), 'larger than 10000'],
  ])('%s', (header, message) => {
    const read = () => torch.loadNpy(forged(header, 4))
    expect(read).toThrow(torch.ValueError)
    expect(read).toThrow(message)
  })

  test('other files', () => {
    expect(() => torch.loadNpy(Buffer.alloc(100))).toThrow('no .npy file')
    expect(() => torch.loadNpy(Buffer.alloc(5))).toThrow('cut off')
    expect(() => torch.loadNpy(forged(describing("'<f4'"), 4, 4))).toThrow('format 4.0 is not known')
    expect(() => torch.loadNpy(forged(describing("'<f4'"), 4).subarray(0, 30))).toThrow('cut off')
  })
})

test('lazily conjugated tensors are written as their values', () => {
  const t = torch.tensor([new torch.Complex(1, 2)]).conj()
  const back = torch.loadNpy(bytesOf(f => torch.saveNpy(t, f)))
  expect(back.imag.tolist()).toEqual([-2])
})

test('more than one piece, in another byte order', () => {
  const count = 2 ** 22 + 3
  const bytes = forged(describing("'>i8'", `(${count},)`), 8 * count)
  const start = bytes.length - 8 * count
  bytes.writeBigInt64BE(5n, start)
  bytes.writeBigInt64BE(7n, bytes.length - 8)
  const t = torch.loadNpy(bytes)
  expect([t.at(0).item(), t.at(-1).item(), t.sum().item()]).toEqual([5, 7, 12])
})

test('what cannot be saved leaves no file', () => {
  for (const t of [
    torch.ones([1]).to(torch.bfloat16),
    torch.ones([1]).to_sparse(),
    torch.ones([1], { device: 'meta' }),
  ]) {
    expect(() => torch.saveNpy(t, join(folder, 'x.npy'))).toThrow(TypeError)
    expect(() => torch.saveNpz({ t }, join(folder, 'x.npz'))).toThrow(TypeError)
  }
  expect(() => torch.saveNpz({ t: 1 } as unknown as Record<string, torch.Tensor>, join(folder, 'x.npz'))).toThrow(
    TypeError,
  )
  expect([existsSync(join(folder, 'x.npy')), existsSync(join(folder, 'x.npz'))]).toEqual([false, false])
})

describe('npz', () => {
  test('arrays are read by name', () => {
    using file = torch.loadNpz(bytesOf(f => torch.saveNpz(new Map([['a', torch.ones([2])]]), f)))
    expect([file.files, file.has('a'), file.has('b')]).toEqual([['a'], true, false])
    expect(() => file.get('b')).toThrow('b is not a file in the archive')
    file.close()
    expect(() => file.get('a')).toThrow('closed')
  })

  /** A zip file of one record, packed, that says that it unpacks to `size` bytes. */
  function packed(data: Buffer, size: number, crc = 0): Buffer {
    const body = deflateRawSync(data)
    const name = Buffer.from('a.npy')
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50, 0)
    local.writeUInt16LE(8, 8)
    local.writeUInt16LE(name.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50, 0)
    central.writeUInt16LE(8, 10)
    central.writeUInt32LE(crc, 16)
    central.writeUInt32LE(body.length, 20)
    central.writeUInt32LE(size, 24)
    central.writeUInt16LE(name.length, 28)
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50, 0)
    end.writeUInt16LE(1, 10)
    end.writeUInt32LE(46 + name.length, 12)
    end.writeUInt32LE(30 + name.length + body.length, 16)
    return Buffer.concat([local, name, body, central, name, end])
  }

  test('bombs do not go off', () => {
    const array = forged(describing("'|u1'", '(50000000,)'), 50_000_000)
    const honest = packed(array, array.length)
    expect(() => torch.loadNpz(honest, { maxUnpackedBytes: 1e6 })).toThrow('zip bomb')
    expect(() => torch.loadNpz(packed(array, 2 ** 31))).toThrow('zip bomb')
    // One that says less than it unpacks to.
    expect(() => torch.loadNpz(packed(array, 1000)).get('a')).toThrow('does not unpack to its 1000 bytes')
    expect(() => torch.loadNpz(honest).get('a')).toThrow('Bad CRC-32')
  })
})
