import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { ops } = torch
const x = torch.tensor([1, 2])

describe('torch.ops', () => {
  it('calls any operator, by overload too', () => {
    expect(ops.aten.add(x, x, { alpha: 2 }).tolist()).toEqual([3, 6])
    expect(ops.aten.add.Tensor(x, x).tolist()).toEqual([2, 4])
    expect(ops.aten.add.Scalar(x, 1).tolist()).toEqual([2, 3])
    expect(ops.aten.relu.default(torch.tensor([-1])).tolist()).toEqual([0])
    const [values] = ops.aten.sort<[torch.Tensor, torch.Tensor]>(x, { descending: true })
    expect(values.tolist()).toEqual([2, 1])
    expect(() => ops.aten.add.Scalar(x, x.view(1, 2))).toThrow(TypeError)
  })

  it('knows what there is', () => {
    expect(ops.aten.relu.overloads()).toContain('default')
    expect(ops.aten.add.Tensor.name()).toBe('aten::add.Tensor')
    expect(ops.aten.add.Tensor.schema).toMatch(/^aten::add\.Tensor\(Tensor self, Tensor other/)
    expect(ops.aten.add).toBe(ops.aten.add)
    expect(ops.aten.nothing_like_it).toBeUndefined()
    expect(ops.nowhere.add).toBeUndefined()
  })

  it('can be awaited and says what it can’t load', async () => {
    expect(await ops).toBe(ops)
    expect(() => ops.load_library('/nowhere/libcustom.so')).toThrow(torch.TorchError)
    expect(ops.loaded_libraries.size).toBe(0)
  })
})
