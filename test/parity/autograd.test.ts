/** Derivatives of fresh random inputs, and parametrized modules after one seed, against a live Python. */
import * as torch from 'torch-node'
import { nn } from 'torch-node'
import { describe, expect, it } from 'vitest'
import { expectClose, type Many, numbers } from './numbers.js'
import { python, runPython } from './python.js'

type Tensor = torch.Tensor
const { functional, forward_ad } = torch.autograd

const seed = Math.floor(Math.random() * 2 ** 31)

const prelude = `
import json, sys
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.autograd import functional as AF, forward_ad as fwAD
torch.set_num_threads(1)

def numbers(value):
    if isinstance(value, (tuple, list)): return [numbers(v) for v in value]
    value = value.detach()
    if value.is_complex(): value = torch.view_as_real(value.resolve_conj())
    return value.to(torch.float64).tolist()
`

const f64 = { dtype: torch.float64 }

/** The function both compute with, and another with a scalar result. */
const f = (x: Tensor, y: Tensor): [Tensor, Tensor] => [x.sin().matmul(y), y.exp().sum(0).mul(x.sum())]
const g = (x: Tensor, y: Tensor): Tensor => x.pow(3).matmul(y).tanh().sum()

describe.skipIf(!python)('derivatives are those of Python', () => {
  const program = `${prelude}
torch.manual_seed(${seed})
x, y = torch.randn(2, 3, dtype=torch.float64), torch.randn(3, 2, dtype=torch.float64)
vx, vy = torch.randn_like(x), torch.randn_like(y)
w = (torch.randn(2, 2, dtype=torch.float64), torch.randn(2, dtype=torch.float64))
f = lambda x, y: (x.sin() @ y, y.exp().sum(0) * x.sum())
g = lambda x, y: (x.pow(3) @ y).tanh().sum()
out = {
  'jacobian': AF.jacobian(f, (x, y)),
  'hessian': AF.hessian(g, (x, y)),
  'vjp': AF.vjp(f, (x, y), w),
  'jvp': AF.jvp(f, (x, y), (vx, vy)),
  'vhp': AF.vhp(g, (x, y), (vx, vy)),
  'hvp': AF.hvp(g, (x, y), (vx, vy)),
}
with fwAD.dual_level():
    duals = f(fwAD.make_dual(x, vx), fwAD.make_dual(y, vy))
    out['forward AD'] = [fwAD.unpack_dual(d).tangent for d in duals]
z = torch.randn(4, dtype=torch.complex128, requires_grad=True)
(first,) = torch.autograd.grad((z * z.conj()).abs().sum() + z.pow(3).real.sum(), z, create_graph=True)
from torch.utils.checkpoint import checkpoint
def dropped(reentrant):
    torch.manual_seed(${seed})
    t = torch.randn(4, 5, requires_grad=True)
    y = checkpoint(lambda t: F.dropout(t.exp(), 0.4).mul(torch.rand_like(t)).sin(), t, use_reentrant=reentrant)
    y.sum().backward()
    return [y, t.grad, torch.rand(3)]
out['checkpoint'] = [dropped(False), dropped(True)]
out['complex'] = [first, torch.autograd.grad(first.abs().sum(), z)[0]]
json.dump({k: numbers(v) for k, v in out.items()}, sys.stdout)
`
  const told = python ? (JSON.parse(runPython(program)) as Record<string, unknown>) : {}
  torch.manual_seed(seed)
  const [x, y] = [torch.randn([2, 3], f64), torch.randn([3, 2], f64)]
  const [vx, vy] = [torch.randn_like(x), torch.randn_like(y)]
  const w = [torch.randn([2, 2], f64), torch.randn([2], f64)]
  const z = torch.randn([4], { dtype: torch.complex128, requires_grad: true })

  const mine: Record<string, () => Many> = {
    jacobian: () => functional.jacobian(f, [x, y]),
    hessian: () => functional.hessian(g, [x, y]),
    vjp: () => functional.vjp(f, [x, y], w),
    jvp: () => functional.jvp(f, [x, y], [vx, vy]),
    vhp: () => functional.vhp(g, [x, y], [vx, vy]),
    hvp: () => functional.hvp(g, [x, y], [vx, vy]),
    'forward AD': () =>
      forward_ad.dual_level(() =>
        f(forward_ad.make_dual(x, vx), forward_ad.make_dual(y, vy)).map(t => forward_ad.unpack_dual(t).tangent!),
      ),
    checkpoint: () =>
      [false, true].map(use_reentrant => {
        torch.manual_seed(seed)
        const t = torch.randn([4, 5], { requires_grad: true })
        const dropped = (t: Tensor) => nn.functional.dropout(t.exp(), 0.4).mul(torch.rand_like(t)).sin()
        const y = torch.utils.checkpoint.checkpoint(dropped, t, { use_reentrant })
        y.sum().backward()
        return [y, t.grad!, torch.rand(3)]
      }),
    complex: () => {
      const value = z
        .mul(z.conj())
        .abs()
        .sum()
        .add(torch.real(z.pow(3)).sum())
      const [first] = torch.autograd.grad(value, z, { create_graph: true })
      return [first!, torch.autograd.grad(first!.abs().sum(), z)[0]!]
    },
  }
  for (const [name, compute] of Object.entries(mine))
    it(name, () => expectClose(numbers(compute()), told[name], `${name}, seed ${seed}`))
})

