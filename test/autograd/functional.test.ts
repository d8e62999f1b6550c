import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { functional } = torch.autograd
type Tensor = torch.Tensor

const x = torch.tensor([1, 2, 3], { dtype: torch.float64 })
const y = torch.tensor([[4], [5]], { dtype: torch.float64 })

describe('jacobian', () => {
  it('has the shape of output × input', () => {
    const jac = functional.jacobian((t: Tensor) => t.pow(2), x)
    expect(jac.tolist()).toEqual([
      [2, 0, 0],
      [0, 4, 0],
      [0, 0, 6],
    ])
    expect(functional.jacobian((t: Tensor) => t.sum(), y).shape).toEqual([2, 1])
  })

  it('nests outputs outside, inputs inside', () => {
    const f = (a: Tensor, b: Tensor): [Tensor, Tensor] => [a.mul(b), b.sum()]
    const jac = functional.jacobian(f, [x, y])
    expect(jac.map(row => row.map(t => t.shape))).toEqual([
      [
        [2, 3, 3],
        [2, 3, 2, 1],
      ],
      [[3], [2, 1]],
    ])
    const forward = functional.jacobian(f, [x, y], { strategy: 'forward-mode', vectorize: true })
    for (const [i, row] of jac.entries())
      for (const [j, t] of row.entries()) expect(t.equal(forward[i]![j]!)).toBe(true)
  })

  it('is differentiable with create_graph', () => {
    const leaf = x.clone().requires_grad_()
    const jac = functional.jacobian((t: Tensor) => t.pow(3), leaf, { create_graph: true })
    jac.sum().backward()
    expect(leaf.grad!.tolist()).toEqual([6, 12, 18])
    expect(functional.jacobian((t: Tensor) => t.pow(3), leaf).requires_grad).toBe(false)
  })

  it('refuses independence when strict', () => {
    const constant = () => torch.ones(1)
    expect(functional.jacobian(constant, x).tolist()).toEqual([[0, 0, 0]])
    expect(() => functional.jacobian(constant, x, { strict: true })).toThrow('Output 0 of the user-provided function')
    const first = (a: Tensor, _b: Tensor) => a.mul(2)
    expect(() => functional.jacobian(first, [x, y], { strict: true })).toThrow('is independent of input 1')
    expect(() => functional.jacobian(() => 1 as unknown as Tensor, x)).toThrow(TypeError)
    expect(() => functional.jacobian(constant, x, { strategy: 'forward-mode' })).toThrow('vectorize=True')
  })
})

describe('hessian', () => {
  it('of one and of several inputs', () => {
    expect(functional.hessian((t: Tensor) => t.pow(3).sum(), x).tolist()).toEqual([
      [6, 0, 0],
      [0, 12, 0],
      [0, 0, 18],
    ])
    const [[aa, ab]] = functional.hessian((a: Tensor, b: Tensor) => a.sum().mul(b.sum()), [x, y]) as Tensor[][]
    expect(aa!.tolist()).toEqual([
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ])
    expect(ab!.shape).toEqual([3, 2, 1])
    expect(ab!.sum().item()).toBe(6)
  })

  it('forward over reverse gives the same', () => {
    const f = (t: Tensor) => t.exp().mul(t.sum()).sum()
    const options = { outer_jacobian_strategy: 'forward-mode', vectorize: true } as const
    expect(functional.hessian(f, x, options).allclose(functional.hessian(f, x))).toBe(true)
  })

  it('wants one element', () => {
    expect(() => functional.hessian((t: Tensor) => t, x)).toThrow('should contain a single element')
  })
})

describe('products with vectors', () => {
  const f = (t: Tensor) => t.exp().mul(t.sum())
  const g = (t: Tensor) => f(t).sum()
  const v = torch.tensor([1, -1, 0.5], { dtype: torch.float64 })

  it('equal the products of the matrices', () => {
    const jac = functional.jacobian(f, x)
    const hess = functional.hessian(g, x)
    const [value, left] = functional.vjp(f, x, v)
    expect(value.equal(f(x))).toBe(true)
    expect(left.allclose(v.matmul(jac))).toBe(true)
    expect(functional.jvp(f, x, v)[1].allclose(jac.matmul(v))).toBe(true)
    expect(functional.vhp(g, x, v)[1].allclose(v.matmul(hess))).toBe(true)
    expect(functional.hvp(g, x, v)[1].allclose(hess.matmul(v))).toBe(true)
  })

  it('follow the form of inputs and check the vector', () => {
    const [, products] = functional.vjp((a: Tensor, b: Tensor) => a.sum().add(b.sum()), [x, y])
    expect(products.map(t => t.shape)).toEqual([[3], [2, 1]])
    expect(() => functional.vjp(f, x)).toThrow('The vector v can only be None')
    expect(() => functional.jvp(f, x, torch.ones(2))).toThrow(
      'v has invalid size: should be torch.Size([3]) but got torch.Size([2]).',
    )
    expect(() => functional.hvp(f, x, v)).toThrow('The Tensor returned by the function given to hvp')
  })

  it('are differentiable with create_graph', () => {
    const leaf = x.clone().requires_grad_()
    functional.vhp(g, leaf, v, { create_graph: true })[1].sum().backward()
    expect(leaf.grad).not.toBe(null)
    expect(() => functional.hvp((t: Tensor) => t.sum(), x, v, { strict: true })).toThrow('strict mode')
  })
})
