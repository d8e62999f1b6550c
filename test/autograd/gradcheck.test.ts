import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'

const { gradcheck, gradgradcheck, GradcheckError, Function: Custom } = torch.autograd
type Ctx = torch.autograd.FunctionCtx
type Tensor = torch.Tensor

const random = (...shape: number[]) => torch.randn(shape, { dtype: torch.float64, requires_grad: true })
const randomComplex = (...shape: number[]) => torch.randn(shape, { dtype: torch.complex128, requires_grad: true })

/** x², whose backward is wrong by `factor`. */
function square(factor: number, jvpFactor = factor) {
  return class Square extends Custom {
    static forward(ctx: Ctx, x: Tensor) {
      ctx.save_for_backward(x)
      ctx.save_for_forward(x)
      return x.mul(x)
    }
    static backward(ctx: Ctx, grad: Tensor) {
      return grad.mul(ctx.saved_tensors[0]!).mul(2 * factor)
    }
    static jvp(ctx: Ctx, tangent: Tensor) {
      return tangent.mul(ctx.saved_tensors[0]!).mul(2 * jvpFactor)
    }
  }
}

describe.each([false, true])('gradcheck with fast_mode %s', fast_mode => {
  it('passes what is right', () => {
    const f = (x: Tensor, y: Tensor): [Tensor, Tensor] => [x.matmul(y).tanh(), x.exp().sum()]
    expect(gradcheck(f, [random(2, 3), random(3, 2)], { fast_mode, check_forward_ad: true })).toBe(true)
    expect(gradcheck((x: Tensor) => square(1).apply(x), random(3), { fast_mode, check_forward_ad: true })).toBe(true)
    // Inputs that are not contiguous, and others that need no gradient.
    const g = (x: Tensor, y: Tensor, k: number) => x.mul(y).mul(k)
    const wide = torch.randn([3, 2], { dtype: torch.float64 }).mT.requires_grad_()
    expect(gradcheck(g, [wide, torch.ones([2, 3], { dtype: torch.float64 }), 3], { fast_mode })).toBe(true)
  })

  it('passes complex functions', () => {
    const f = (z: Tensor) => z.mul(z.conj()).add(z.pow(3))
    expect(gradcheck(f, randomComplex(3), { fast_mode, check_forward_ad: true })).toBe(true)
    expect(gradcheck((z: Tensor) => z.abs(), randomComplex(3), { fast_mode })).toBe(true)
    expect(gradcheck((x: Tensor) => torch.complex(x, x.exp()), random(3), { fast_mode })).toBe(true)
  })

  it('finds a wrong backward', () => {
    const f = (x: Tensor) => square(1.1).apply(x)
    expect(() => gradcheck(f, random(3), { fast_mode })).toThrow(GradcheckError)
    expect(() => gradcheck(f, random(3), { fast_mode })).toThrow(
      'Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor(',
    )
    expect(gradcheck(f, random(3), { fast_mode, raise_exception: false })).toBe(false)
    const g = (z: Tensor) => square(1).apply(z)
    // Without the conjugate it is wrong for complex inputs.
    expect(() => gradcheck(g, randomComplex(2), { fast_mode })).toThrow(
      'part of complex outputs only, Jacobian mismatch',
    )
  })

  it('finds a wrong jvp', () => {
    const f = (x: Tensor) => square(1, 1.1).apply(x)
    expect(gradcheck(f, random(3), { fast_mode })).toBe(true)
    expect(() => gradcheck(f, random(3), { fast_mode, check_forward_ad: true })).toThrow(
      'computed with forward mode mismatch',
    )
  })

  it('goes to second derivatives', () => {
    const f = (x: Tensor, y: Tensor) => x.matmul(y).tanh()
    expect(gradgradcheck(f, [random(2, 3), random(3, 2)], { fast_mode })).toBe(true)
    expect(gradgradcheck(f, [random(2, 3), random(3, 2)], random(2, 2), { fast_mode })).toBe(true)
    class Once extends square(1) {
      static override backward(ctx: Ctx, grad: Tensor) {
        return grad.mul(ctx.saved_tensors[0]!.detach()).mul(2)
      }
    }
    expect(gradcheck((x: Tensor) => Once.apply(x), random(3), { fast_mode })).toBe(true)
    expect(() => gradgradcheck((x: Tensor) => Once.apply(x), random(3), { fast_mode })).toThrow(GradcheckError)
  })
})

describe('gradcheck', () => {
  it('finds a backward that changes from pass to pass', () => {
    let calls = 0
    class Moody extends square(1) {
      static override backward(ctx: Ctx, grad: Tensor) {
        return grad.mul(ctx.saved_tensors[0]!).mul(2 + calls++ * 1e-9)
      }
    }
    const f = (x: Tensor) => Moody.apply(x)
    expect(() => gradcheck(f, random(3))).toThrow('Backward is not reentrant')
    expect(gradcheck(f, random(3), { nondet_tol: 1e-3 })).toBe(true)
  })

  it('finds a backward that does not start from its gradient, or can do without none', () => {
    class Ignores extends square(1) {
      static override backward(ctx: Ctx, grad: Tensor) {
        return grad.mul(0).add(1).mul(ctx.saved_tensors[0]!).mul(2)
      }
    }
    expect(() => gradcheck((x: Tensor) => Ignores.apply(x), random(1))).toThrow(
      'backward not multiplied by grad_output',
    )
    class NeedsAll extends square(1) {
      static override forward(ctx: Ctx, x: Tensor) {
        ctx.set_materialize_grads(false)
        return super.forward(ctx, x)
      }
    }
    const f = (x: Tensor) => NeedsAll.apply(x)
    expect(() => gradcheck(f, random(1))).toThrow('Expected backward function to handle undefined output grads')
    expect(gradcheck(f, random(1), { check_undefined_grad: false })).toBe(true)
  })

  it('leaves the inputs as they were', () => {
    const x = random(4)
    const before = x.detach().clone()
    gradcheck((t: Tensor) => t.sin(), x)
    expect(x.detach().equal(before)).toBe(true)
    expect(x.grad).toBe(null)
  })

  it('checks modules with their parameters', () => {
    const modules: [nn.Module, number[]][] = [
      [new nn.Linear(3, 2), [2, 3]],
      [new nn.Conv1d(2, 2, 2), [1, 2, 4]],
      [new nn.LayerNorm(3), [2, 3]],
      [nn.utils.parametrizations.weight_norm(new nn.Linear(2, 2)), [1, 2]],
    ]
    for (const [module, shape] of modules) {
      module.double()
      const f = (x: Tensor) => module(x)
      expect(gradcheck(f as (...inputs: never[]) => Tensor, [random(...shape), ...module.parameters()])).toBe(true)
    }
  })

  it('refuses what it can not check', () => {
    const f = (x: Tensor) => x.sin()
    expect(() => gradcheck(f, torch.ones(2))).toThrow('at least one input tensor to require gradient')
    expect(() => gradcheck(f, torch.ones(1).expand(3).requires_grad_())).toThrow('dimension with stride 0')
    expect(() => gradcheck(f, random(1), { check_backward_ad: false })).toThrow('at least one of check_forward_ad')
    expect(() => gradcheck(() => 1 as unknown as Tensor, random(1))).toThrow('Expected func to return Tensors')
    expect(() => gradcheck(1 as never, random(1))).toThrow(TypeError)
    expect(gradcheck((x: Tensor) => x.detach().mul(0), random(2))).toBe(true)
    expect(() => gradcheck((x: Tensor) => x.detach().mul(2), random(2))).toThrow('expected to be zero')
  })
})
