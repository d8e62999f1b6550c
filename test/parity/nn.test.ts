/** Layers in both languages after one seed: printed form, first weights, outputs, gradients, state. */
import * as torch from 'torch-node'
import type * as nn from 'torch-node/nn'
import { describe, expect, it } from 'vitest'
import {
  activationCases,
  containerCases,
  convCases,
  type InputSpec,
  type LayerCase,
  linearCases,
  lossCases,
  normCases,
  poolCases,
  shapeCases,
} from './nn_cases.js'
import { python, runPython } from './python.js'

/** What one language says of one case. */
interface Account {
  printed: string
  initial: [name: string, values: unknown][]
  output: unknown
  evaluated: unknown
  inputGrads: unknown[]
  grads: [name: string, values: unknown][]
  state: [name: string, values: unknown][]
}

const program = `
import json, sys, warnings
from collections import OrderedDict
import torch
from torch import nn
warnings.simplefilter('ignore')
torch.set_num_threads(1)

def draw(spec):
    if isinstance(spec, list):
        return torch.randn(spec, requires_grad=True)
    if 'below' in spec:
        return torch.randint(0, spec['below'], spec['shape'])
    value = torch.rand(spec['shape'])
    if spec['draw'] == 'sign':
        return value.gt(0.5).float().mul(2).sub(1)
    return value

def values(tensor):
    return None if tensor is None else tensor.detach().to(torch.float64).nan_to_num(12345.0).tolist()

def account(case):
    torch.manual_seed(7)
    module = eval(case['python'])
    result = {'printed': repr(module), 'initial': [[k, values(v)] for k, v in module.state_dict().items()]}
    inputs = [draw(spec) for spec in case['inputs']]
    output = module(*inputs)
    if output.requires_grad:
        (output * output).sum().backward()
    result['output'] = values(output)
    result['inputGrads'] = [values(i.grad) for i in inputs]
    result['grads'] = [[k, values(p.grad)] for k, p in module.named_parameters()]
    result['state'] = [[k, values(v)] for k, v in module.state_dict().items()]
    module.eval()
    with torch.no_grad():
        result['evaluated'] = values(module(*inputs))
    return result

json.dump([account(case) for case in json.load(sys.stdin)], sys.stdout)
`

function draw(spec: InputSpec): torch.Tensor {
  if (Array.isArray(spec)) return torch.randn(spec, { requires_grad: true })
  if ('below' in spec) return torch.randint(0, spec.below, spec.shape)
  const value = torch.rand(spec.shape)
  return spec.draw === 'sign' ? value.gt(0.5).to(torch.float32).mul(2).sub(1) : value
}

function values(t: torch.Tensor | null): unknown {
  return t === null ? null : t.detach().to(torch.float64).nan_to_num(12345).tolist()
}

function account({ make, inputs: specs }: LayerCase): Account {
  torch.manual_seed(7)
  const module = make() as nn.Module
  const entries = (dict: Record<string, torch.Tensor>): [string, unknown][] =>
    Object.entries(dict).map(([name, t]) => [name, values(t)])
  const initial = entries(module.state_dict())
  const inputs = specs.map(draw)
  const output = module(...inputs)
  if (output.requires_grad) output.mul(output).sum().backward()
  const grads = module.named_parameters().map(([name, p]): [string, unknown] => [name, values(p.grad)])
  const state = entries(module.state_dict())
  module.eval()
  return {
    printed: String(module),
    initial,
    output: values(output),
    inputGrads: inputs.map(t => values(t.grad)),
    grads,
    state,
    evaluated: values(torch.no_grad(() => module(...inputs))),
  }
}

const groups: Record<string, LayerCase[]> = {
  linear: linearCases,
  convolution: convCases,
  normalisation: normCases,
  pooling: poolCases,
  activation: activationCases,
  shape: shapeCases,
  loss: lossCases,
  container: containerCases,
}

describe.skipIf(!python)('layers are what they are in Python, to the last bit', () => {
  const cases = Object.values(groups).flat()
  const threads = torch.get_num_threads()
  torch.set_num_threads(1)
  const told = python
    ? (JSON.parse(
        runPython(program, {
          input: JSON.stringify(cases.map(({ python: code, inputs }) => ({ python: code, inputs }))),
        }),
      ) as Account[])
    : []
  for (const [i, layer] of cases.entries()) {
    it(layer.python, () => {
      expect(account(layer)).toEqual(told[i])
    })
  }
  it('leaves the number of threads as it was', () => {
    torch.set_num_threads(threads)
    expect(torch.get_num_threads()).toBe(threads)
  })
})
