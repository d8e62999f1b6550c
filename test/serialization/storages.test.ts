import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, truncateSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesOf, forgedZip, latin1, pickle, tensor } from './forge.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-storages-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('map_location', () => {
  const file = bytesOf([torch.arange(3), torch.ones(2)])
  const devices = (where: torch.serialization.MapLocation | torch.serialization.LoadOptions) =>
    (torch.load(file, where) as torch.Tensor[]).map(t => t.device.type)

  test('is a device, a dictionary, or a function', () => {
    expect(devices('meta')).toEqual(['meta', 'meta'])
    expect(devices({ cpu: 'meta' })).toEqual(['meta', 'meta'])
    const asked: [number, string][] = []
    const [x] = torch.load(file, (storage, location) => {
      asked.push([storage.nbytes(), location])
      return asked.length === 1 ? storage.fill_(0) : null
    }) as torch.Tensor[]
    expect(asked).toEqual([
      [24, 'cpu'],
      [8, 'cpu'],
    ])
    expect(x!.tolist()).toEqual([0, 0, 0])
    expect(devices({ map_location: storage => storage.clone() })).toEqual(['cpu', 'cpu'])
    expect(() => torch.load(file, () => 'cpu' as never)).toThrow('must return the storage')
    expect(() => torch.load(file, 'cpu', { map_location: 'cpu' })).toThrow('multiple values')
  })

  test('of a device that is not here', () => {
    const gpu = Buffer.from(file)
    const at = gpu.indexOf(latin1('X\x03\x00\x00\x00cpu'))
    gpu.write('xpu', at + 5)
    expect(() => torch.load(gpu)).toThrow("don't know how to restore data location of xpu")
    gpu.write('xyz', at + 5)
    expect(() => torch.load(gpu)).toThrow("don't know how to restore data location of xyz")
    expect((torch.load(gpu, 'cpu') as torch.Tensor[])[0]!.tolist()).toEqual([0, 1, 2])
    expect((torch.load(gpu, s => s) as torch.Tensor[])[0]!.tolist()).toEqual([0, 1, 2])
  })
})

describe('mmap', () => {
  /** A checkpoint with one tensor of `count` float32 zeros, whose file takes no room on the disk. */
  function sparseCheckpoint(path: string, count: number): number {
    const instructions = pickle(tensor(count, 0, [count], [1]))
    // What follows the end of a pickle is not looked at: it puts the storage where PyTorch would.
    const headers = 2 * 30 + 'a/data.pkl'.length + 'a/data/0'.length
    const padding = '.'.repeat(64 - ((headers + instructions.length) % 64))
    const zip = forgedZip([
      { name: 'a/data.pkl', data: latin1(instructions + padding) },
      { name: 'a/data/0', data: new Uint8Array(0) },
    ])
    // The storage goes between its header and the directory, which are told of its size.
    const directory = zip.indexOf(latin1('PK\x01\x02'))
    const size = count * 4
    const rest = Buffer.from(zip.subarray(directory))
    const entry = rest.lastIndexOf(latin1('PK\x01\x02'))
    rest.writeUInt32LE(size, entry + 20)
    rest.writeUInt32LE(size, entry + 24)
    rest.writeUInt32LE(directory + size, rest.length - 22 + 16)
    const file = openSync(path, 'w')
    writeSync(file, zip.subarray(0, directory), 0, directory, 0)
    truncateSync(path, directory + size)
    writeSync(file, rest, 0, rest.length, directory + size)
    closeSync(file)
    return directory
  }

  test('takes memory as it is touched, and leaves the file as it is', () => {
    const path = join(folder, 'large.pt')
    const count = 2 ** 28
    const start = sparseCheckpoint(path, count)
    const before = process.memoryUsage().rss
    const x = torch.load(path, { mmap: true }) as torch.Tensor
    expect(x.numel()).toBe(count)
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26)
    const last = x.narrow(0, count - 5, 5)
    last.fill_(7)
    expect(last.tolist()).toEqual([7, 7, 7, 7, 7])
    const bytes = Buffer.alloc(20)
    const file = openSync(path, 'r')
    readSync(file, bytes, 0, 20, start + (count - 5) * 4)
    closeSync(file)
    expect(bytes.equals(Buffer.alloc(20))).toBe(true)
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26)
  })

  test('gives each tensor a storage of its own', async () => {
    const path = join(folder, 'two.pt')
    const base = torch.arange(100).to(torch.float32)
    torch.save({ a: base, part: base.narrow(0, 10, 5), b: torch.ones(3), none: torch.zeros(0) }, path)
    for (const load of [torch.load, torch.loadAsync]) {
      const loaded = (await load(path, { mmap: true })) as Record<'a' | 'part' | 'b' | 'none', torch.Tensor>
      expect(loaded.b.untyped_storage().nbytes()).toBe(12)
      expect(loaded.none.shape).toEqual([0])
      loaded.a.fill_(3)
      expect([loaded.part.tolist(), loaded.b.tolist()]).toEqual([
        [3, 3, 3, 3, 3],
        [1, 1, 1],
      ])
    }
    expect((torch.load(path) as { a: torch.Tensor }).a.equal(base)).toBe(true)
    // A file that is saved from its own mapping.
    const mapped = torch.load(path, { mmap: true })
    torch.save(mapped, path)
    expect((torch.load(path) as { a: torch.Tensor }).a.equal(base)).toBe(true)
  })

  test('is for paths and the zip format', () => {
    const path = join(folder, 'legacy.pt')
    torch.save([torch.ones(1)], path, { _use_new_zipfile_serialization: false })
    expect(() => torch.load(path, { mmap: true })).toThrow('mmap can only be used with files saved with')
    expect(() => torch.load(readFileSync(path), { mmap: true })).toThrow('f must be a path')
  })
})

