import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

describe('UntypedStorage', () => {
  it('is made of a size, of bytes, or of a tensor', () => {
    expect(torch.UntypedStorage(4).nbytes()).toBe(4)
    expect(new torch.UntypedStorage([1, 300]).tolist()).toEqual([1, 44])
    expect(torch.UntypedStorage().size()).toBe(0)
    const x = torch.zeros(2, 3)
    const storage = x.at(1).untyped_storage()
    expect(storage.nbytes()).toBe(24)
    expect(storage.data_ptr()).toBe(x.data_ptr())
    expect(storage.isSame(x.untyped_storage())).toBe(true)
    expect(() => torch.UntypedStorage(2.5)).toThrow('Expected a sequence type, but got float')
    expect(() => torch.UntypedStorage(['a'] as never)).toThrow('one of the items was of type str instead of int')
  })

  it('reads and writes the bytes of its tensors', () => {
    const x = torch.tensor([1, 256], { dtype: torch.int32 })
    const storage = x.untyped_storage()
    expect([storage.at(0), storage.at(5), storage.at(-1)]).toEqual([1, 1, 0])
    storage.setAt(0, 7)
    expect(x.tolist()).toEqual([7, 256])
    storage.fill_(0)
    expect(x.tolist()).toEqual([0, 0])
    expect(() => storage.at(8)).toThrow('index 8 out of range for storage of size 8')
    expect(() => storage.at(8)).toThrow(torch.IndexError)
    expect(() => storage.at(0.5)).toThrow(TypeError)
  })

  it('copies, clones and compares sizes', () => {
    const a = torch.UntypedStorage([1, 2, 3])
    const b = a.clone()
    expect([b.tolist(), b.isSame(a)]).toEqual([[1, 2, 3], false])
    b.fill_(9)
    expect(a.copy_(b).tolist()).toEqual([9, 9, 9])
    expect(() => a.copy_(torch.UntypedStorage(4))).toThrow('size does not match, self was 3 bytes but src was 4 bytes')
    expect(a.to({ device: 'cpu' })).toBe(a)
    expect(a.to({ device: 'meta' }).device.type).toBe('meta')
    expect([a.new().size(), a.get_device(), a.is_cuda, a.is_shared(), a.is_pinned()]).toEqual([
      0,
      null,
      false,
      true,
      false,
    ])
  })

  it('changes its size while no tensor shares the memory', () => {
    const own = torch.UntypedStorage([1, 2, 3])
    expect(own.resizable()).toBe(true)
    expect(own.resize_(2).tolist()).toEqual([1, 2])
    expect(own.resize_(5).tolist().slice(0, 2)).toEqual([1, 2])
    const x = torch.ByteTensor(own)
    expect(own.resizable()).toBe(false)
    expect(() => own.resize_(0)).toThrow('not resizable')
    x.dispose()
    expect(own.resize_(0).size()).toBe(0)
    expect(() => torch.zeros(3).untyped_storage().resize_(0)).toThrow('not resizable')
    expect(() => own.resize_(-1)).toThrow(torch.ValueError)
  })

  it('from_buffer, from_file, byteswap', () => {
    const bytes = new Uint8Array([97, 98, 99, 100])
    const from = torch.UntypedStorage.from_buffer
    expect(from(bytes, { dtype: torch.uint8 }).tolist()).toEqual([97, 98, 99, 100])
    expect(from(bytes, 'big', { dtype: torch.int16 }).tolist()).toEqual([98, 97, 100, 99])
    expect(from(bytes.buffer, 'native', 1, 1, { dtype: torch.int16 }).tolist()).toEqual([98, 99])
    expect(() => from(bytes, { dtype: torch.int16 })).toThrow("missing required argument 'byte_order'")
    expect(() => from(bytes, 'little', { count: 3, dtype: torch.int16 })).toThrow('specified a size of 3')
    expect(() => from(bytes.subarray(1), 'little', { dtype: torch.int16 })).toThrow(
      'must be a multiple of element size',
    )
    expect(() => from(bytes, 'little', { offset: 9, dtype: torch.int16 })).toThrow('offset must be non-negative')
    expect(() => from(bytes, 'middle' as never, { dtype: torch.int16 })).toThrow("invalid byte_order 'middle'")
    const swapped = torch.UntypedStorage([1, 2, 3, 4, 5, 6, 7, 8])
    swapped.byteswap(torch.complex64)
    expect(swapped.tolist()).toEqual([4, 3, 2, 1, 8, 7, 6, 5])
    expect(() => torch.UntypedStorage(3).byteswap(torch.int16)).toThrow('not a multiple of 2')
    const file = join(mkdtempSync(join(tmpdir(), 'storage-')), 'floats')
    writeFileSync(file, new Uint8Array(new Float32Array([1.5, 2.5]).buffer))
    expect(torch.UntypedStorage.from_file(file, false, 4).tolist()).toEqual([0, 0, 192, 63])
    expect(torch.FloatStorage.from_file(file, false, 2).tolist()).toEqual([1.5, 2.5])
  })

  it('prints as in Python', () => {
    expect(String(torch.UntypedStorage([1, 2]))).toBe(' 1\n 2\n[torch.storage.UntypedStorage(device=cpu) of size 2]')
    expect(String(torch.zeros(1, { device: 'meta' }).untyped_storage())).toBe(
      '...\n[torch.storage.UntypedStorage(device=meta) of size 4]',
    )
  })
})

