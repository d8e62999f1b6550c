/** Gradcheck of sparse inputs, what checkpoints see and do, and layouts of gradients, against a live Python. */
import * as torch from 'torch-node'
import { utils } from 'torch-node'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

type Tensor = torch.Tensor
const { gradcheck } = torch.autograd
const { checkpoint, create_selective_checkpoint_contexts, SAC_IGNORED_OPS } = utils.checkpoint

const seed = Math.floor(Math.random() * 2 ** 31)
const { sparse_coo, sparse_csr, sparse_csc, sparse_bsr, sparse_bsc } = torch
const layouts = { sparse_coo, sparse_csr, sparse_csc, sparse_bsr, sparse_bsc }

const program = `
import itertools, json
import torch
from torch.autograd import gradcheck
from torch.autograd.gradcheck import get_numerical_jacobian, get_analytical_jacobian, GradcheckError
from torch.utils.checkpoint import checkpoint, create_selective_checkpoint_contexts, SAC_IGNORED_OPS
torch.set_num_threads(1)
torch.manual_seed(${seed})

dense = torch.tensor([[1.5, 0, 0, 2], [0, 0.5, 0, 0], [0, 0, 0, 0], [3, 0, 0, -1]], dtype=torch.float64)
functions = {
  'masked': lambda x: x.to_dense(masked_grad=True).sin(),
  'unmasked': lambda x: x.to_dense(masked_grad=False).sin(),
}
out = {'checks': {}}
for layout, (name, fn), masked, fast in itertools.product(${JSON.stringify(Object.keys(layouts))}, functions.items(), [True, False], [True, False]):
    x = dense.to_sparse(layout=getattr(torch, layout), **({'blocksize': (2, 2)} if 'bs' in layout else {})).requires_grad_()
    try:
        out['checks'][f'{layout} {name} {masked} {fast}'] = gradcheck(fn, x, masked=masked, fast_mode=fast)
    except GradcheckError as e:
        out['checks'][f'{layout} {name} {masked} {fast}'] = 'GradcheckError'
    except Exception as e:
        out['checks'][f'{layout} {name} {masked} {fast}'] = type(e).__name__
try:
    gradcheck(lambda x: x, dense.to_sparse().requires_grad_())
except ValueError as e:
    out['sparse output'] = str(e)

x = torch.randn(3, dtype=torch.float64, requires_grad=True)
f = lambda x: x.outer(x.sin()).sum(0)
out['x'] = x.tolist()
out['numerical'] = get_numerical_jacobian(lambda inputs: f(inputs[0]), (x,), eps=1e-6)[0].tolist()
jacobians, *flags = get_analytical_jacobian((x,), f(x))
out['analytical'], out['flags'] = jacobians[0].tolist(), flags

asked = []
def policy(ctx, op, *args, **kwargs):
    asked.append([op.name(), len(args)])
    return True
def g(x, w):
    h = torch.nn.functional.layer_norm(torch.nn.functional.linear(x, w), (3,))
    h = torch.nn.functional.softmax(h.view(3, -1), -1).add_(1)
    return torch.einsum('ij,jk->ik', h, h).amax(dim=1, keepdim=True).expand(3, 3)
x, w = torch.ones(3, 3, requires_grad=True), torch.ones(3, 3, requires_grad=True)
y = checkpoint(g, x, w, use_reentrant=False, context_fn=lambda: create_selective_checkpoint_contexts(policy))
out['asked'] = asked
out['ignored'] = sorted(op.name() for op in SAC_IGNORED_OPS)

strides = []
for enforce in (True, False):
    p = torch.empty(2, 3, 4).permute(2, 0, 1).requires_grad_()
    with torch.autograd.enforce_grad_layout_policy(enforce):
        p.mul(torch.ones(4, 2, 3)).sum().backward()
    strides.append(list(p.grad.stride()))
out['strides'] = strides
print(json.dumps(out))
`

interface Told {
  checks: Record<string, boolean | string>
  'sparse output': string
  x: number[]
  numerical: number[][]
  analytical: number[][]
  flags: boolean[]
  asked: [string, number][]
  ignored: string[]
  strides: number[][]
}

