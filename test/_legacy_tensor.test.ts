import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'

const x = torch.tensor([1, 2])

describe('torch.FloatTensor and its like', () => {
  it('take sizes, lists, tensors, storages or nothing, with and without new', () => {
    expect([...torch.FloatTensor(2, 3).shape]).toEqual([2, 3])
    expect([...torch.FloatTensor(torch.zeros(4, 1).shape).shape]).toEqual([4, 1])
    expect([...torch.FloatTensor({ size: [5] }).shape]).toEqual([5])
    expect(new torch.DoubleTensor([[1, 2.5]]).tolist()).toEqual([[1, 2.5]])
    expect(torch.LongTensor([1.7, -2.2]).tolist()).toEqual([1, -2])
    expect(torch.BoolTensor([true, false]).dtype).toBe(torch.bool)
    expect([...torch.HalfTensor().shape]).toEqual([0])
    expect(torch.FloatTensor(torch.FloatStorage([3, 4])).tolist()).toEqual([3, 4])
  })

  it('alias a tensor of their dtype and refuse others', () => {
    const source = torch.zeros(2)
    const alias = torch.FloatTensor(source)
    alias.fill_(7)
    expect(source.tolist()).toEqual([7, 7])
    expect(alias.isSame(source)).toBe(false)
    expect(() => torch.LongTensor(source)).toThrow(TypeError)
    expect(() => torch.FloatTensor(source, { device: 'cpu' })).toThrow(
      'torch.Tensor(tensor, device=device) is not supported',
    )
    expect(() => torch.FloatTensor(torch.DoubleStorage(2))).toThrow('Expected a Storage of type Float')
  })

  it('refuse what is neither', () => {
    const call = torch.FloatTensor as unknown as (...args: unknown[]) => torch.Tensor
    expect(() => call(2.5)).toThrow('new(): data must be a sequence (got float)')
    expect(() => call('ab')).toThrow("new(): invalid data type 'str'")
    expect(() => call([1], 2)).toThrow('new() received an invalid combination of arguments')
    expect(() => call({ shape: [1] })).toThrow("unexpected keyword argument 'shape'")
    expect(() => torch.LongTensor(3, -1)).toThrow('negative dimension -1')
  })

  it('are classes to instanceof, and tell their dtype', () => {
    expect(x instanceof torch.FloatTensor).toBe(true)
    expect(x instanceof torch.LongTensor).toBe(false)
    expect({} instanceof (torch.FloatTensor as unknown as typeof Object)).toBe(false)
    expect([torch.CharTensor.dtype, torch.CharTensor.is_cuda, torch.CharTensor.is_sparse]).toEqual([
      torch.int8,
      false,
      false,
    ])
    expect(String(torch.ByteTensor)).toBe("<class 'torch.ByteTensor'>")
  })
})

describe('torch.Tensor', () => {
  afterEach(() => torch.set_default_tensor_type(torch.FloatTensor))

  it('makes tensors of the default dtype, with and without new', () => {
    expect([...torch.Tensor(2, 3).shape]).toEqual([2, 3])
    expect(new torch.Tensor([1, 2]).tolist()).toEqual([1, 2])
    torch.set_default_tensor_type('torch.DoubleTensor')
    expect(torch.Tensor([1]).dtype).toBe(torch.float64)
    expect(torch.Tensor(torch.tensor([1n])).dtype).toBe(torch.int64)
  })

  it('is still the class', () => {
    class Loud extends torch.Tensor {
      shout() {
        return `${this.sum().item()}!`
      }
    }
    expect(x instanceof torch.Tensor).toBe(true)
    expect(new torch.nn.Parameter(x) instanceof torch.Tensor).toBe(true)
    expect(new Loud(torch.ones(2)).isSame(torch.ones(2))).toBe(false)
    const leaf = torch.ones(3, { requires_grad: true })
    const loud = leaf.mul(2).as_subclass(Loud)
    expect([loud.shout(), loud instanceof Loud]).toEqual(['6!', true])
    loud.sum().backward()
    expect(leaf.grad?.tolist()).toEqual([2, 2, 2])
    expect(() => x.as_subclass(Map as never)).toThrow(TypeError)
  })

  it('refuses integers and CUDA as defaults', () => {
    expect(() => torch.set_default_tensor_type(torch.LongTensor)).toThrow('only floating-point types')
    expect(() => torch.set_default_tensor_type('torch.NoTensor')).toThrow("invalid type: 'torch.NoTensor'")
    if (!torch.has_cuda)
      expect(() => torch.set_default_tensor_type('torch.cuda.FloatTensor')).toThrow('not compiled with CUDA')
  })
})

