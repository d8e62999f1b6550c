import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { nn } = torch
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-checkpoint-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The bytes of a checkpoint. */
function bytesOf(value: unknown): Buffer {
  const pieces: Uint8Array[] = []
  torch.save(value, { write: bytes => pieces.push(bytes.slice()) })
  return Buffer.concat(pieces)
}

const roundTrip = <T>(value: T): T => torch.load(bytesOf(value)) as T

/** A checkpoint whose pickle is the given instructions. */
function forged(instructions: string): Buffer {
  const pickle = Buffer.from(instructions, 'latin1')
  const name = Buffer.from('archive/data.pkl')
  const local = Buffer.alloc(30)
  local.writeUInt32LE(0x04034b50, 0)
  local.writeUInt16LE(name.length, 26)
  const central = Buffer.alloc(46)
  central.writeUInt32LE(0x02014b50, 0)
  central.writeUInt32LE(pickle.length, 20)
  central.writeUInt32LE(pickle.length, 24)
  central.writeUInt16LE(name.length, 28)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(1, 8)
  end.writeUInt16LE(1, 10)
  end.writeUInt32LE(46 + name.length, 12)
  end.writeUInt32LE(30 + name.length + pickle.length, 16)
  return Buffer.concat([local, name, pickle, central, name, end])
}

describe('what goes in comes out', () => {
  test('plain data', () => {
    const value = {
      int: 5,
      negative: -5,
      wide: 70_000,
      large: 2 ** 40,
      float: 1.5,
      zero: -0,
      nan: Number.NaN,
      infinite: Number.NEGATIVE_INFINITY,
      big: 2n ** 70n,
      bigNegative: -(2n ** 70n),
      text: 'häh 🙂',
      yes: true,
      no: false,
      nothing: null,
      list: [1, [2, []]],
      map: new Map<unknown, unknown>([
        [1.5, 'a'],
        ['1', 'b'],
        [null, 'c'],
      ]),
      set: new Set([1, 'a']),
      bytes: new Uint8Array([0, 128, 255]),
      complex: new torch.Complex(1, -2),
      dtype: torch.bfloat16,
      device: new torch.device('cuda:1'),
      size: torch.zeros(2, 3).shape,
    }
    expect(roundTrip(value)).toEqual(value)
  })

  test('tuples are frozen arrays', () => {
    const { tuple, list } = roundTrip({ tuple: Object.freeze([0.9, 0.999]), list: [1, 2] })
    expect([Object.isFrozen(tuple), Object.isFrozen(list)]).toEqual([true, false])
    expect(tuple).toEqual([0.9, 0.999])
  })

  test('an object’s whole-number names are ints, in Python too', () => {
    const state = { 0: 'a', 1: 'b' }
    expect(roundTrip(state)).toEqual(state)
    expect(bytesOf(state).includes(Buffer.from('K\x00X'))).toBe(true)
  })

  test('what is the same object stays the same, also in a circle', () => {
    const shared = { a: 1 }
    const circle: unknown[] = [shared, shared]
    circle.push(circle)
    const back = roundTrip(circle)
    expect(back[0]).toBe(back[1])
    expect(back[2]).toBe(back)
  })

  test('a name that objects use themselves', () => {
    const back = torch.load(bytesOf(new Map([['__proto__', { polluted: true }]]))) as object
    expect(Object.keys(back)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
  })

  test('many items', () => {
    const list = Array.from({ length: 2501 }, (_, i) => i)
    const object = Object.fromEntries(list.map(i => [`key ${i}`, i]))
    expect(roundTrip([list, object])).toEqual([list, object])
  })
})

describe('tensors', () => {
  const kinds = [
    torch.uint8,
    torch.int8,
    torch.int16,
    torch.int32,
    torch.int64,
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
    torch.complex64,
    torch.complex128,
    torch.bool,
    torch.uint16,
    torch.uint32,
    torch.uint64,
    torch.float8_e4m3fn,
    torch.float8_e5m2,
  ]

  test.each(kinds.map(kind => [kind.name, kind] as const))('of %s', (_, kind) => {
    const x = torch.tensor([0, 1, 2, 3]).to(kind)
    const back = roundTrip(x)
    expect(back.dtype).toBe(kind)
    expect(back.tolist()).toEqual(x.tolist())
  })

  test('keep strides, offsets and sharing', () => {
    const base = torch.arange(12).view(3, 4)
    const [whole, turned, part] = roundTrip([base, base.t(), base.narrow(1, 1, 2)])
    expect(turned!.stride()).toEqual([1, 4])
    expect(part!.storage_offset()).toBe(1)
    expect(part!.tolist()).toEqual(base.narrow(1, 1, 2).tolist())
    whole!.fill_(7)
    expect([turned!.unique().tolist(), part!.unique().tolist()]).toEqual([[7], [7]])
  })

  test('empty, of no dimension, lazily conjugated, on the meta device, sparse', () => {
    expect(roundTrip(torch.zeros(0, 3)).shape).toEqual([0, 3])
    expect(roundTrip(torch.tensor(2.5)).item()).toBe(2.5)
    const conjugated = torch.complex(torch.ones(2), torch.ones(2)).conj()
    expect(roundTrip(conjugated).is_conj()).toBe(true)
    expect(roundTrip(conjugated).equal(conjugated)).toBe(true)
    const meta = roundTrip(torch.empty([2, 3], { device: 'meta' }))
    expect([meta.device.type, meta.shape]).toEqual(['meta', [2, 3]])
    const sparse = roundTrip(torch.eye(3).to_sparse())
    expect([sparse.layout, sparse.to_dense().equal(torch.eye(3))]).toEqual([torch.sparse_coo, true])
    const rows = roundTrip(torch.eye(3).to_sparse_csr())
    expect([rows.layout, rows.to_dense().equal(torch.eye(3))]).toEqual([torch.sparse_csr, true])
  })

  test('parameters stay parameters', () => {
    const back = roundTrip(new nn.Parameter(torch.ones(2)))
    expect(back).toBeInstanceOf(nn.Parameter)
    expect(back.requires_grad).toBe(true)
    expect(roundTrip(torch.ones([2], { requires_grad: true })).requires_grad).toBe(true)
  })

  test('a module’s state comes back with its metadata', () => {
    const model = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm2d(3))
    const state = roundTrip(model.state_dict()) as ReturnType<typeof model.state_dict> & { _metadata: object }
    expect(Object.keys(state)).toEqual(Object.keys(model.state_dict()))
    expect(state._metadata).toEqual((model.state_dict() as { _metadata?: object })._metadata)
    const other = new nn.Sequential(new nn.Linear(2, 3), new nn.BatchNorm2d(3))
    other.load_state_dict(state)
    expect(other.get_parameter('0.weight').equal(model.get_parameter('0.weight'))).toBe(true)
  })

  test('go where map_location says', () => {
    const file = bytesOf([torch.ones(2)])
    const device = (where: Parameters<typeof torch.load>[1]) =>
      (torch.load(file, where) as [torch.Tensor])[0].device.type
    expect(device('meta')).toBe('meta')
    expect(device({ map_location: new torch.device('meta') })).toBe('meta')
    expect(device({ map_location: { cpu: 'meta' } })).toBe('meta')
    expect(device({ map_location: { 'cuda:0': 'meta' } })).toBe('cpu')
    expect(() => torch.load(file, { weights_only: false as true })).toThrow('weights_only is always true')
    expect(() => torch.load(file, { map_location: 'cpu', mapp: true } as never)).toThrow("keyword argument 'mapp'")
  })
})