const options = { dtype: torch.float64 }
const dense = () =>
  torch.tensor(
    [
      [1.5, 0, 0, 2],
      [0, 0.5, 0, 0],
      [0, 0, 0, 0],
      [3, 0, 0, -1],
    ],
    options,
  )

describe.skipIf(!python)('the graph is that of Python', () => {
  const told = python ? (JSON.parse(runPython(program)) as Told) : null

  it('gradcheck judges functions of sparse tensors alike', () => {
    const functions = {
      masked: (x: Tensor) => x.to_dense({ masked_grad: true }).sin(),
      unmasked: (x: Tensor) => x.to_dense({ masked_grad: false }).sin(),
    }
    const mine: Record<string, boolean | string> = {}
    for (const [at, layout] of Object.entries(layouts))
      for (const [name, fn] of Object.entries(functions))
        for (const masked of [true, false])
          for (const fast_mode of [true, false]) {
            const blocksize = at.includes('bs') ? [2, 2] : null
            const x = dense().to_sparse({ layout, blocksize }).requires_grad_()
            const key = `${at} ${name} ${masked ? 'True' : 'False'} ${fast_mode ? 'True' : 'False'}`
            try {
              mine[key] = gradcheck(fn, x, { masked, fast_mode })
            } catch (error) {
              mine[key] = (error as Error).name
            }
          }
    expect(mine).toEqual(told!.checks)
    expect(() => gradcheck((x: Tensor) => x, dense().to_sparse().requires_grad_())).toThrow(told!['sparse output'])
  })

  it('the deprecated entries give the same Jacobians', () => {
    const { get_numerical_jacobian, get_analytical_jacobian } = gradcheck
    const x = torch.tensor(told!.x, { ...options, requires_grad: true })
    const f = (t: Tensor) => t.outer(t.sin()).sum(0)
    const [numerical] = get_numerical_jacobian(inputs => f((inputs as Tensor[])[0]!), [x], { eps: 1e-6 })
    const [analytical, ...flags] = get_analytical_jacobian([x], f(x))
    expect(numerical!.allclose(torch.tensor(told!.numerical, options), { rtol: 1e-7 })).toBe(true)
    expect(analytical[0]!.allclose(torch.tensor(told!.analytical, options), { rtol: 1e-12 })).toBe(true)
    expect(flags).toEqual(told!.flags)
  })

  it('a policy is asked about the same operators, with as many arguments', () => {
    const F = torch.nn.functional
    const asked: [string, number][] = []
    const context_fn = () =>
      create_selective_checkpoint_contexts((_, op, ...args) => {
        asked.push([op.name(), args.length])
        return true
      })
    const g = (x: Tensor, w: Tensor) => {
      const h = F.softmax(F.layer_norm(F.linear(x, w), [3]).view(3, -1), -1).add_(1)
      return torch
        .einsum('ij,jk->ik', h, h)
        .amax({ dim: [1], keepdim: true })
        .expand(3, 3)
    }
    const [x, w] = [torch.ones([3, 3], { requires_grad: true }), torch.ones([3, 3], { requires_grad: true })]
    checkpoint(g, x, w, { use_reentrant: false, context_fn })
    expect(asked).toEqual(told!.asked)
    const ignored = [...SAC_IGNORED_OPS].map(op => op.name()).sort()
    // LibTorch without Python's part has not all of them.
    expect(told!.ignored).toEqual(expect.arrayContaining(ignored))
    expect(ignored).toContain('aten::detach')
  })

  it('gradients have the same layout', () => {
    const mine = [true, false].map(enforce => {
      const p = torch.empty([2, 3, 4]).permute([2, 0, 1]).requires_grad_()
      torch.autograd.enforce_grad_layout_policy(enforce, () =>
        p
          .mul(torch.ones(4, 2, 3))
          .sum()
          .backward(),
      )
      return [...p.grad!.stride()]
    })
    expect(mine).toEqual(told!.strides)
  })
})
