/** Twenty steps of every optimizer in both languages: parameters, state and printed form, to the last bit. */
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import * as optim from 'torch-node/optim'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

interface OptimizerCase {
  python: string
  make(params: nn.Parameter[], model: nn.Module): optim.AnyOptimizer
}

const optimizer = (code: string, make: OptimizerCase['make']): OptimizerCase => ({ python: code, make })

const cases: OptimizerCase[] = [
  optimizer('SGD(p)', p => new optim.SGD(p)),
  optimizer('SGD(p, 0.1)', p => new optim.SGD(p, 0.1)),
  optimizer('SGD(p, lr=0.1, momentum=0.9)', p => new optim.SGD(p, { lr: 0.1, momentum: 0.9 })),
  optimizer(
    'SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-3, nesterov=True)',
    p => new optim.SGD(p, { lr: 0.05, momentum: 0.9, weight_decay: 1e-3, nesterov: true }),
  ),
  optimizer(
    'SGD(p, lr=1e-3, momentum=0.8, dampening=0.3, maximize=True)',
    p => new optim.SGD(p, { lr: 1e-3, momentum: 0.8, dampening: 0.3, maximize: true }),
  ),
  optimizer(
    'SGD(p, lr=torch.tensor(0.05), weight_decay=0.1)',
    p => new optim.SGD(p, { lr: torch.tensor(0.05), weight_decay: 0.1 }),
  ),
  optimizer(
    'SGD(p, lr=0.05, momentum=0.9, fused=True)',
    p => new optim.SGD(p, { lr: 0.05, momentum: 0.9, fused: true }),
  ),
  optimizer(
    'SGD(p, lr=0.05, momentum=0.9, foreach=True)',
    p => new optim.SGD(p, { lr: 0.05, momentum: 0.9, foreach: true }),
  ),
  optimizer(
    "SGD([{'params': p[:1], 'lr': 0.5}, {'params': p[1:]}], lr=0.01, momentum=0.9)",
    p => new optim.SGD([{ params: p.slice(0, 1), lr: 0.5 }, { params: p.slice(1) }], { lr: 0.01, momentum: 0.9 }),
  ),
  optimizer(
    'SGD(model.named_parameters(), lr=0.1)',
    (_, model) => new optim.SGD(model.named_parameters(), { lr: 0.1 }),
  ),
  optimizer('Adam(p)', p => new optim.Adam(p)),
  optimizer('Adam(p, 0.01, (0.8, 0.99), 1e-6)', p => new optim.Adam(p, 0.01, [0.8, 0.99], 1e-6)),
  optimizer('Adam(p, lr=0.01, weight_decay=0.1)', p => new optim.Adam(p, { lr: 0.01, weight_decay: 0.1 })),
  optimizer(
    'Adam(p, lr=0.01, amsgrad=True, maximize=True)',
    p => new optim.Adam(p, { lr: 0.01, amsgrad: true, maximize: true }),
  ),
  optimizer('Adam(p, lr=torch.tensor(0.01))', p => new optim.Adam(p, { lr: torch.tensor(0.01) })),
  optimizer('Adam(p, lr=0.01, foreach=True)', p => new optim.Adam(p, { lr: 0.01, foreach: true })),
  optimizer(
    'Adam(p, lr=0.01, weight_decay=0.1, fused=True)',
    p => new optim.Adam(p, { lr: 0.01, weight_decay: 0.1, fused: true }),
  ),
  optimizer('AdamW(p)', p => new optim.AdamW(p)),
  optimizer(
    'AdamW(p, lr=0.01, weight_decay=0.3, amsgrad=True)',
    p => new optim.AdamW(p, { lr: 0.01, weight_decay: 0.3, amsgrad: true }),
  ),
  optimizer(
    'AdamW(p, lr=torch.tensor(0.01), weight_decay=0.3)',
    p => new optim.AdamW(p, { lr: torch.tensor(0.01), weight_decay: 0.3 }),
  ),
  optimizer('AdamW(p, lr=0.01, fused=True)', p => new optim.AdamW(p, { lr: 0.01, fused: true })),
]

/** What one language says of one case. */
interface Account {
  printed: string
  losses: unknown[]
  params: unknown[]
  groups: unknown
  state: unknown
}

const program = `
import json, sys
import torch
from torch import nn
from torch.optim import *
torch.set_num_threads(1)

def plain(value):
    if isinstance(value, torch.Tensor):
        return value.detach().to(torch.float64).tolist()
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    return value

def account(code, dtype):
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 3, bias=False), nn.Linear(3, 2)).to(dtype)
    p = list(model.parameters())
    optimizer = eval(code)
    x = torch.randn(8, 5, dtype=dtype)
    y = torch.randn(8, 2, dtype=dtype)
    losses = []
    for i in range(20):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(x), y)
        loss.backward()
        if i % 3 == 2:
            p[1].grad = None
        optimizer.step()
        losses.append(loss.item())
    saved = optimizer.state_dict()
    return {'printed': repr(optimizer), 'losses': losses, 'params': plain(p), 'groups': plain(saved['param_groups']), 'state': plain(saved['state'])}

json.dump([account(code, getattr(torch, dtype)) for code, dtype in json.load(sys.stdin)], sys.stdout)
`

function plain(value: unknown): unknown {
  if (value instanceof torch.Tensor) return value.detach().to(torch.float64).tolist()
  if (Array.isArray(value)) return value.map(plain)
  const entries = value instanceof Map ? [...value] : typeof value === 'object' && value ? Object.entries(value) : null
  return entries ? Object.fromEntries(entries.map(([key, inner]) => [String(key), plain(inner)])) : value
}

function account({ make }: OptimizerCase, dtype: torch.dtype): Account {
  torch.manual_seed(3)
  const model = new nn.Sequential(
    new nn.Linear(5, 7),
    new nn.Tanh(),
    new nn.Linear(7, 3, { bias: false }),
    new nn.Linear(3, 2),
  ).to(dtype)
  const params = model.parameters()
  const made = make(params, model)
  const x = torch.randn(8, 5, { dtype })
  const y = torch.randn(8, 2, { dtype })
  const losses: unknown[] = []
  for (let i = 0; i < 20; i++) {
    made.zero_grad()
    const loss = nn.functional.mse_loss(model(x), y)
    loss.backward()
    if (i % 3 === 2) params[1]!.grad = null
    made.step()
    losses.push(loss.item())
  }
  const saved = made.state_dict()
  return {
    printed: String(made),
    losses,
    params: plain(params) as unknown[],
    groups: plain(saved.param_groups),
    state: plain(saved.state),
  }
}

describe.skipIf(!python)('twenty steps are what they are in Python, to the last bit', () => {
  const dtypes = { float32: torch.float32, float64: torch.float64 }
  const asked = Object.keys(dtypes).flatMap(dtype => cases.map(one => ({ one, dtype: dtype as keyof typeof dtypes })))
  const told = python
    ? (JSON.parse(
        runPython(program, { input: JSON.stringify(asked.map(({ one, dtype }) => [one.python, dtype])) }),
      ) as Account[])
    : []
  for (const [i, { one, dtype }] of asked.entries()) {
    it(`${one.python} in ${dtype}`, () => {
      const threads = torch.get_num_threads()
      torch.set_num_threads(1)
      expect(account(one, dtypes[dtype])).toEqual(told[i])
      torch.set_num_threads(threads)
    })
  }
})
