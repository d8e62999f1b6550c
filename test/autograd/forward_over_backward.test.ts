import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'

const { forward_ad, grad } = torch.autograd
const F = torch.nn.functional
type Tensor = torch.Tensor

/** Hessian times `v`, by forward mode over the backward pass and by two backward passes. */
function both(f: (x: Tensor) => Tensor, x: Tensor, v: Tensor): [Tensor, Tensor] {
  const forward = forward_ad.dual_level(() => {
    const dual = forward_ad.make_dual(x.clone().requires_grad_(), v)
    const [gradient] = grad(f(dual), dual, { create_graph: true })
    return forward_ad.unpack_dual(gradient!).tangent!
  })
  const leaf = x.clone().requires_grad_()
  const [gradient] = grad(f(leaf), leaf, { create_graph: true })
  const [backward] = grad(gradient!.mul(v).sum(), leaf)
  return [forward, backward!]
}

const double = { dtype: torch.float64 }
/** Weighs the elements, so that their gradients differ. */
const weigh = (y: Tensor) => y.pow(2).mul(torch.arange(y.numel(), double).reshape(y.shape).add(1)).sum()
const classes = (...values: number[]) => torch.tensor(values, { dtype: torch.int64 })
const ramp = torch.linspace(0.5, 2, 4, double)

describe('forward mode over backward', () => {
  const cases: [name: string, shape: number[], f: (x: Tensor) => Tensor][] = [
    ['softmax', [3, 4], x => weigh(F.softmax(x, 1))],
    ['log_softmax', [3, 4], x => weigh(F.log_softmax(x, 1))],
    ['logsigmoid', [3, 4], x => weigh(F.logsigmoid(x))],
    ['cross_entropy', [3, 4], x => F.cross_entropy(x, classes(0, 3, 1)).pow(2)],
    [
      'cross_entropy with weights and ignored rows',
      [3, 4],
      x => weigh(F.cross_entropy(x, classes(0, 3, -100), { weight: ramp, reduction: 'none' })),
    ],
    ['cross_entropy of one row', [4], x => F.cross_entropy(x, torch.tensor(2, { dtype: torch.int64 })).pow(2)],
    [
      'cross_entropy of pictures',
      [2, 4, 1, 2],
      x => F.cross_entropy(x, classes(0, 3, 1, 2).reshape([2, 1, 2]), { weight: ramp }).pow(2),
    ],
    ['layer_norm', [3, 4], x => weigh(F.layer_norm(x, [4], ramp, torch.ones(4, double)))],
    ['layer_norm of everything, without weights', [3, 4], x => weigh(F.layer_norm(x, [3, 4]))],
    ['batch_norm in training', [5, 4, 2], x => weigh(F.batch_norm(x, null, null, ramp, ramp, true))],
    ['batch_norm in evaluation', [5, 4], x => weigh(F.batch_norm(x, ramp, ramp, ramp, ramp, false))],
  ]
  it.each(cases)('%s', (_name, shape, f) => {
    torch.manual_seed(0)
    const [forward, backward] = both(f, torch.randn(shape, double), torch.randn(shape, double))
    expect(backward.abs().max().item()).toBeGreaterThan(1e-3)
    expect(forward.allclose(backward), `${forward}\n${backward}`).toBe(true)
  })
})
