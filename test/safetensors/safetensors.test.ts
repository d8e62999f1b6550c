import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as torch from 'torch-node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const { nn, safetensors } = torch
const { SafetensorError } = safetensors
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'torch-node-safetensors-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

/** A file with the given header over `data` zero bytes. */
function forged(header: string | object, data = 0): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header))
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, json, Buffer.alloc(data)])
}

describe('a mapped file', () => {
  test('keeps what is written to its tensors to itself', () => {
    safetensors.save_file({ x: torch.ones([4]) }, at('own.safetensors'))
    const first = safetensors.load_file(at('own.safetensors')).x!
    first.fill_(7)
    expect(first.tolist()).toEqual([7, 7, 7, 7])
    expect(safetensors.load_file(at('own.safetensors')).x!.tolist()).toEqual([1, 1, 1, 1])
  })

  test('stays when another file takes its name, and when it is closed', () => {
    safetensors.save_file({ x: torch.zeros([1000]) }, at('old.safetensors'))
    const f = safetensors.safe_open(at('old.safetensors'))
    safetensors.save_file({ x: torch.ones([2000]) }, at('new.safetensors'))
    renameSync(at('new.safetensors'), at('old.safetensors'))
    const x = f.get_tensor('x')
    f.close()
    expect([x.shape[0], x.sum().item()]).toEqual([1000, 0])
    expect(() => f.get_tensor('x')).toThrow('File is closed')
    expect(() => f.keys()).toThrow('File is closed')
  })

  test('is there for other scopes than the one that opened it', () => {
    safetensors.save_file({ x: torch.ones([3]) }, at('scope.safetensors'))
    const f = torch.scope(() => {
      const opened = safetensors.safe_open(at('scope.safetensors'))
      opened.get_tensor('x')
      return opened
    })
    expect(f.get_tensor('x').sum().item()).toBe(3)
    f.close()
  })

  test('has tensors that are leaves with storages of their own', () => {
    safetensors.save_file({ a: torch.ones([3]), b: torch.ones([5]) }, at('leaf.safetensors'))
    const { a, b } = safetensors.load_file(at('leaf.safetensors')) as Record<'a' | 'b', torch.Tensor>
    a.requires_grad_()
    a.mul(2).sum().backward()
    expect(a.grad!.tolist()).toEqual([2, 2, 2])
    expect([a.untyped_storage().nbytes(), b.untyped_storage().nbytes()]).toEqual([12, 20])
    // What was loaded can be saved again.
    expect(Buffer.from(safetensors.save({ a: a.detach(), b })).equals(readFileSync(at('leaf.safetensors')))).toBe(true)
  })

  test('need not be aligned', () => {
    const header = {
      u: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
      d: { dtype: 'F64', shape: [2], data_offsets: [1, 17] },
    }
    const bytes = forged(header, 17)
    bytes.writeDoubleLE(1.5, bytes.length - 16)
    writeFileSync(at('odd.safetensors'), bytes)
    const { d } = safetensors.load_file(at('odd.safetensors'))
    expect(d!.tolist()).toEqual([1.5, 0])
    expect(d!.data_ptr() % 8n).toBe(0n)
  })
})

test('names that JavaScript treats in its own way', () => {
  const names = ['__proto__', 'constructor', '1', '0', 'toString']
  const loaded = safetensors.load(safetensors.save(new Map(names.map((name, i) => [name, torch.tensor(i)]))))
  expect(Object.keys(loaded).sort()).toEqual([...names].sort())
  for (const [i, name] of names.entries())
    expect(
      Object.entries(loaded)
        .find(([n]) => n === name)![1]
        .item(),
    ).toBe(i)
})

test('asynchronous twins report bytes', async () => {
  const seen: [number, number][] = []
  const tensors = { a: torch.ones([1000]), b: torch.zeros([500], { dtype: torch.float64 }) }
  await safetensors.saveFileAsync(tensors, pathToFileURL(at('async.safetensors')), null, {
    onProgress: (...now) => seen.push(now),
  })
  expect(seen.at(-1)![0]).toBe(readFileSync(at('async.safetensors')).length)
  seen.length = 0
  const loaded = await safetensors.loadFileAsync(at('async.safetensors'), { onProgress: (...now) => seen.push(now) })
  expect(seen).toEqual([
    [4000, 8000],
    [8000, 8000],
  ])
  expect(loaded.a!.sum().item()).toBe(1000)
})