describe('what is written', () => {
  const roundTrip = <T>(value: T, options?: torch.serialization.SaveOptions): T =>
    torch.load(bytesOf(value, options)) as T

  test('quantized tensors', () => {
    const x = torch.quantize_per_tensor(torch.arange(6).to(torch.float32), 0.5, 3, torch.quint8)
    for (const back of [roundTrip(x), roundTrip(x, { _use_new_zipfile_serialization: false })]) {
      expect([back.q_scale(), back.q_zero_point(), back.dtype]).toEqual([0.5, 3, torch.quint8])
      expect(back.dequantize().tolist()).toEqual([0, 1, 2, 3, 4, 5])
    }
    const channels = torch.quantize_per_channel(
      torch.ones(2, 3),
      torch.tensor([0.5, 1]),
      torch.tensor([0, 1]).to(torch.int64),
      0,
      torch.qint8,
    )
    expect(roundTrip(channels).q_per_channel_scales().tolist()).toEqual([0.5, 1])
    expect(roundTrip(channels).dequantize().tolist()).toEqual(channels.dequantize().tolist())
  })

  test('attributes of tensors and parameters', () => {
    const x = Object.assign(torch.ones(2), { label: 'x', parts: [torch.zeros(1)] })
    const back = roundTrip(x)
    expect([back.label, back.parts[0]!.tolist(), Object.keys(back)]).toEqual(['x', [0], ['label', 'parts']])
    const p = roundTrip(Object.assign(new torch.nn.Parameter(torch.ones(2)), { partition: 0 }))
    expect([p instanceof torch.nn.Parameter, p.partition]).toEqual([true, 0])
  })

  test('storages, frozen sets, slices, formats and schemes', () => {
    const x = torch.arange(4).to(torch.float32)
    const back = roundTrip({
      bytes: x.untyped_storage(),
      frozen: Object.freeze(new Set([1])),
      slice: torch.slice(1, null, 2),
      format: torch.channels_last,
      scheme: torch.per_tensor_affine,
      layout: torch.sparse_csr,
    })
    expect(back).toMatchObject({
      slice: { start: 1, stop: null, step: 2 },
      format: torch.channels_last,
      scheme: torch.per_tensor_affine,
      layout: torch.sparse_csr,
    })
    expect(Object.isFrozen(back.frozen)).toBe(true)
    expect([back.bytes instanceof torch.UntypedStorage, back.bytes.tolist()]).toEqual([
      true,
      x.untyped_storage().tolist(),
    ])
    expect(() => roundTrip([x, x.untyped_storage()])).toThrow('view the same data as different types')
  })

  test('lazy modules', () => {
    const state = roundTrip(new torch.nn.LazyLinear(3).state_dict())
    expect(Object.values(state).every(p => torch.nn.parameter.is_lazy(p))).toBe(true)
  })

  test('nested tensors', () => {
    const x = torch.nested.nested_tensor([torch.ones(2), torch.zeros(3)])
    expect(
      roundTrip(x)
        .unbind()
        .map(part => part.tolist()),
    ).toEqual([
      [1, 1],
      [0, 0, 0],
    ])
    expect(() => roundTrip(x, { _use_new_zipfile_serialization: false })).toThrow('before 1.6 has no nested tensors')
    const wide = torch.ones([2], { dtype: torch.uint16 })
    expect(() => roundTrip(wide, { _use_new_zipfile_serialization: false })).toThrow('has no torch.uint16')
    expect(() => bytesOf(1, { pickle_protocol: 2 } as never)).toThrow("keyword argument 'pickle_protocol'")
  })
})
