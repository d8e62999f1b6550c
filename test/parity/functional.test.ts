/** torch.autograd.functional of the functions of functional.py, over fresh random inputs: what Python gives, and what it refuses. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as torch from 'torch-node'
import { afterAll, describe, expect, it } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { expectClose, type Many, numbers } from './numbers.js'
import { python, runPython } from './python.js'

type Tensor = torch.Tensor
type OneOrMany = Tensor | Tensor[]
type F = (...inputs: Tensor[]) => OneOrMany
const F = torch.nn.functional
const AF = torch.autograd.functional

const seed = Math.floor(Math.random() * 2 ** 31)
const f64 = { dtype: torch.float64 }
const labels = torch.tensor([2, 0], { dtype: torch.int64 })

const functions: Record<string, [shapes: number[][], f: (x: Tensor, y: Tensor, z: Tensor) => OneOrMany]> = {
  elementwise: [[[3]], x => x.sin().mul(x.exp())],
  scalar: [[[]], x => x.pow(3).add(x.cos())],
  matmul: [
    [
      [2, 3],
      [3, 2],
    ],
    (x, y) => x.matmul(y),
  ],
  'two outputs': [
    [
      [2, 3],
      [3, 2],
    ],
    (x, y) => [x.sin().matmul(y), y.exp().sum(0).mul(x.sum())],
  ],
  linear: [[[2, 3], [2, 3], [2]], (x, w, b) => F.linear(x, w, b)],
  conv2d: [[[1, 1, 3, 3], [2, 1, 2, 2], [2]], (x, w, b) => F.conv2d(x, w, b, { padding: 1 }).tanh()],
  conv_transpose1d: [
    [
      [1, 2, 3],
      [2, 2, 2],
    ],
    (x, w) => F.conv_transpose1d(x, w, { stride: 2 }).sigmoid(),
  ],
  attention: [
    [
      [2, 3],
      [4, 3],
      [4, 2],
    ],
    (q, k, v) =>
      q
        .matmul(k.mT)
        .div(Math.sqrt(q.shape.at(-1)!))
        .softmax(-1)
        .matmul(v),
  ],
  'fused attention': [
    [
      [1, 2, 4],
      [1, 2, 4],
      [1, 2, 4],
    ],
    (q, k, v) => F.scaled_dot_product_attention(q, k, v),
  ],
  'cross entropy': [[[2, 3]], x => F.cross_entropy(x, labels)],
  'soft cross entropy': [
    [
      [2, 3],
      [2, 3],
    ],
    (x, t) => F.cross_entropy(x, t.softmax(-1), { label_smoothing: 0.1 }),
  ],
  'layer norm': [[[2, 4], [4], [4]], (x, w, b) => F.layer_norm(x, [4], w, b)],
  'batch norm': [[[3, 2], [2]], (x, w) => F.batch_norm(x, null, null, w, { training: true })],
  'vector norm': [[[2, 3]], x => torch.linalg.vector_norm(x, { dim: 1 })],
  inverse: [[[2, 2]], x => torch.linalg.inv(x.matmul(x.mT).add(torch.eye(2, f64)))],
  cumulated: [[[4]], x => [x.cumsum(0).logsumexp(0), x.cumprod(0)]],
  indexed: [[[3, 2]], x => x.at(torch.slice(1, null)).mul(x.at(0)).flatten().at([0, 3, 0])],
  mlp: [
    [
      [2, 2],
      [3, 2],
      [1, 3],
    ],
    (x, v, w) => F.gelu(x.matmul(v.mT)).matmul(w.mT),
  ],
  'one unused': [[[2], [2]], x => x.exp()],
  constant: [[[2]], () => torch.ones(2, f64)],
  complex: [[[2]], z => z.mul(z.conj()).add(z.pow(2))],
}

const leaves = (value: Many): Tensor[] => (Array.isArray(value) ? value.flatMap(leaves) : [value as Tensor])
const single = (list: Tensor[]): OneOrMany => (list.length === 1 ? list[0]! : list)

function loss(value: Many): Tensor {
  const squares = leaves(value).map(t => (t.is_complex() ? torch.real(t.mul(t.conj())) : t.mul(t)).sum())
  return squares.reduce((sum, square) => sum.add(square))
}

interface Options {
  create_graph?: boolean
  strict?: boolean
}

/** Every call by the name it has in Python. */
function calls(f: F, inputs: Tensor[], vectors: Tensor[], outVectors: Tensor[]): Record<string, () => Many> {
  const scalar = (...given: Tensor[]): Tensor => loss(f(...given))
  const one = single(inputs.map(t => t.detach()))
  const recorded = single(inputs)
  const [v, w] = [single(vectors), single(outVectors)]
  const kinds: Record<string, (at: OneOrMany, options: Options) => Many> = {
    jacobian: (at, options) => AF.jacobian(f, at, options) as Many,
    vjp: (at, options) => AF.vjp(f, at, w, options) as Many,
    jvp: (at, options) => AF.jvp(f, at, v, options) as Many,
    hessian: (at, options) => AF.hessian(scalar, at, options) as Many,
    vhp: (at, options) => AF.vhp(scalar, at, v, options) as Many,
    hvp: (at, options) => AF.hvp(scalar, at, v, options) as Many,
  }
  const all: Record<string, () => Many> = {}
  for (const [name, call] of Object.entries(kinds)) {
    all[name] = () => call(one, {})
    all[`${name}, strict`] = () => call(one, { strict: true })
    all[`${name}, create_graph`] = () => {
      const result = call(recorded, { create_graph: true })
      const grads = torch.autograd.grad(loss(result), inputs, { allow_unused: true })
      return [result, grads.map((g, i) => g ?? torch.zeros_like(inputs[i]!))]
    }
    all[`${name}, create_graph, strict`] = () => call(recorded, { create_graph: true, strict: true })
  }
  all['vjp without v'] = () => AF.vjp(scalar, one) as Many
  all['jvp without v'] = () => AF.jvp(f, one) as Many
  all['jacobian, vectorize'] = () => AF.jacobian(f, one, { vectorize: true }) as Many
  if (inputs[0]!.is_complex()) return all
  all['jacobian, forward mode'] = () => AF.jacobian(f, one, { vectorize: true, strategy: 'forward-mode' }) as Many
  const forward = { vectorize: true, outer_jacobian_strategy: 'forward-mode' } as const
  all['hessian, forward mode'] = () => AF.hessian(scalar, one, forward) as Many
  return all
}