describe('files', () => {
  test('from paths, URLs and bytes, at once and later', async () => {
    const path = join(folder, 'a.pt')
    torch.save([1], path)
    await torch.saveAsync([torch.ones(3)], pathToFileURL(join(folder, 'b.pt')))
    expect(torch.load(pathToFileURL(path))).toEqual([1])
    expect(torch.load(new Uint8Array(readFileSync(path)).buffer)).toEqual([1])
    const [later] = (await torch.loadAsync(join(folder, 'b.pt'))) as [torch.Tensor]
    expect(later.tolist()).toEqual([1, 1, 1])
    expect(await torch.loadAsync(readFileSync(path))).toEqual([1])
  })

  test('a failure leaves the old file, and nothing else', () => {
    const path = join(folder, 'kept.pt')
    torch.save('old', path)
    const before = readdirSync(folder)
    expect(() => torch.save({ model: new nn.Linear(1, 1) }, path)).toThrow('state_dict()')
    expect(torch.load(path)).toBe('old')
    expect(readdirSync(folder)).toEqual(before)
    expect(() => torch.save(1, join(folder, 'no', 'such.pt'))).toThrow('ENOENT')
  })

  test('a link stays a link', () => {
    const target = join(folder, 'target.pt')
    const link = join(folder, 'link.pt')
    torch.save(1, target)
    symlinkSync(target, link)
    torch.save(2, link)
    expect(torch.load(target)).toBe(2)
    expect(
      readdirSync(folder, { withFileTypes: true })
        .find(entry => entry.name === 'link.pt')
        ?.isSymbolicLink(),
    ).toBe(true)
  })

  test('what cannot be written is named', () => {
    expect(() => bytesOf(() => 1)).toThrow('torch.save cannot write function')
    expect(() => bytesOf(new Date())).toThrow('torch.save cannot write Date')
    expect(() => bytesOf(new Float32Array(1))).toThrow('torch.save cannot write Float32Array')
    const tuple: unknown[] = [[]]
    ;(tuple[0] as unknown[]).push(Object.freeze(tuple))
    expect(() => bytesOf(tuple)).toThrow('a tuple that contains itself')
    const x = torch.zeros(4)
    expect(() => bytesOf([x, x.view(torch.int32)])).toThrow('view the same data as different types')
    expect(() => torch.save(1, 5 as never)).toThrow('f must be a path')
    expect(() => torch.load(5 as never)).toThrow('f must be a path')
  })
})

