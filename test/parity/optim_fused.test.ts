/** Fused and foreach steps over parameters of two dtypes; and what GradScaler leaves at an optimizer for a fused step. */
import * as torch from 'torch-node'
import * as optim from 'torch-node/optim'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

const program = `
import json, sys
import torch
from torch import optim
torch.set_num_threads(1)

def plain(value):
    if isinstance(value, torch.Tensor):
        return value.detach().to(torch.float64).tolist()
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list):
        return [plain(v) for v in value]
    return value

def told(name, kwargs, scaled):
    torch.manual_seed(3)
    params = [torch.randn(5, 7, dtype=d, requires_grad=True) for d in (torch.float32, torch.float64, torch.float32)]
    optimizer = getattr(optim, name)(params, **kwargs)
    for i in range(8):
        for p in params:
            p.grad = torch.randn(5, 7, dtype=p.dtype)
        if i == 3:
            params[2].grad = None
        if scaled:
            optimizer.grad_scale = torch.tensor(4.0)
            optimizer.found_inf = torch.tensor(float(i == 2 or i == 5))
        optimizer.step()
    return {'params': plain(params), 'state': plain(optimizer.state_dict()['state'])}

print(json.dumps([told(*one) for one in json.load(sys.stdin)]))
`

type Asked = [name: string, kwargs: object, scaled: boolean]

const fused: [name: string, kwargs: object][] = [
  ['SGD', { lr: 0.1 }],
  ['SGD', { lr: 0.1, momentum: 0.9, dampening: 0.25, weight_decay: 0.1 }],
  ['SGD', { lr: 0.1, momentum: 0.9, nesterov: true, maximize: true }],
  ['Adam', { lr: 0.1, weight_decay: 0.1 }],
  ['Adam', { lr: 0.1, amsgrad: true, maximize: true }],
  ['AdamW', { lr: 0.1 }],
  ['Adagrad', { lr: 0.1, lr_decay: 0.1, weight_decay: 0.1 }],
  ['Adagrad', { lr: 0.1, maximize: true }],
]

const together = 'Adadelta Adafactor Adagrad Adam AdamW Adamax ASGD NAdam RAdam RMSprop Rprop SGD'.split(' ')

const asked: Asked[] = [
  ...fused.map(([name, kwargs]): Asked => [name, { ...kwargs, fused: true }, false]),
  ...fused.map(([name, kwargs]): Asked => [name, { ...kwargs, fused: true }, true]),
  ...together.map((name): Asked => [name, { lr: 0.1, foreach: true }, false]),
  ...together.map((name): Asked => [name, { lr: 0.1, foreach: true, maximize: true }, false]),
]

function plain(value: unknown): unknown {
  if (value instanceof torch.Tensor) return value.detach().to(torch.float64).tolist()
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(entries.map(([key, inner]) => [String(key), plain(inner)]))
}

function run([name, kwargs, scaled]: Asked): unknown {
  torch.manual_seed(3)
  const { float32, float64 } = torch
  const params = [float32, float64, float32].map(dtype => torch.randn(5, 7, { dtype, requires_grad: true }))
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: the list says which one.
  const Class = optim[name as 'SGD']
  const optimizer = new Class(params, kwargs)
  for (let i = 0; i < 8; i++) {
    for (const param of params) param.grad = torch.randn(5, 7, { dtype: param.dtype })
    if (i === 3) params[2]!.grad = null
    if (scaled) {
      optimizer.grad_scale = torch.tensor(4)
      optimizer.found_inf = torch.tensor(i === 2 || i === 5 ? 1 : 0)
    }
    optimizer.step()
  }
  return { params: plain(params), state: plain(optimizer.state_dict().state) }
}

describe.skipIf(!python)('parameters of two dtypes', () => {
  const told = python ? (JSON.parse(runPython(program, { input: JSON.stringify(asked) })) as unknown[]) : []
  for (const [i, one] of asked.entries()) {
    const [name, kwargs, scaled] = one
    it(`${name} ${JSON.stringify(kwargs)}${scaled ? ' of scaled gradients' : ''}`, () => {
      const threads = torch.get_num_threads()
      torch.set_num_threads(1)
      expect(run(one)).toEqual(told[i])
      torch.set_num_threads(threads)
    })
  }
})

describe('what GradScaler leaves at an optimizer', () => {
  it('is for fused steps only', () => {
    const param = torch.ones(2, { requires_grad: true })
    param.grad = torch.ones(2)
    for (const Class of [optim.SGD, optim.Adam, optim.Adagrad]) {
      const optimizer = new Class([param])
      expect(optimizer._step_supports_amp_scaling).toBe(false)
      expect(new Class([param], { fused: true })._step_supports_amp_scaling).toBe(true)
      optimizer.found_inf = torch.tensor(0)
      expect(() => optimizer.step()).toThrow('Expected grad_scale and found_inf to be None')
    }
  })
})
