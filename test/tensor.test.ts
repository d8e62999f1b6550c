import { inspect } from 'node:util'
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const ints = (values: number[]) => torch.tensor(values, { dtype: torch.int64 })

describe('a tensor’s facts', () => {
  const x = torch.zeros([2, 3], { dtype: torch.float64 })

  it('shape, dtype, device, layout', () => {
    expect([...x.shape]).toEqual([2, 3])
    expect(String(x.shape)).toBe('torch.Size([2, 3])')
    expect(x.shape.map(size => size * 2)).toEqual([4, 6])
    expect(inspect({ shape: x.shape })).toBe('{ shape: torch.Size([2, 3]) }')
    expect(x.dtype).toBe(torch.float64)
    expect(String(x.device)).toBe('cpu')
    expect(x.layout).toBe(torch.strided)
    expect([x.ndim, x.dim(), x.numel(), x.nelement(), x.itemsize, x.element_size(), x.nbytes]).toEqual([
      2, 2, 6, 6, 8, 8, 48,
    ])
    expect([x.is_cpu, x.is_cuda, x.is_meta, x.is_sparse, x.is_quantized]).toEqual([true, false, false, false, false])
  })

  it('size and stride of one dimension, as Python refuses wrong ones', () => {
    expect([x.size(0), x.size(-1), x.stride(0), x.stride(-1)]).toEqual([2, 3, 3, 1])
    expect(x.stride()).toEqual([3, 1])
    expect(() => x.size(2)).toThrow('Dimension out of range (expected to be in range of [-2, 1], but got 2)')
    expect(() => x.size(2)).toThrow(torch.IndexError)
    expect(() => torch.tensor(1).size(0)).toThrow(torch.IndexError)
  })

  it('contiguity, offset and address of views', () => {
    const view = x.at(1)
    expect(view.storage_offset()).toBe(3)
    expect(view.data_ptr() - x.data_ptr()).toBe(24n)
    expect(x.t().is_contiguous()).toBe(false)
    const image = torch.zeros(1, 3, 4, 4).to({ memory_format: torch.channels_last })
    expect(image.is_contiguous({ memory_format: torch.channels_last })).toBe(true)
  })

  it('an operator that gives its argument back gives the same object', () => {
    const leaf = torch.randn([3, 3], { requires_grad: true })
    // Autograd holds what an operator made and another took.
    const made = leaf.mul(2)
    const saved = torch.relu(made)
    for (const t of [torch.randn([3, 3]), leaf, made, saved]) {
      t.mul(t)
      expect(t.contiguous()).toBe(t)
      expect(t.to(torch.float32)).toBe(t)
      expect(torch.atleast_1d([t, leaf])[0]).toBe(t)
    }
  })

  it('storage, memory order and quantization', () => {
    const storage = x.untyped_storage()
    expect([
      storage.nbytes(),
      storage.isSame(x.at(1).untyped_storage()),
      storage.isSame(x.clone().untyped_storage()),
    ]).toEqual([48, true, false])
    expect(x.at(1).untyped_storage().data_ptr()).toBe(x.data_ptr())
    expect(String(storage)).toMatch(/^( 0\n){48}\[torch.storage.UntypedStorage\(device=cpu\) of size 48\]$/)
    expect([x.dim_order(), x.t().dim_order()]).toEqual([
      [0, 1],
      [1, 0],
    ])
    const q = torch.quantize_per_tensor(torch.tensor([0.5]), 0.1, 0, torch.qint8)
    expect([q.qscheme(), q.is_quantized]).toEqual([torch.per_tensor_affine, true])
  })

  it('counts changes in place', () => {
    const y = torch.zeros(2)
    const before = y._version
    y.add_(1)
    expect(y._version).toBe(before + 1)
  })
})

