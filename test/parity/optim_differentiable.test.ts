/** Gradients through a step by the hyperparameters that are tensors, as in PyTorch's `test_differentiable_*`. */
import * as torch from 'torch-node'
import * as optim from 'torch-node/optim'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

const program = `
import json, sys
import torch
from torch import optim
torch.set_num_threads(1)

def told(name, kwargs, hyper):
    torch.manual_seed(3)
    leaves = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in hyper.items()}
    given = {k: v for k, v in leaves.items() if not k.startswith('beta')}
    if 'beta1' in leaves:
        given['betas'] = (leaves['beta1'], leaves['beta2'])
    first = torch.rand(10, dtype=torch.float64, requires_grad=True)
    param = first.clone()
    optimizer = getattr(optim, name)([param], **kwargs, **given, differentiable=True)
    param.grad = torch.rand(10, dtype=torch.float64)
    optimizer.step()
    (param * torch.arange(10)).sum().backward()
    grads = {k: None if v.grad is None else v.grad.item() for k, v in leaves.items()}
    return {'param': param.tolist(), 'first': first.grad.tolist(), 'grads': grads}

print(json.dumps([told(*one) for one in json.load(sys.stdin)]))
`

type Asked = [name: string, kwargs: object, hyper: Record<string, number>]

const asked: Asked[] = [
  ['SGD', {}, { lr: 0.1 }],
  ['SGD', { momentum: 0.9 }, { lr: 0.1 }],
  ['SGD', { momentum: 0.9, nesterov: true, weight_decay: 0.1 }, { lr: 0.1 }],
  ['SGD', {}, { lr: 0.1, weight_decay: 0.1 }],
  ['Adam', {}, { lr: 0.1 }],
  ['Adam', { weight_decay: 0.1, amsgrad: true }, { lr: 0.1 }],
  ['Adam', {}, { lr: 0.1, beta1: 0.9, beta2: 0.99 }],
  ['AdamW', {}, { lr: 0.1 }],
  ['AdamW', { amsgrad: true, maximize: true }, { lr: 0.1, beta1: 0.8, beta2: 0.95 }],
  ...['Adadelta', 'Adagrad', 'Adamax', 'ASGD', 'NAdam', 'RAdam', 'RMSprop', 'Rprop'].map(
    (name): Asked => [name, { lr: 0.1 }, {}],
  ),
]

function run([name, kwargs, hyper]: Asked): unknown {
  torch.manual_seed(3)
  const dtype = torch.float64
  const leaves = new Map(
    Object.entries(hyper).map(([key, value]) => [key, torch.tensor(value, { dtype, requires_grad: true })]),
  )
  const { beta1, beta2, ...given } = Object.fromEntries(leaves)
  const first = torch.rand(10, { dtype, requires_grad: true })
  const param = first.clone()
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: the list says which one.
  const Class = optim[name as 'Adam']
  const betas = beta1 && beta2 ? { betas: [beta1, beta2] as const } : {}
  const optimizer = new Class([param], { ...kwargs, ...given, ...betas, differentiable: true })
  param.grad = torch.rand(10, { dtype })
  optimizer.step()
  param.mul(torch.arange(10)).sum().backward()
  const grads = Object.fromEntries([...leaves].map(([key, leaf]) => [key, leaf.grad?.item() ?? null]))
  return { param: param.tolist(), first: first.grad!.tolist(), grads }
}

describe.skipIf(!python)('gradients by hyperparameters', () => {
  const told = python ? (JSON.parse(runPython(program, { input: JSON.stringify(asked) })) as unknown[]) : []
  for (const [i, one] of asked.entries())
    it(`${one[0]} ${JSON.stringify(one[1])} by ${Object.keys(one[2]).join(', ') || 'the parameter'}`, () => {
      expect(run(one)).toEqual(told[i])
    })

  it('are not to be had of steps over lists', () => {
    const param = torch.ones(2, { requires_grad: true })
    param.grad = torch.ones(2)
    for (const Class of [optim.Adam, optim.NAdam, optim.Rprop]) {
      const optimizer = new Class([param], { foreach: true, differentiable: true })
      expect(() => optimizer.step()).toThrow("_foreach ops don't support autograd")
    }
  })
})