describe('TypedStorage', () => {
  it('reads elements of its dtype', () => {
    const storage = new torch.TypedStorage([1, 2, 3], { dtype: torch.float64 })
    expect([storage.size(), storage.nbytes(), storage.element_size()]).toEqual([3, 24, 8])
    expect([storage.at(-1), [...storage], storage.tolist()]).toEqual([3, [1, 2, 3], [1, 2, 3]])
    storage.setAt(0, 9.5)
    expect(storage.tolist()).toEqual([9.5, 2, 3])
    expect(storage.fill_(4).tolist()).toEqual([4, 4, 4])
    expect(storage.resize_(1).tolist()).toEqual([4])
    expect(() => storage.at(3)).toThrow(torch.IndexError)
    expect(torch.TypedStorage(2).dtype).toBe(torch.float32)
    expect(() => new torch.TypedStorage('ab' as never)).toThrow('Argument type not recognized: str')
    expect(() => new torch.TypedStorage({ wrap_storage: torch.UntypedStorage(8) })).toThrow(
      "Argument 'dtype' must be specified",
    )
  })

  it('shares the memory of its tensor', () => {
    const x = torch.tensor([[1, 2]])
    const storage = x.storage()
    expect(storage.dtype).toBe(torch.float32)
    storage.setAt(1, 5)
    expect(x.tolist()).toEqual([[1, 5]])
    expect(storage.untyped().isSame(x.untyped_storage())).toBe(true)
    expect(x.storage_type()).toBe(torch.FloatStorage)
    expect(torch.zeros(1, { dtype: torch.uint16 }).storage_type()).toBe(null)
  })

  it('set_ puts a tensor over a storage', () => {
    const storage = torch.FloatStorage([1, 2, 3, 4])
    const x = torch.tensor([0])
    expect(x.set_(storage)).toBe(x)
    expect(x.tolist()).toEqual([1, 2, 3, 4])
    expect(torch.tensor([0]).set_(storage, 1, [3]).tolist()).toEqual([2, 3, 4])
    expect(torch.tensor([0]).set_(storage, 0, [2, 2], [1, 2]).tolist()).toEqual([
      [1, 3],
      [2, 4],
    ])
    x.fill_(8)
    expect(storage.tolist()).toEqual([8, 8, 8, 8])
    expect(torch.tensor([0]).set_(storage.untyped()).tolist()).toEqual([8, 8, 8, 8])
    expect(() => x.set_(storage, 0, [5])).toThrow('out of bounds for storage of size 4')
    expect(() => x.set_(storage, 5, [1])).toThrow('out of bounds')
    expect(() => x.set_(storage, 0, [-2])).toThrow('out of bounds')
    expect(() => x.set_(storage, 0, 'a' as never)).toThrow(TypeError)
    expect(() => torch.tensor([0]).set_(torch.DoubleStorage(1))).toThrow('Expected a Storage of type Float')
    expect(
      torch
        .tensor([0])
        .set_(torch.tensor([5, 6]))
        .tolist(),
    ).toEqual([5, 6])
  })

  it('casts into memory of its own', () => {
    const storage = torch.FloatStorage([1.5, -2.5])
    expect(storage.int().tolist()).toEqual([1, -2])
    expect(storage.bool().tolist()).toEqual([true, true])
    expect(storage.complex_double().dtype).toBe(torch.complex128)
    expect(storage.float().data_ptr()).not.toBe(storage.data_ptr())
    expect(torch.UntypedStorage([1, 2]).half().dtype).toBe(torch.float16)
  })

  it('has an old class for each dtype', () => {
    const types = {
      DoubleStorage: torch.DoubleStorage,
      HalfStorage: torch.HalfStorage,
      BFloat16Storage: torch.BFloat16Storage,
      LongStorage: torch.LongStorage,
      IntStorage: torch.IntStorage,
      ShortStorage: torch.ShortStorage,
      CharStorage: torch.CharStorage,
      ByteStorage: torch.ByteStorage,
      QUInt8Storage: torch.QUInt8Storage,
      QInt8Storage: torch.QInt8Storage,
      QInt32Storage: torch.QInt32Storage,
      QUInt4x2Storage: torch.QUInt4x2Storage,
      QUInt2x4Storage: torch.QUInt2x4Storage,
    }
    for (const [name, type] of Object.entries(types)) {
      const storage = type([1, 2])
      expect([storage.dtype, storage.type(), storage.pickle_storage_type()]).toEqual([
        type.dtype,
        `torch.${name}`,
        name,
      ])
      expect(storage.tolist()).toEqual([1, 2])
      expect([storage instanceof type, storage instanceof torch.FloatStorage]).toEqual([true, false])
    }
    expect(torch.TypedStorage(1, { dtype: torch.uint16 }).type()).toBe('torch.storage.TypedStorage')
    expect(() => torch.TypedStorage(1, { dtype: torch.uint16 }).pickle_storage_type()).toThrow('is not recognized')
    const call = torch.FloatStorage as unknown as (...args: unknown[]) => torch.TypedStorage
    expect(() => call(1, 2)).toThrow('Too many positional arguments')
    expect(() => call({ dtype: torch.int8 })).toThrow("Keyword argument 'dtype' cannot be specified")
    expect(() => call(2.5)).toThrow('Argument type not recognized: float')
  })

  it('is a storage and prints as in Python', () => {
    expect([
      torch.is_storage(torch.FloatStorage()),
      torch.is_storage(torch.UntypedStorage()),
      torch.is_storage([]),
    ]).toEqual([true, true, false])
    expect(String(torch.FloatStorage([1, 2.5]))).toBe(
      ' 1.0\n 2.5\n[torch.storage.TypedStorage(dtype=torch.float32, device=cpu) of size 2]',
    )
    expect(String(torch.ComplexFloatStorage([new torch.Complex(1, 2)]))).toContain(' (1+2j)\n')
    expect(String(torch.BoolStorage([true]))).toContain(' True\n')
  })
})