describe('conversion', () => {
  const x = torch.tensor([1.5, -2])

  it('to: dtype, device, other tensor, keywords', () => {
    expect(x.to(torch.float32) === x).toBe(true)
    expect(x.to('cpu') === x).toBe(true)
    expect(x.to(torch.float32, { copy: true }) === x).toBe(false)
    expect(x.to(torch.int64).tolist()).toEqual([1, -2])
    expect(x.to(ints([1])).dtype).toBe(torch.int64)
    expect(x.to({ dtype: torch.float64 }).dtype).toBe(torch.float64)
    expect(x.to('meta', torch.float16).is_meta).toBe(true)
    expect(() => x.to('nowhere' as 'cpu')).toThrow(torch.TorchError)
    expect(() => x.to({ dtipe: 1 } as object)).toThrow("unexpected keyword argument 'dtipe'")
  })

  it.each([
    ['float', torch.float32],
    ['double', torch.float64],
    ['half', torch.float16],
    ['bfloat16', torch.bfloat16],
    ['byte', torch.uint8],
    ['char', torch.int8],
    ['short', torch.int16],
    ['int', torch.int32],
    ['long', torch.int64],
    ['bool', torch.bool],
    ['cfloat', torch.complex64],
    ['cdouble', torch.complex128],
  ] as const)('%s()', (method, dtype) => {
    expect(torch.ones(2)[method]().dtype).toBe(dtype)
  })

  it('type by its old names', () => {
    expect(x.type()).toBe('torch.FloatTensor')
    expect(x.type('torch.LongTensor').dtype).toBe(torch.int64)
    expect(x.type(torch.float64).type()).toBe('torch.DoubleTensor')
    expect(() => x.type('torch.NoTensor')).toThrow(TypeError)
  })

  it('item keeps every bit of an int64', async () => {
    expect(torch.tensor(2.5).item()).toBe(2.5)
    expect(torch.tensor(true).item<boolean>()).toBe(true)
    expect(torch.tensor(2n ** 60n + 1n).item<bigint>()).toBe(2n ** 60n + 1n)
    expect(torch.tensor(new torch.Complex(1, -2)).item<torch.Complex>()).toEqual(new torch.Complex(1, -2))
    expect(await torch.tensor(3).itemAsync()).toBe(3)
    expect(() => x.item()).toThrow(torch.TorchError)
  })

  it('tolist and JSON', () => {
    expect(
      torch
        .tensor([
          [1, 2],
          [3, 4],
        ])
        .t()
        .tolist(),
    ).toEqual([
      [1, 3],
      [2, 4],
    ])
    expect(torch.tensor([1n, 2n ** 60n]).tolist()).toEqual([1, 2n ** 60n])
    expect(torch.zeros(2, 0).tolist()).toEqual([[], []])
    expect(JSON.stringify({ x })).toBe('{"x":[1.5,-2]}')
  })

  it('a typed array keeps its memory, whatever becomes of the tensor', () => {
    const changes: ((t: torch.Tensor) => unknown)[] = [
      t => expect(() => t.resize_(10_000_000)).toThrow('not resizable'),
      t => t.set_(torch.zeros(1)),
      t => {
        t.data = torch.zeros(1)
      },
      t => t.dispose(),
    ]
    for (const change of changes) {
      const y = torch.ones(1_000_000)
      const array = y.typedArray()
      change(y)
      // Takes the place of what was freed.
      const other = torch.full([1_000_000], 7)
      expect([array[0], array[999_999], other.numel()]).toEqual([1, 1, 1_000_000])
    }
  })

  it('typedArray shares the memory', () => {
    const y = torch.zeros(2, 2)
    const array = y.typedArray() as Float32Array
    array[3] = 7
    expect(y.tolist()).toEqual([
      [0, 0],
      [0, 7],
    ])
    y.fill_(1)
    expect([...array]).toEqual([1, 1, 1, 1])
    expect(torch.tensor([1, 2], { dtype: torch.bfloat16 }).typedArray()).toBeInstanceOf(Uint16Array)
    expect(torch.tensor([true]).typedArray()).toEqual(new Uint8Array([1]))
    expect(torch.tensor([5n]).typedArray()).toEqual(new BigInt64Array([5n]))
    expect(torch.tensor([new torch.Complex(1, 2)]).typedArray()).toEqual(new Float32Array([1, 2]))
  })

  it('typedArray refuses what has no memory of its own, unless forced', () => {
    const y = torch.tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { requires_grad: true },
    )
    expect(() => y.typedArray()).toThrow("Can't call typedArray() on Tensor that requires grad")
    expect(() => y.detach().t().typedArray()).toThrow(TypeError)
    expect([...(y.t().typedArray({ force: true }) as Float32Array)]).toEqual([1, 3, 2, 4])
  })

  it('new_tensor and new_full keep the dtype', () => {
    const y = torch.zeros(1, { dtype: torch.float64 })
    expect(y.new_tensor([1]).dtype).toBe(torch.float64)
    expect(y.new_full([2], 3).tolist()).toEqual([3, 3])
    expect(y.new_full(2, 3, { dtype: torch.int32, requires_grad: false }).dtype).toBe(torch.int32)
  })
})

