import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

describe('an operator call', () => {
  const x = torch.tensor([
    [1, 2, 3],
    [4, 5, 6],
  ])

  it('chooses the overload by the kinds of its arguments', () => {
    expect(x.max().item()).toBe(6)
    expect(x.max(1).values.tolist()).toEqual([3, 6])
    expect(x.max(1)[1].tolist()).toEqual([2, 2])
    expect(x.max(torch.full([2, 3], 4)).tolist()).toEqual([
      [4, 4, 4],
      [4, 5, 6],
    ])
  })

  it('takes parameters by position, by keyword, and lists spread out', () => {
    expect(x.sum(1, { keepdim: true }).shape).toEqual([2, 1])
    expect(x.sum({ dim: [0, 1] }).item()).toBe(21)
    expect(x.view(3, 2).shape).toEqual([3, 2])
    expect(x.view([3, -1]).shape).toEqual([3, 2])
    expect(torch.zeros(2, 3, { dtype: torch.int64 }).dtype).toBe(torch.int64)
    expect(torch.add({ input: x, other: x, alpha: 2 }).at(0, 0).item()).toBe(3)
  })

  it('keeps whole numbers ints, so that int tensors stay int', () => {
    const ints = torch.tensor([1n, 2n])
    expect(ints.add(1).dtype).toBe(torch.int64)
    expect(ints.add(0.5).dtype).toBe(torch.float32)
    expect(ints.add(true).dtype).toBe(torch.int64)
    expect(torch.tensor([0], { dtype: torch.float64 }).copysign(-0).item()).toBe(-0)
  })

  it('gives back the same object from an in-place operator, and fills out', () => {
    const y = x.clone()
    expect(y.add_(1)).toBe(y)
    const out = torch.empty(2, 3)
    expect(torch.add(x, x, { out })).toBe(out)
    const values = torch.empty(0)
    const indices = torch.empty(0, { dtype: torch.int64 })
    const result = torch.max(x, 1, { out: [values, indices] })
    expect(result.values).toBe(values)
    expect(indices.tolist()).toEqual([2, 2])
  })

  it('says in Python’s words what it can’t take, and which signatures there are', () => {
    // @ts-expect-error a string is no operand
    expect(() => torch.add(x, 'a')).toThrow(/argument 'other' \(position 2\) must be Tensor, not str/)
    // @ts-expect-error a string is no exponent
    expect(() => torch.pow(x, 'a')).toThrow(
      /invalid combination of arguments - got \(Tensor, str\)[\s\S]*\* pow\(Tensor input/,
    )
    // @ts-expect-error no such keyword
    expect(() => torch.add(x, x, { alfa: 1 })).toThrow(TypeError)
    expect(() => torch.mm(x, x)).toThrow(/mat1 and mat2 shapes cannot be multiplied \(2x3 and 2x3\)/)
    try {
      torch.mm(x, x)
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(torch.TorchError)
      expect(error).toMatchObject({ code: 'ERR_TORCH_RUNTIME', operator: 'aten::mm' })
      expect((error as torch.TorchError).shapes).toContain('[2, 3]')
    }
    expect(() => x.index_select(0, torch.tensor([7n]))).toThrow(torch.IndexError)
  })

  it('passes on the exception of a getter as it is', () => {
    const mine = new RangeError('mine')
    const keywords = {
      get keepdim(): boolean {
        throw mine
      },
    }
    expect(() => x.sum(1, keywords)).toThrow(mine)
  })

  it('does not touch a tensor that a getter disposed', () => {
    const y = torch.ones(2)
    const keywords = {
      get alpha(): number {
        y.dispose()
        return 1
      },
    }
    expect(() => torch.add(y, y, keywords)).toThrow(/disposed/)
  })
})