describe('save refuses', () => {
  const base = torch.ones([4])
  const cases: [why: string, tensors: unknown, message: string | RegExp][] = [
    ['shared memory', { a: base, b: base, c: torch.ones([1]) }, "share memory, .*{'a', 'b'}"],
    ['overlapping views', { a: base.at(torch.slice(0, 3)), b: base.at(torch.slice(1, 4)) }, 'share memory'],
    ['strides', { a: torch.ones([2, 3]).t() }, 'non contiguous tensor: `a`'],
    ['sparse tensors', { a: torch.ones([2]).to_sparse() }, 'sparse'],
    ['dtypes that the format lacks', { a: torch.ones([2], { dtype: torch.complex128 }) }, 'torch.complex128'],
    ['what is no tensor', { a: 1 }, 'expected torch.Tensor but received int'],
    ['what is no dict', [torch.ones([1])], 'Expected a dict'],
    ['tensors without values', { a: torch.ones([2], { device: 'meta' }) }, 'meta device'],
    ['the name of the metadata', { __metadata__: base }, '__metadata__'],
    ['names that are no text', { '\ud800': base }, 'no Unicode text'],
  ]
  test.each(cases)('%s', (_, tensors, message) => {
    expect(() => safetensors.save(tensors as Record<string, torch.Tensor>)).toThrow(new RegExp(message))
    expect(() => safetensors.save_file(tensors as Record<string, torch.Tensor>, at('refused'))).toThrow()
    expect(readdirSync(folder)).not.toContain('refused')
  })

  test('metadata that is not text', () => {
    expect(() => safetensors.save({ a: base }, { a: 1 } as unknown as Record<string, string>)).toThrow(TypeError)
  })

  test('but not parts of one storage side by side', () => {
    const parts = { a: base.at(torch.slice(0, 2)), b: base.at(torch.slice(2, 4)) }
    expect(safetensors.load(safetensors.save(parts)).b!.tolist()).toEqual([1, 1])
  })
})

describe('a header that lies is refused', () => {
  const info = { dtype: 'F32', shape: [1], data_offsets: [0, 4] }
  const twice =
    '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[4,4]}}'
  const tooLong = Buffer.from(forged({ a: info }, 4))
  tooLong.writeBigUInt64LE(100_000_001n)
  const cases: [why: string, file: Buffer, message: string][] = [
    ['too short', Buffer.alloc(7), 'header too small'],
    ['longer than 100 MB', tooLong, 'header too large'],
    ['longer than the file', forged({ a: info }).subarray(0, 20), 'invalid header length'],
    ['no JSON', forged('{"a"'), 'invalid JSON in header'],
    ['no UTF-8', Buffer.concat([forged('{"'), Buffer.from([0xff])]).fill(3, 0, 1), 'invalid UTF-8'],
    ['a name twice', forged(twice, 4), '"a" is in header twice'],
    ['nested without end', forged('['.repeat(100_000)), 'invalid JSON in header'],
    ['a hole before', forged({ a: { ...info, data_offsets: [4, 8] } }, 8), 'invalid offset for tensor `a`'],
    ['bytes that overlap', forged({ a: info, b: info }, 4), 'invalid offset for tensor `b`'],
    ['backwards', forged({ a: { ...info, data_offsets: [4, 0] } }, 4), 'invalid offset for tensor `a`'],
    ['beyond the file', forged({ a: info }, 3), 'not fully covered'],
    ['bytes too many', forged({ a: info }, 5), 'not fully covered'],
    ['another size', forged({ a: { ...info, shape: [2] } }, 4), 'invalid shape, data type, or offset'],
    ['a size below zero', forged({ a: { ...info, shape: [-1] } }, 4), 'a size or an offset of `a` is no whole number'],
    ['overflow', forged({ a: { ...info, shape: [2 ** 31, 2 ** 31] } }, 4), 'overflow'],
    ['an unknown dtype', forged({ a: { ...info, dtype: 'F33' } }, 4), 'unknown dtype `F33`'],
    ['a dtype that PyTorch lacks', forged({ a: { dtype: 'F6_E2M3', shape: [4], data_offsets: [0, 3] } }, 3), 'F6_E2M3'],
    ['metadata that is no text', forged({ __metadata__: { a: 1 } }), '__metadata__'],
  ]
  test.each(cases)('%s', (_, file, message) => {
    writeFileSync(at('lie.safetensors'), file)
    for (const read of [() => safetensors.load(file), () => safetensors.load_file(at('lie.safetensors'))]) {
      expect(read).toThrow(SafetensorError)
      expect(read).toThrow(message)
    }
  })
})

