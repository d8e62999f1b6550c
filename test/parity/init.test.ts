/** torch.nn.init in both languages after one seed. */
import * as torch from 'torch-node'
import { init } from 'torch-node/nn'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

type Fill = (t: torch.Tensor) => torch.Tensor

/** Python's call of `init.…(t, …)`, the shape of t, and the same in TypeScript. */
const cases: [python: string, shape: number[], fill: Fill][] = [
  ['uniform_(t)', [3, 5], t => init.uniform_(t)],
  ['uniform_(t, -2, b=3)', [3, 5], t => init.uniform_(t, -2, { b: 3 })],
  ['normal_(t, 1, 0.5)', [3, 5], t => init.normal_(t, 1, 0.5)],
  ['trunc_normal_(t)', [8, 9], t => init.trunc_normal_(t)],
  ['trunc_normal_(t, std=0.02)', [8, 9], t => init.trunc_normal_(t, { std: 0.02 })],
  ['trunc_normal_(t, 0, 1, -0.5, 0.7)', [8, 9], t => init.trunc_normal_(t, 0, 1, -0.5, 0.7)],
  ['trunc_normal_(t, a=-0.1, b=0.1)', [8, 9], t => init.trunc_normal_(t, { a: -0.1, b: 0.1 })],
  ['trunc_normal_(t, 0.5, 1, 2, 2.4)', [8, 9], t => init.trunc_normal_(t, 0.5, 1, 2, 2.4)],
  ['constant_(t, 0.3)', [3, 5], t => init.constant_(t, 0.3)],
  ['ones_(t)', [3], t => init.ones_(t)],
  ['zeros_(t)', [3], t => init.zeros_(t)],
  ['eye_(t)', [3, 5], t => init.eye_(t)],
  ['dirac_(t)', [4, 3, 5], t => init.dirac_(t)],
  ['dirac_(t, groups=2)', [4, 2, 3, 4], t => init.dirac_(t, { groups: 2 })],
  ['dirac_(t)', [2, 3, 3, 2, 5], t => init.dirac_(t)],
  ['xavier_uniform_(t)', [3, 5, 2], t => init.xavier_uniform_(t)],
  [
    "xavier_uniform_(t, gain=init.calculate_gain('tanh'))",
    [3, 5],
    t => init.xavier_uniform_(t, { gain: init.calculate_gain('tanh') }),
  ],
  ['xavier_normal_(t, 1.5)', [3, 5], t => init.xavier_normal_(t, 1.5)],
  ['kaiming_uniform_(t)', [3, 5, 2, 2], t => init.kaiming_uniform_(t)],
  [
    "kaiming_uniform_(t, mode='fan_out', nonlinearity='relu')",
    [3, 5, 2, 2],
    t => init.kaiming_uniform_(t, { mode: 'fan_out', nonlinearity: 'relu' }),
  ],
  ['kaiming_normal_(t, 0.1)', [3, 5], t => init.kaiming_normal_(t, 0.1)],
  [
    "kaiming_normal_(t, mode='fan_out', nonlinearity='selu')",
    [3, 5],
    t => init.kaiming_normal_(t, { mode: 'fan_out', nonlinearity: 'selu' }),
  ],
  ['orthogonal_(t)', [3, 5], t => init.orthogonal_(t)],
  ['orthogonal_(t, 2)', [6, 2, 2], t => init.orthogonal_(t, 2)],
  ['sparse_(t, 0.4)', [6, 4], t => init.sparse_(t, 0.4)],
]

const program = `
import json, sys
import torch
from torch.nn import init
torch.set_num_threads(1)

def fill(code, shape):
    torch.manual_seed(11)
    t = torch.empty(shape).requires_grad_()
    result = eval('init.' + code)
    return result.detach().to(torch.float64).tolist()

json.dump([fill(code, shape) for code, shape in json.load(sys.stdin)], sys.stdout)
`

describe.skipIf(!python)('init fills as Python does, to the last bit', () => {
  const told = python
    ? (JSON.parse(
        runPython(program, { input: JSON.stringify(cases.map(([code, shape]) => [code, shape])) }),
      ) as unknown[])
    : []
  for (const [i, [code, shape, fill]] of cases.entries()) {
    it(`${code} of ${shape.join('×')}`, () => {
      torch.manual_seed(11)
      const t = torch.empty(shape).requires_grad_()
      expect(fill(t)).toBe(t)
      expect(t.requires_grad && t.is_leaf).toBe(true)
      expect(t.detach().to(torch.float64).tolist()).toEqual(told[i])
    })
  }
})