describe('JavaScript’s own ways', () => {
  const x = torch.tensor([
    [1, 2],
    [3, 4],
  ])

  it('iterates over rows', () => {
    expect([...x].map(row => row.tolist())).toEqual([
      [1, 2],
      [3, 4],
    ])
    expect(() => [...torch.tensor(1)]).toThrow('iteration over a 0-d tensor')
  })

  it('prints in console.log, also inside of objects', () => {
    expect(inspect(x)).toBe('tensor([[1., 2.],\n        [3., 4.]])')
    expect(inspect({ x })).toBe('{\n  x: tensor([[1., 2.],\n          [3., 4.]])\n}')
    expect(`${torch.tensor(2.5)}`).toBe('tensor(2.5000)')
  })

  it('is a number where it has one element, and never an operand', () => {
    const left = torch.tensor(2.5) as unknown as number
    expect(Number(left)).toBe(2.5)
    expect(left * 2).toBe(5)
    expect(() => left + 1).toThrow('a.add(b)')
    // biome-ignore lint/suspicious/noDoubleEquals: what a Python habit would write
    expect(() => left == 2.5).toThrow(TypeError)
    expect(() => (x as unknown as number) * 2).toThrow('a.mul(b)')
  })

  it('is what instanceof asks for', () => {
    expect(x).toBeInstanceOf(torch.Tensor)
    expect(x.add(1)).toBeInstanceOf(torch.Tensor)
  })

  it('dispose frees; every later use says so', () => {
    const y = torch.ones(3)
    y.dispose()
    y.dispose()
    expect(y.isDisposed).toBe(true)
    expect(String(y)).toBe('tensor(<disposed>)')
    expect(() => y.add(1)).toThrow(/disposed/)
    expect(() => y.shape).toThrow(/disposed/)
  })

  it('isSame tells tensors from objects', () => {
    const y = torch.ones(1, { requires_grad: true })
    y.mul(2).sum().backward()
    expect(y.grad!.isSame(y.grad!)).toBe(true)
    expect(y.isSame(y.detach())).toBe(false)
  })
})

describe('matrices and complex numbers', () => {
  const z = torch.tensor([[new torch.Complex(1, 2), new torch.Complex(3, 4)]])

  it('T, mT, H, mH', () => {
    expect([...z.T.shape]).toEqual([2, 1])
    expect(z.H.resolve_conj().tolist()).toEqual([[new torch.Complex(1, -2)], [new torch.Complex(3, -4)]])
    expect([...torch.zeros(5, 2, 3).mT.shape]).toEqual([5, 3, 2])
    expect([...torch.zeros(5, 2, 3).mH.shape]).toEqual([5, 3, 2])
  })

  it('real and imag are views that can be set', () => {
    const y = z.clone()
    y.imag = 0
    y.real = torch.tensor([7, 8])
    expect(y.tolist()).toEqual([[new torch.Complex(7, 0), new torch.Complex(8, 0)]])
    expect(() => torch.ones(1).imag).toThrow(torch.TorchError)
  })
})

describe('functions as methods', () => {
  const x = torch.tensor([3, 1, 1, 2, 2])

  it('split, unique, norm, lu', () => {
    expect(x.split(2).map(part => part.tolist())).toEqual([[3, 1], [1, 2], [2]])
    expect(x.split([1, 4], { dim: 0 }).map(part => part.numel())).toEqual([1, 4])
    expect(x.unique().tolist()).toEqual([1, 2, 3])
    const [values, counts] = x.unique({ return_counts: true })
    expect([values.tolist(), counts.tolist()]).toEqual([
      [1, 2, 3],
      [2, 2, 1],
    ])
    expect(x.unique_consecutive().tolist()).toEqual([3, 1, 2])
    expect(torch.tensor([3, 4]).norm().item()).toBe(5)
    expect(torch.tensor([3, 4]).norm(1).item()).toBe(7)
    expect(torch.eye(3).lu()[0]!.equal(torch.eye(3))).toBe(true)
  })

  it('apply_ and map_ run JavaScript on each element', () => {
    const y = torch.tensor([
      [1, 2],
      [3, 4],
    ])
    expect(y.apply_((v: number) => v * 10) === y).toBe(true)
    expect(y.tolist()).toEqual([
      [10, 20],
      [30, 40],
    ])
    expect(y.map_(torch.tensor([1, 2]), (a: number, b: number) => a + b).tolist()).toEqual([
      [11, 22],
      [31, 42],
    ])
    expect(
      torch
        .tensor([1n])
        .apply_(() => 2n ** 60n)
        .tolist(),
    ).toEqual([2n ** 60n])
    expect(() => torch.ones(1, { requires_grad: true }).apply_((v: number) => v)).toThrow("Can't call apply_()")
  })

  it('stft and its inverse', () => {
    const signal = torch.sin(torch.arange(64).mul(0.3))
    const window = torch.hann_window(16)
    const spectrum = signal.stft(16, { window, return_complex: true })
    const back = spectrum.istft(16, { window, length: 64 })
    expect(back.sub(signal).abs().max().item()).toBeLessThan(1e-5)
  })
})
