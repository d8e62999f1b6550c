import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { forward_ad, Function: Custom } = torch.autograd
type Ctx = torch.autograd.FunctionCtx
type Tensor = torch.Tensor

describe('forward_ad', () => {
  it('carries a tangent through operators', () => {
    const x = torch.tensor([1, 2, 3])
    const { primal, tangent } = forward_ad.dual_level(() => {
      const dual = forward_ad.make_dual(x, torch.tensor([1, 0, 2]))
      return forward_ad.unpack_dual(dual.pow(2).add(1))
    })
    expect(primal.tolist()).toEqual([2, 5, 10])
    expect(tangent!.tolist()).toEqual([2, 0, 12])
  })

  it('gives null for a tensor without tangent, and outside of levels', () => {
    const x = torch.ones(2)
    expect(forward_ad.unpack_dual(x).tangent).toBe(null)
    expect(forward_ad.dual_level(() => forward_ad.unpack_dual(x).tangent)).toBe(null)
  })

  it('leaves the level when the block throws or its promise settles', async () => {
    expect(() =>
      forward_ad.dual_level(() => {
        throw new RangeError('own words')
      }),
    ).toThrow('own words')
    const tangent = await forward_ad.dual_level(async () => {
      const dual = forward_ad.make_dual(torch.ones(1), torch.ones(1))
      await Promise.resolve()
      return forward_ad.unpack_dual(dual.mul(3)).tangent!.item()
    })
    expect(tangent).toBe(3)
    {
      using _ = forward_ad.dual_level()
      expect(() => forward_ad.enter_dual_level()).toThrow('Nested forward mode AD')
    }
    expect(() => forward_ad.make_dual(torch.ones(1), torch.ones(1))).toThrow('no level exists')
    expect(() => forward_ad.exit_dual_level()).toThrow('not the last one')
  })

  it('is differentiable backwards too', () => {
    const x = torch.tensor([2], { requires_grad: true })
    const grad = forward_ad.dual_level(() => {
      const { tangent } = forward_ad.unpack_dual(forward_ad.make_dual(x, torch.ones(1)).pow(3))
      return torch.autograd.grad(tangent!.sum(), x)[0]!
    })
    expect(grad.item()).toBe(12)
  })

  it('refuses integers and what is no tensor', () => {
    using _ = forward_ad.dual_level()
    const whole = torch.ones(1, { dtype: torch.int64 })
    expect(() => forward_ad.make_dual(whole, torch.ones(1))).toThrow('Expected primal to be floating point')
    expect(() => forward_ad.make_dual(torch.ones(1), 1 as unknown as Tensor)).toThrow(TypeError)
  })

  it('asks a custom function for its jvp', () => {
    class Product extends Custom {
      static forward(ctx: Ctx, x: Tensor, y: Tensor, factor: number) {
        ctx.save_for_forward(x, y)
        ctx.factor = factor
        return x.mul(y).mul(factor)
      }
      static jvp(ctx: Ctx, tx: Tensor, ty: Tensor, none: null) {
        expect(none).toBe(null)
        const [x, y] = ctx.saved_tensors
        return tx
          .mul(y!)
          .add(ty.mul(x!))
          .mul(ctx.factor as number)
      }
      static backward(_ctx: Ctx, grad: Tensor) {
        return [grad, grad, null]
      }
    }
    class Without extends Custom {
      static forward(_ctx: Ctx, x: Tensor) {
        return x.mul(2)
      }
    }
    using _ = forward_ad.dual_level()
    const dual = forward_ad.make_dual(torch.tensor([3]), torch.tensor([1]))
    expect(forward_ad.unpack_dual(Product.apply(dual, torch.tensor([5]), 2)).tangent!.item()).toBe(10)
    expect(() => Without.apply(dual)).toThrow('You must implement the jvp function')
  })
})