describe.skipIf(!python)('torch.autograd.functional gives what Python gives', () => {
  const threads = torch.get_num_threads()
  torch.set_num_threads(1)
  afterAll(() => torch.set_num_threads(threads))
  const program = readFileSync(join(packageRoot, 'test/parity/functional.py'), 'utf8')
  type Told = Record<string, Record<string, unknown>>
  const told = python ? (JSON.parse(runPython(program, { args: [`${seed}`] })) as Told) : {}

  it('has the same functions', () => {
    expect(Object.keys(told)).toEqual(Object.keys(functions))
  })

  for (const [name, [shapes, f]] of Object.entries(functions))
    it(name, () => {
      const dtype = name === 'complex' ? torch.complex128 : torch.float64
      torch.manual_seed(seed)
      const inputs = shapes.map(shape => torch.randn(shape, { dtype, requires_grad: true }))
      const vectors = shapes.map(shape => torch.randn(shape, { dtype }))
      const outVectors = leaves((f as F)(...inputs)).map(t => torch.randn(t.shape, { dtype: t.dtype }))
      const wanted = told[name]!
      const mine = calls(f as F, inputs, vectors, outVectors)
      expect(Object.keys(mine)).toEqual(Object.keys(wanted))
      for (const [label, call] of Object.entries(mine)) {
        const what = `${label} of ${name}, seed ${seed}`
        let theirs = wanted[label] as { error?: string }
        // Computed row by row here, what Python's vmap can't.
        if (theirs.error?.startsWith('vmap')) theirs = wanted[label.split(',')[0]!] as { error?: string }
        if (theirs.error === undefined) expectClose(numbers(call()), theirs, what, 1e-8)
        else expect(call, what).toThrow(theirs.error)
      }
    })
})
