/**
 * PyTorch's own optimizer database: every option set, twenty steps, equal to Python's to the last bit; checkpoints that one
 * language saves after ten steps and the other goes on from; gradients through a step. What is refused is compared in errors.test.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as torch from 'torch-node'
import * as nn from 'torch-node/nn'
import * as optim from 'torch-node/optim'
import { afterAll, describe, expect, it } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { PythonDialogue, python } from './python.js'

type Kind = 'dense' | 'matrices' | 'sparse' | 'complex'

interface EncodedTensor {
  /** The same number is the same tensor. */
  tensor: number
  dtype: string
  shape: number[]
  layout: 'strided' | 'sparse'
  values: Parameters<typeof torch.tensor>[0] | null
  parameter: boolean
  grad: boolean
}

interface Step {
  optimizer: string
  desc: string
  kwargs: unknown
}

interface Case extends Step {
  kind: Kind
  dtype: string
  closure: boolean
  printed: string
  params: unknown
  /** The parameters, had Python gone on from its own checkpoint. */
  resumed: unknown
  state: unknown
  groups: unknown
}

interface Through extends Step {
  param: unknown
  grads: unknown[]
}

interface Recorded {
  cases: Case[]
  through: Through[]
}

interface Saved {
  params: torch.Tensor[]
  optimizer: optim.OptimizerStateDict
}

// biome-ignore lint/performance/noDynamicNamespaceImportAccess: Python says which one.
const dtypeOf = (name: string) => torch[name as 'float32' | 'complex64' | 'int64']

function makeTensor(told: EncodedTensor): torch.Tensor {
  const dtype = dtypeOf(told.dtype)
  let made = told.values === null ? torch.zeros(told.shape, { dtype }) : torch.tensor(told.values, { dtype })
  if (told.layout === 'sparse') made = made.to_sparse()
  if (told.parameter) made = new nn.Parameter(made)
  if (told.grad) made.grad = torch.ones_like(made)
  return made
}

/** Arguments as the Python side wrote them. */
function decode(value: unknown, known = new Map<number, torch.Tensor>()): unknown {
  if (Array.isArray(value)) return value.map(element => decode(element, known))
  if (typeof value !== 'object' || value === null) return value
  if ('dict' in value)
    return Object.fromEntries(Object.entries(value.dict as object).map(([key, inner]) => [key, decode(inner, known)]))
  const told = value as EncodedTensor
  const made = known.get(told.tensor) ?? makeTensor(told)
  known.set(told.tensor, made)
  return made
}

function make(name: string, params: unknown, kwargs: unknown): optim.AnyOptimizer {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: Python says which one.
  const Class = optim[name as 'SGD']
  return new Class(params as torch.Tensor[], kwargs as Partial<optim.SGDOptions>)
}

/** The twin of the Python side's `Problem`. */
class Problem {
  readonly params: torch.Tensor[]
  readonly #loss: () => torch.Tensor

  constructor(kind: Kind, dtype: torch.dtype) {
    torch.manual_seed(3)
    const real = dtype === torch.float64 ? torch.float64 : torch.float32
    if (kind === 'complex') {
      const param = new nn.Parameter(torch.randn(8, 3, { dtype }))
      const x = torch.randn(8, 3, { dtype })
      this.params = [param]
      this.#loss = () => param.mul(x).sub(1).abs().square().mean()
      return
    }
    const model = makeModel(kind).to(dtype)
    const x = kind === 'sparse' ? torch.randint(0, 6, [8]) : torch.randn(8, 5, { dtype: real })
    const y = torch.randn(8, 2, { dtype: real })
    this.params = model.parameters()
    this.#loss = () => nn.functional.mse_loss(model(x), y)
  }

  readonly closure = (): torch.Tensor => {
    for (const param of this.params) param.grad = null
    const loss = this.#loss()
    loss.backward()
    return loss
  }
}

function makeModel(kind: Kind): nn.Module<(x: torch.Tensor) => torch.Tensor> {
  const without = { bias: false }
  switch (kind) {
    case 'dense':
      return new nn.Sequential(new nn.Linear(5, 7), new nn.Tanh(), new nn.Linear(7, 3, without), new nn.Linear(3, 2))
    case 'matrices':
      return new nn.Sequential(new nn.Linear(5, 7, without), new nn.Tanh(), new nn.Linear(7, 2, without))
    default:
      return new nn.Embedding(6, 2, { sparse: true })
  }
}

function runSteps(optimizer: optim.AnyOptimizer, problem: Problem, count: number, withClosure: boolean): void {
  for (let i = 0; i < count; i++) {
    if (withClosure) optimizer.step(problem.closure)
    else {
      problem.closure()
      optimizer.step()
    }
  }
}

