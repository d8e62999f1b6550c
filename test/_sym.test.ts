import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

describe('functions for symbolic numbers', () => {
  it('compute with plain ones', () => {
    expect([torch.sym_max(1, 2), torch.sym_max(3, 2.5), torch.sym_min(1, 2), torch.sym_min(3n, 2n)]).toEqual([
      2,
      3,
      1,
      2n,
    ])
    expect([torch.sym_int(-2.5), torch.sym_int(2.9), torch.sym_int(5n)]).toEqual([-2, 2, 5n])
    expect([torch.sym_float(2n), torch.sym_float(true), torch.sym_float('1.5')]).toEqual([2, 1, 1.5])
    expect([torch.sym_sum(1, 2.5), torch.sym_sum([1, 2, 3]), torch.sym_sum([])]).toEqual([3.5, 6, 0])
    expect([torch.sym_not(true), torch.sym_not(0), torch.sym_sqrt(4)]).toEqual([false, true, 2])
    expect([torch.sym_ite(true, 1, 2), torch.sym_ite(false, 'a', 'b')]).toEqual([1, 'b'])
    expect(torch.sym_fresh_size(16777217)).toBe(16777217)
  })

  it('refuse what Python refuses', () => {
    expect(() => torch.sym_max(1, 'a' as never)).toThrow('expected int or float, got str')
    expect(() => torch.sym_ite(1 as never, 1, 2)).toThrow('expected SymBool or bool, got int')
    expect(() => torch.sym_ite(true, 1, 'a' as never)).toThrow('type mismatch: int vs str')
  })
})

describe('cond', () => {
  const x = torch.tensor([1, 2])
  const more = (t: torch.Tensor) => t.add(1)
  const less = (t: torch.Tensor) => t.sub(1)

  it('runs one branch', () => {
    expect(torch.cond(true, more, less, [x]).tolist()).toEqual([2, 3])
    expect(torch.cond(x.sum().gt(10), more, less, [x]).tolist()).toEqual([0, 1])
    expect(torch.cond({ pred: 0, true_fn: more, false_fn: less, operands: [x] }).tolist()).toEqual([0, 1])
    expect(
      torch.cond(
        true,
        () => 5,
        () => 6,
      ),
    ).toBe(5)
    expect(
      torch
        .cond(
          true,
          (d: { a: torch.Tensor }) => d.a,
          () => x,
          [{ a: x }],
        )
        .isSame(x),
    ).toBe(true)
  })

  it('gradients flow through the branch', () => {
    const leaf = torch.tensor(3, { requires_grad: true })
    torch.cond(leaf.gt(0), t => t.mul(t), less, [leaf]).backward()
    expect(leaf.grad?.item()).toBe(6)
  })

  it('refuses wrong arguments', () => {
    expect(() => torch.cond(x, more, less, [x])).toThrow('Expected pred to be bool or single-element tensor')
    expect(() => torch.cond('yes' as never, more, less, [x])).toThrow('Expected pred to be bool or tensor, but got str')
    expect(() => torch.cond(true, more, 3 as never, [x])).toThrow('Expect both branches to be callable')
    expect(() => torch.cond(true, more, less, [3 as never])).toThrow('only consists of tensor leaves')
  })
})