const P = nn.utils.parametrizations

/** A parametrized module in Python, the same here, and the shape of its input. */
const modules: [python: string, make: () => nn.AnyModule, shape: number[]][] = [
  ['P.weight_norm(nn.Linear(4, 3))', () => P.weight_norm(new nn.Linear(4, 3)), [2, 4]],
  ['P.weight_norm(nn.Conv2d(2, 3, 2), dim=1)', () => P.weight_norm(new nn.Conv2d(2, 3, 2), { dim: 1 }), [1, 2, 4, 4]],
  ['P.weight_norm(nn.Linear(4, 3), dim=None)', () => P.weight_norm(new nn.Linear(4, 3), 'weight', null), [2, 4]],
  ['P.spectral_norm(nn.Linear(4, 3))', () => P.spectral_norm(new nn.Linear(4, 3)), [2, 4]],
  [
    'P.spectral_norm(nn.ConvTranspose2d(2, 3, 2), n_power_iterations=2)',
    () => P.spectral_norm(new nn.ConvTranspose2d(2, 3, 2), { n_power_iterations: 2 }),
    [1, 2, 4, 4],
  ],
  ['P.orthogonal(nn.Linear(4, 4))', () => P.orthogonal(new nn.Linear(4, 4)), [2, 4]],
  [
    "P.orthogonal(nn.Linear(3, 5), 'weight', 'cayley')",
    () => P.orthogonal(new nn.Linear(3, 5), 'weight', 'cayley'),
    [2, 3],
  ],
  ['P.orthogonal(nn.Linear(5, 3))', () => P.orthogonal(new nn.Linear(5, 3)), [2, 5]],
  [
    "P.orthogonal(nn.Linear(3, 3), 'weight', 'householder', use_trivialization=False)",
    () => P.orthogonal(new nn.Linear(3, 3), 'weight', 'householder', { use_trivialization: false }),
    [2, 3],
  ],
]

modules.push(
  ['U.weight_norm(nn.Conv1d(2, 3, 2))', () => nn.utils.weight_norm(new nn.Conv1d(2, 3, 2)), [1, 2, 5]],
  ['U.spectral_norm(nn.Linear(4, 3))', () => nn.utils.spectral_norm(new nn.Linear(4, 3)), [2, 4]],
  [
    'U.spectral_norm(nn.ConvTranspose1d(2, 3, 2), n_power_iterations=3)',
    () => nn.utils.spectral_norm(new nn.ConvTranspose1d(2, 3, 2), { n_power_iterations: 3 }),
    [1, 2, 5],
  ],
)

describe.skipIf(!python)('parametrized modules are those of Python', () => {
  const program = `${prelude}
import torch.nn.utils.parametrizations as P
import torch.nn.utils as U
def run(code, shape):
    torch.manual_seed(${seed})
    module = eval(code)
    x = torch.randn(shape)
    module(x).pow(2).sum().backward()
    return {
      'keys': list(module.state_dict()), 'state': [numbers(t) for t in module.state_dict().values()],
      'grads': [numbers(p.grad) for p in module.parameters()], 'weight': numbers(module.weight), 'text': str(module),
    }
json.dump([run(code, shape) for code, shape in json.load(sys.stdin)], sys.stdout)
`
  interface Told {
    keys: string[]
    state: unknown
    grads: unknown
    weight: unknown
    text: string
  }
  const input = JSON.stringify(modules.map(([code, , shape]) => [code, shape]))
  const told = python ? (JSON.parse(runPython(program, { input })) as Told[]) : []
  for (const [i, [code, make, shape]] of modules.entries()) {
    it(code, () => {
      torch.manual_seed(seed)
      const module = make() as nn.Module
      const x = torch.randn(shape)
      module(x).pow(2).sum().backward()
      const wanted = told[i]!
      expect(Object.keys(module.state_dict())).toEqual(wanted.keys)
      expect(String(module)).toBe(wanted.text)
      expectClose(numbers(Object.values(module.state_dict())), wanted.state, `state, seed ${seed}`)
      expectClose(numbers(module.parameters().map(p => p.grad!)), wanted.grads, `gradients, seed ${seed}`)
      expectClose(numbers((module as unknown as nn.Linear).weight), wanted.weight, `weight, seed ${seed}`)
    })
  }
})