function plain(value: unknown): unknown {
  if (value instanceof torch.Tensor) {
    const real = value.is_complex() ? torch.view_as_real(value.detach()) : value.detach()
    return real.to(torch.float64).tolist()
  }
  if (Array.isArray(value)) return value.map(plain)
  const entries = value instanceof Map ? [...value] : typeof value === 'object' && value ? Object.entries(value) : null
  return entries ? Object.fromEntries(entries.map(([key, inner]) => [String(key), plain(inner)])) : value
}

/** As Python prints it, but for floats without a fraction, which are numbers like others here. */
const withoutFractions = (text: string) => text.replace(/(\d)\.0\b/g, '$1')

const folder = python ? mkdtempSync(join(tmpdir(), 'torch-node-optim-')) : ''
afterAll(() => {
  dialogue?.end()
  if (folder) rmSync(folder, { recursive: true })
})

const dialogue = python ? new PythonDialogue(join(packageRoot, 'test', 'parity', 'optim_db.py'), folder) : null
const nothing: Recorded = { cases: [], through: [] }
const { cases, through } = dialogue ? ((await dialogue.ask('record')) as Recorded) : nothing

describe.skipIf(!python)('optim_db', () => {
  const threads = torch.get_num_threads()
  torch.set_num_threads(1)
  afterAll(() => torch.set_num_threads(threads))
  const name = ({ optimizer, desc, kwargs }: Step) => `${optimizer}, ${desc}: ${JSON.stringify(kwargs)}`

  const names = new Set(cases.map(({ optimizer }) => optimizer))
  if (python)
    process.stdout.write(
      `optim_db: ${names.size} optimizers, ${cases.length} runs of 20 steps, ${cases.length} checkpoints each way, ` +
        `${through.length} differentiable steps\n`,
    )

  it('has every optimizer', () => {
    const here = Object.entries(optim).filter(
      ([, value]) => (value as { prototype?: unknown }).prototype instanceof optim.Optimizer,
    )
    expect(here.map(([name]) => name).sort()).toEqual([...names].sort())
    expect(names.size).toBe(15)
  })

  describe('twenty steps, with a checkpoint between', () => {
    for (const [i, one] of cases.entries()) {
      it(`${name(one)} of ${one.kind} ${one.dtype}`, () => {
        const problem = new Problem(one.kind, dtypeOf(one.dtype))
        const optimizer = make(one.optimizer, problem.params, decode(one.kwargs))
        runSteps(optimizer, problem, 10, one.closure)
        const saved: Saved = { params: problem.params, optimizer: optimizer.state_dict() }
        torch.save(saved, join(folder, `typescript${i}.pt`))
        runSteps(optimizer, problem, 10, one.closure)
        expect(plain(problem.params)).toEqual(one.params)
        const end = optimizer.state_dict()
        expect(plain(end.state)).toEqual(one.state)
        expect(plain(end.param_groups)).toEqual(one.groups)
        expect(withoutFractions(String(optimizer))).toBe(withoutFractions(one.printed))
      })
    }
  })

  describe("from Python's checkpoint", () => {
    for (const [i, one] of cases.entries()) {
      it(`${name(one)} of ${one.kind} ${one.dtype}`, () => {
        const problem = new Problem(one.kind, dtypeOf(one.dtype))
        const saved = torch.load(join(folder, `python${i}.pt`)) as Saved
        torch.no_grad(() => {
          for (const [p, param] of problem.params.entries()) param.copy_(saved.params[p]!)
        })
        const optimizer = make(one.optimizer, problem.params, decode(one.kwargs))
        optimizer.load_state_dict(saved.optimizer)
        runSteps(optimizer, problem, 10, one.closure)
        expect(plain(problem.params)).toEqual(one.resumed)
      })
    }
  })

  it('Python goes on from a checkpoint of ours', async () => {
    const ends = (await dialogue!.ask('resume')) as unknown[]
    expect(ends).toHaveLength(cases.length)
    for (const [i, one] of cases.entries()) expect(ends[i]).toEqual(one.resumed)
  })

  describe('gradients through a step', () => {
    for (const one of through) {
      it(name(one), () => {
        torch.manual_seed(5)
        const shape = [4, 3]
        const first = torch.rand(shape, { dtype: torch.float64, requires_grad: true })
        const given = torch.rand(shape, { dtype: torch.float64, requires_grad: true })
        const param = first.clone()
        const kwargs = { ...(decode(one.kwargs) as object), differentiable: true }
        const optimizer = make(one.optimizer, [param], kwargs)
        param.grad = given.clone()
        optimizer.step()
        param
          .mul(torch.arange(12, { dtype: torch.float64 }).reshape(shape))
          .sum()
          .backward()
        expect(plain(param)).toEqual(one.param)
        expect(plain([first.grad, given.grad])).toEqual(one.grads)
      })
    }
  })
})