describe('old methods', () => {
  it('new, type', () => {
    expect(torch.tensor([1n]).new([1.7]).tolist()).toEqual([1])
    expect([...x.new(2, 3).shape]).toEqual([2, 3])
    expect(() => x.new(x, { device: 'cpu' })).toThrow('tensor.new(tensor, device=device) is not supported')
    expect(x.type(torch.LongTensor).dtype).toBe(torch.int64)
    expect(x.type('torch.DoubleTensor').dtype).toBe(torch.float64)
    expect(x.type()).toBe('torch.FloatTensor')
    expect(() => x.type(3 as never)).toThrow('dtype must be a type, str, or dtype object')
    expect(() => torch.set_default_tensor_type(null as never)).toThrow('invalid type object')
  })

  it('resize and resize_as change the shape alone', () => {
    const leaf = torch.ones(2, 3, { requires_grad: true })
    expect([...leaf.resize(3, 2).shape]).toEqual([3, 2])
    leaf.t().resize_as(torch.ones(6)).mul(torch.arange(6)).sum().backward()
    expect(leaf.grad?.tolist()).toEqual([
      [0, 2, 4],
      [1, 3, 5],
    ])
    expect(() => leaf.resize(7)).toThrow(
      'requested resize to 7 (7 elements in total), but the given tensor has a size of 2x3',
    )
  })

  it('those that are gone tell what to write instead', () => {
    expect(() => x.eig()).toThrow('torch.linalg.eig(A)')
    expect(() => x.symeig()).toThrow("torch.linalg.eigh(A, UPLO='U' if upper else 'L')")
    expect(() => x.lstsq(x)).toThrow('X = torch.linalg.lstsq(A, B).solution')
    expect(() => x.solve(x)).toThrow('X = torch.linalg.solve(A, B)')
    expect(() => x.reinforce()).toThrow('loss = -m.log_prob(action) * reward')
    expect(x.volatile).toBe(false)
  })

  it('map2_, to_sparse_coo, module_load, const_data_ptr', () => {
    const y = torch.tensor([1, 2])
    expect(y.map2_<number>(torch.tensor([10, 20]), torch.tensor(100), (a, b, c) => a + b + c)).toBe(y)
    expect(y.tolist()).toEqual([111, 122])
    expect(() => y.map2_(y.clone().requires_grad_(), y, a => a)).toThrow(
      "Can't call map2_() on Variable that requires grad",
    )
    expect(y.to_sparse_coo().layout).toBe(torch.sparse_coo)
    expect(y.const_data_ptr()).toBe(y.data_ptr())
    const source = torch.tensor([5, 6], { requires_grad: true })
    const loaded = y.module_load(source.detach())
    expect([loaded.tolist(), y.tolist(), loaded.data_ptr() === y.data_ptr()]).toEqual([[5, 6], [5, 6], true])
    expect(y.module_load(source, { assign: true }).data_ptr()).toBe(source.data_ptr())
  })

  it('devices that this build lacks', () => {
    expect([x.is_ipu, x.is_maia, x.is_mps, x.is_mtia, x.is_nested, x.is_vulkan, x.is_xla, x.is_xpu]).toEqual(
      Array(8).fill(false),
    )
    for (const device of ['ipu', 'xpu', 'mtia'] as const)
      expect(() => x[device]()).toThrow(`PyTorch is not linked with support for ${device} devices`)
  })

  it('grad_dtype decides which gradients a leaf takes', () => {
    const leaf = torch.zeros(2, { requires_grad: true })
    expect(leaf.grad_dtype).toBe(torch.float32)
    leaf.grad_dtype = torch.float64
    leaf.mul(2).sum().backward()
    expect(leaf.grad?.dtype).toBe(torch.float64)
    leaf.grad_dtype = null
    expect(leaf.grad_dtype).toBe(null)
    expect(() => {
      leaf.grad_dtype = torch.float16
    }).toThrow('already a gradient with dtype')
    expect(() => leaf.mul(2).grad_dtype).toThrow('can only be accessed on leaf tensors')
    expect(() => {
      leaf.grad_dtype = 3 as never
    }).toThrow('grad_dtype must be a torch.dtype or None, but got int')
  })
})

describe('dtypes without operators', () => {
  it('have names, sizes and kinds', () => {
    expect(String(torch.bit)).toBe('torch.uint1')
    for (const kind of [torch.int1, torch.int7, torch.uint3, torch.float4_e2m1fn_x2, torch.bits8, torch.bits4x2])
      expect(kind.itemsize).toBe(1)
    expect(torch.bits16.itemsize).toBe(2)
    expect([torch.int4.is_signed, torch.uint4.is_signed, torch.float4_e2m1fn_x2.is_signed]).toEqual([true, false, true])
    expect(() => torch.bits8.is_signed).toThrow('Bits types are undefined')
    expect(() => torch.qint8.is_signed).toThrow('isSignedType not supported for quantized types')
    expect(torch.empty([2], { dtype: torch.int3 }).dtype).toBe(torch.int3)
    expect(() => torch.iinfo(torch.int4)).toThrow(TypeError)
  })
})
