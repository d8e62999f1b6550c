import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'

describe('torch.tensor', () => {
  it.each([
    ['a number', 1, torch.float32],
    ['a whole number too', [1, 2], torch.float32],
    ['a bigint', [1n], torch.int64],
    ['a boolean', true, torch.bool],
    ['a Complex', new torch.Complex(1), torch.complex64],
    ['a mixture', [true, 2n, 3], torch.float32],
    ['bigints and booleans', [true, 2n], torch.int64],
    ['nothing', [], torch.float32],
    ['a Float64Array', new Float64Array(2), torch.float64],
    ['a BigUint64Array', new BigUint64Array(1), torch.uint64],
    ['a Uint8ClampedArray', new Uint8ClampedArray(1), torch.uint8],
    ['a Buffer', Buffer.from([1]), torch.uint8],
    ['typed arrays in a list', [new Int16Array(2), new Int16Array(2)], torch.int16],
    ['tensors in a list', [torch.tensor(1n), torch.tensor(2n)], torch.int64],
    ['tensors and numbers', [torch.tensor(1n), 2.5], torch.float32],
  ] as [string, torch.TensorData, torch.dtype][])('gives %s its own dtype', (_, data, dtype) => {
    expect(torch.tensor(data).dtype).toBe(dtype)
  })

  it('takes nested arrays, dtype, device and requires_grad', () => {
    const x = torch.tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { dtype: torch.float64, requires_grad: true },
    )
    expect([[...x.shape], x.requires_grad, x.tolist()]).toEqual([
      [2, 2],
      true,
      [
        [1, 2],
        [3, 4],
      ],
    ])
    expect(torch.tensor([1], { device: 'meta' }).is_meta).toBe(true)
    expect([...torch.tensor([[], []]).shape]).toEqual([2, 0])
    expect(torch.tensor([1.7, -1.7], { dtype: torch.int64 }).tolist()).toEqual([1, -1])
  })

  it('copies: the source stays as it is', () => {
    const source = new Float32Array([1, 2])
    const x = torch.tensor(source)
    x.add_(1)
    expect([...source]).toEqual([1, 2])
    const y = torch.tensor(x)
    y.add_(1)
    expect(x.tolist()).toEqual([2, 3])
  })

  it('refuses ragged, foreign and overflowing data', () => {
    expect(() => torch.tensor([[1, 2], [3]])).toThrow('expected sequence of length 2 at dim 1 (got 1)')
    expect(() => torch.tensor([[1, 2], [3]])).toThrow(torch.ValueError)
    expect(() => torch.tensor([1, [2]])).toThrow(TypeError)
    expect(() => torch.tensor([[1], 2])).toThrow()
    expect(() => torch.tensor('a' as unknown as number)).toThrow("invalid data type 'str'")
    expect(() => torch.tensor([null] as unknown as number[])).toThrow(TypeError)
    expect(() => torch.tensor({} as unknown as number)).toThrow(TypeError)
    expect(() => torch.tensor(new DataView(new ArrayBuffer(4)))).toThrow(TypeError)
    expect(() => torch.tensor(300, { dtype: torch.uint8 })).toThrow('without overflow')
    expect(() => torch.tensor([2n ** 70n])).toThrow()
    const circle: unknown[] = []
    circle.push(circle)
    expect(() => torch.tensor(circle as number[])).toThrow('too many dimensions')
  })
})