describe('hostile files', () => {
  const refused = (file: Buffer, message: string | RegExp) => {
    expect(() => torch.load(file)).toThrow(torch.UnpicklingError)
    expect(() => torch.load(file)).toThrow(message)
  }

  test('every name but those allowed is refused', () => {
    refused(forged('\x80\x02cos\nsystem\nX\x04\x00\x00\x00true\x85R.'), 'os.system')
    refused(forged('\x80\x02c__builtin__\neval\nX\x01\x00\x00\x001\x85R.'), 'builtins.eval')
    refused(forged('\x80\x02cconstructor\nprototype\n)R.'), 'constructor.prototype')
    refused(forged('\x80\x02ctorch\nfloat32\n)R.'), 'not allowed')
    refused(forged('\x80\x02c__proto__\ntoString\n)R.'), '__proto__.toString')
  })

  test('damaged pickles', () => {
    refused(forged('\x80\x02'), 'cut off')
    refused(forged('\x80\x02X\xff\xff\xff\xffab.'), 'cut off')
    refused(forged('\x80\x02R.'), 'stack is empty')
    refused(forged('\x80\x02t.'), 'a mark is missing')
    refused(forged('\x80\x02h\x05.'), 'nothing is known as 5')
    refused(forged('\x80\x02}K\x01e.'), 'damaged')
    refused(forged('\x80\x02)K\x01a.'), 'can only append to lists')
    refused(forged('\x80\x02](K\x01u.'), 'can only set items of dicts')
    refused(forged('\x80\x06N.'), 'unsupported pickle protocol: 6')
    refused(forged('\x80\x05\x97.'), 'unsupported pickle instruction 0x97')
    refused(forged('\x80\x02K\x01Q.'), 'only storages')
    refused(forged('\x80\x02]K\x01b.'), 'attributes')
  })

  test('work that grows faster than the file is refused', () => {
    const items = 'K\x01'.repeat(20_000)
    const file = forged(`\x80\x02(]q\x00(${items}ec__builtin__\nset\nq\x01${'h\x01h\x00\x85R'.repeat(20_000)}t.`)
    refused(file, 'more work than its size allows')
  })

  test('deep nesting is no trouble', () => {
    const file = forged(`\x80\x02${']'.repeat(200_000)}${'a'.repeat(199_999)}.`)
    expect(Array.isArray(torch.load(file))).toBe(true)
  })

  test('cut-off and foreign files', () => {
    const whole = bytesOf({ x: torch.arange(1000) })
    for (const length of [0, 1, 4, 30, 100, 1000, whole.length - 200, whole.length - 1])
      refused(whole.subarray(0, length), /no checkpoint|cut off|damaged/)
    refused(Buffer.from('\x80\x02\x8a\x0a', 'latin1'), 'cut off')
    refused(Buffer.from('\x80\x02K\x01.', 'latin1'), 'Invalid magic number')
    refused(Buffer.alloc(5000, 'x'), 'of another kind')
    const path = join(folder, 'cut.pt')
    writeFileSync(path, whole.subarray(0, whole.length / 2))
    expect(() => torch.load(path)).toThrow(torch.UnpicklingError)
  })

  test('any flipped byte gives a value or an error, never a crash', () => {
    const whole = bytesOf({ x: torch.arange(6).view(2, 3), p: new nn.Parameter(torch.ones(1)), s: new Set([1]) })
    let refusals = 0
    for (let i = 0; i < whole.length; i++) {
      const damaged = Buffer.from(whole)
      damaged[i] = damaged[i]! ^ (1 << (i % 8))
      try {
        torch.load(damaged)
      } catch (error) {
        refusals++
        expect(error instanceof torch.TorchError || error instanceof TypeError, String(error)).toBe(true)
      }
    }
    expect(refusals).toBeGreaterThan(100)
  })

  test('a tensor never reaches beyond its storage', () => {
    const file = bytesOf(torch.arange(4))
    const at = file.indexOf(Buffer.from('K\x04\x85', 'latin1'))
    expect(at).toBeGreaterThan(0)
    for (const count of [5, 255]) {
      const larger = Buffer.from(file)
      larger[at + 1] = count
      refused(larger, 'reaches beyond its storage')
    }
  })
})