describe('sharded models', () => {
  test('are opened file by file', () => {
    mkdirSync(at('model'))
    safetensors.save_file({ a: torch.ones([2]) }, at('model/model-00001-of-00002.safetensors'))
    const index = {
      metadata: { total_size: 16 },
      weight_map: { b: 'model-00002-of-00002.safetensors', a: 'model-00001-of-00002.safetensors' },
    }
    writeFileSync(at('model/model.safetensors.index.json'), JSON.stringify(index))
    using model = safetensors.openSharded(at('model/model.safetensors.index.json'))
    expect(model.keys()).toEqual(['a', 'b'])
    expect(model.metadata()).toEqual({ total_size: 16 })
    // The other file is not there yet, which does not matter to this one.
    expect(model.get_tensor('a').tolist()).toEqual([1, 1])
    expect(() => model.get_tensor('b')).toThrow('no such file')
    safetensors.save_file({ b: torch.zeros([2]) }, at('model/model-00002-of-00002.safetensors'))
    expect(model.get_slice('b').at(0).item()).toBe(0)
    const all = safetensors.loadSharded(at('model/model.safetensors.index.json'))
    expect(Object.keys(all)).toEqual(['b', 'a'])
  })

  test('have no files elsewhere', () => {
    for (const file of ['../x.safetensors', '/etc/passwd', 'a/../../x', '..', '', 'a\0b', 1, null]) {
      writeFileSync(at('index.json'), JSON.stringify({ weight_map: { a: file } }))
      expect(() => safetensors.openSharded(at('index.json')), String(file)).toThrow('outside its folder')
    }
    for (const text of ['', '[]', '{}', '{"weight_map":[]}', '{"weight_map":{"a":"b","a":"c"}}']) {
      writeFileSync(at('index.json'), text)
      expect(() => safetensors.openSharded(at('index.json')), text).toThrow(SafetensorError)
    }
  })
})

test('load_model names what is missing', () => {
  safetensors.save_file({ weight: torch.ones([2, 2]), other: torch.ones([1]) }, at('partial.safetensors'))
  const model = new nn.Linear(2, 2)
  expect(() => safetensors.load_model(model, at('partial.safetensors'))).toThrow(
    'Error(s) in loading state_dict for Linear:\n    Missing key(s) in state_dict: "bias"\n    Unexpected key(s) in state_dict: "other"',
  )
  expect(safetensors.load_model(model, at('partial.safetensors'), { strict: false })).toEqual([['bias'], ['other']])
  expect(model.weight.sum().item()).toBe(4)
})

test('wrong arguments', () => {
  const bad = (f: unknown) => f as string
  expect(() => safetensors.safe_open(bad(1))).toThrow(TypeError)
  expect(() => safetensors.load_file(bad(null))).toThrow(TypeError)
  expect(() => safetensors.load_file(at('nowhere'))).toThrow('no such file')
  expect(() => safetensors.load_file(folder)).toThrow('regular file')
  expect(() => safetensors.safe_open(at('own.safetensors'), { framework: 'tf' as 'pt' })).toThrow(
    'framework tf is invalid',
  )
  expect(() => safetensors.load_file(at('own.safetensors'), { backend: 'x' as 'mmap' })).toThrow('backend x is invalid')
  expect(() => safetensors.load(bad(1) as unknown as Uint8Array)).toThrow(TypeError)
  using f = safetensors.safe_open(at('own.safetensors'))
  expect(() => f.get_tensor('y')).toThrow('File does not contain tensor y')
  expect(() => f.get_slice('x').at(9)).toThrow(torch.IndexError)
})