describe('memory shared with JavaScript', () => {
  it('fromTypedArray', () => {
    const array = new Float32Array([1, 2, 3, 4])
    const x = torch.fromTypedArray(array, [2, 2])
    array[0] = 9
    x.mul_(2)
    expect([...array]).toEqual([18, 4, 6, 8])
    expect(torch.fromTypedArray(array.subarray(1, 3)).tolist()).toEqual([4, 6])
    expect(() => torch.fromTypedArray([1] as unknown as Float32Array)).toThrow(TypeError)
    expect(() => torch.fromTypedArray(array, [3])).toThrow(torch.TorchError)
  })

  it('frombuffer: count, offset, and Python’s refusals', () => {
    const { buffer } = new Float32Array([1, 2, 3])
    const dtype = torch.float32
    expect(torch.frombuffer(buffer, { dtype }).tolist()).toEqual([1, 2, 3])
    expect(torch.frombuffer(buffer, { dtype, offset: 4, count: 1 }).tolist()).toEqual([2])
    expect(torch.frombuffer(buffer, { dtype, requires_grad: true }).requires_grad).toBe(true)
    expect(() => torch.frombuffer(buffer, { dtype, offset: 12 })).toThrow('must be non-negative and no greater than')
    expect(() => torch.frombuffer(buffer, { dtype, offset: 2 })).toThrow('must be a multiple of element size (4)')
    expect(() => torch.frombuffer(buffer, { dtype, count: 4 })).toThrow('must not be greater than actual buffer length')
    expect(() => torch.frombuffer([1] as unknown as ArrayBuffer, { dtype })).toThrow(TypeError)
  })

  it('as_tensor and asarray copy only where they must', () => {
    const array = new Float32Array([1, 2])
    const x = torch.as_tensor(array)
    array[0] = 5
    expect(x.tolist()).toEqual([5, 2])
    expect(torch.as_tensor(x)).toBe(x)
    expect(torch.as_tensor(array, torch.float64).dtype).toBe(torch.float64)
    expect(torch.as_tensor(array, { dtype: torch.float64 }).dtype).toBe(torch.float64)
    expect(torch.asarray(array, { copy: true }).data_ptr()).not.toBe(x.data_ptr())
    expect(torch.asarray(x, { copy: false }).data_ptr()).toBe(x.data_ptr())
    expect(() => torch.asarray(x, { dtype: torch.float64, copy: false })).toThrow(torch.ValueError)
    expect(() => torch.asarray([1], { copy: false })).toThrow(torch.ValueError)
    expect(torch.asarray(array.buffer, { dtype: torch.int32 }).numel()).toBe(2)
    expect(torch.asarray([1, 2], { requires_grad: true }).requires_grad).toBe(true)
  })

  it('keeps the memory alive without the array', () => {
    const tensors = Array.from({ length: 50 }, (_, i) => torch.fromTypedArray(new Float64Array(10_000).fill(i)))
    globalThis.gc?.()
    expect(tensors.map(t => t.sum().item() / 10_000)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })
})

describe('full and scalar_tensor', () => {
  it('take the dtype from the kind of the value', () => {
    expect(torch.full([2], 3).dtype).toBe(torch.float32)
    expect(torch.full([2], 3n).dtype).toBe(torch.int64)
    expect(torch.full([2], true).dtype).toBe(torch.bool)
    expect(torch.full([2], new torch.Complex(1)).dtype).toBe(torch.complex64)
    expect(torch.full(2, 3, { dtype: torch.int8, requires_grad: false }).tolist()).toEqual([3, 3])
    expect(torch.full({ size: [1], fill_value: 2 }).tolist()).toEqual([2])
    const out = torch.zeros(2)
    expect(torch.full([2], 4, { out })).toBe(out)
    expect(torch.scalar_tensor(3).dtype).toBe(torch.float32)
    expect(torch.scalar_tensor(3, { dtype: torch.int16 }).dtype).toBe(torch.int16)
  })
})

describe('defaults', () => {
  afterEach(() => {
    torch.set_default_dtype(torch.float32)
    torch.set_default_device(null)
  })

  it('the dtype', () => {
    torch.set_default_dtype(torch.float64)
    expect(torch.get_default_dtype()).toBe(torch.float64)
    expect([torch.tensor(1).dtype, torch.zeros(1).dtype, torch.full([1], 1).dtype]).toEqual(
      Array(3).fill(torch.float64),
    )
    expect(torch.tensor(new torch.Complex(1)).dtype).toBe(torch.complex128)
    expect(() => torch.set_default_dtype(torch.int32)).toThrow(TypeError)
    expect(() => torch.set_default_dtype('float32' as unknown as torch.dtype)).toThrow(TypeError)
  })

  it('the device, for every function that makes tensors', () => {
    torch.set_default_device('meta')
    expect(String(torch.get_default_device())).toBe('meta')
    const made = [torch.zeros(2), torch.rand(2), torch.tensor([1]), torch.full([1], 1), torch.arange(3), torch.eye(2)]
    expect(made.map(t => t.device.type)).toEqual(made.map(() => 'meta'))
    expect(torch.ones(2, { device: 'cpu' }).is_cpu).toBe(true)
    torch.set_default_device(null)
    expect(torch.zeros(2).is_cpu).toBe(true)
  })
})

describe('limits of dtypes', () => {
  it('finfo and iinfo', () => {
    expect(torch.finfo(torch.float32).eps).toBe(2 ** -23)
    expect(torch.finfo().max).toBe(3.4028234663852886e38)
    expect(torch.finfo(torch.float64).max).toBe(Number.MAX_VALUE)
    expect(torch.finfo(torch.complex64).dtype).toBe('float32')
    expect(torch.iinfo(torch.int8)).toMatchObject({ bits: 8, min: -128, max: 127 })
    expect(torch.iinfo(torch.int64).max).toBe(2n ** 63n - 1n)
    expect(torch.iinfo(torch.uint8)).toMatchObject({ min: 0, max: 255 })
    expect(() => torch.finfo(torch.int32)).toThrow('Use torch.iinfo')
    expect(() => torch.iinfo(torch.float32)).toThrow('Use torch.finfo')
    expect(() => torch.iinfo(torch.bool)).toThrow(TypeError)
  })
})
