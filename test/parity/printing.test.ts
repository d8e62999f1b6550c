import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { inspect } from 'node:util'
import * as torch from 'torch-node'
import { afterEach, describe, expect, it } from 'vitest'
import { packageRoot } from '#lib/_C/libtorch.js'
import { python, runPython } from './python.js'

interface Case {
  dtype: torch.DtypeName
  shape: number[]
  data: string
  options: Partial<torch.PrintOptions> & { profile?: 'default' | 'short' | 'full' }
  transposed: boolean
  grad: boolean
  text: string
}

function drawCases(seed: number, count: number): Case[] {
  const program = join(packageRoot, 'test', 'parity', 'printing.py')
  const run = spawnSync(python!.command, [program, String(seed), String(count)], {
    env: python!.env,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  })
  if (run.status !== 0) throw new Error(`drawing tensors failed: ${run.stderr}`)
  return run.stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Case)
}

/** The tensor that Python drew. */
function rebuild({ dtype, shape, data, transposed, grad }: Case): torch.Tensor {
  const bytes = Buffer.from(data, 'base64')
  const kind = Object.values(torch).find(value => value instanceof torch.dtype && value.name === dtype) as torch.dtype
  const flat = bytes.length === 0 ? torch.empty([0], { dtype: kind }) : torch.frombuffer(bytes, { dtype: kind }).clone()
  const t = flat.view(shape)
  const shown = transposed ? t.transpose(0, 1) : t
  return grad ? shown.detach().requires_grad_() : shown
}

/** Pairs of the same tensor written in both languages. */
const pairs: [python: string, make: () => unknown][] = [
  ['torch.ones(2, 3, requires_grad=True).exp()', () => torch.ones(2, 3, { requires_grad: true }).exp()],
  ['torch.ones(2, 3, requires_grad=True).sum()', () => torch.ones(2, 3, { requires_grad: true }).sum()],
  [
    'torch.ones(40, dtype=torch.float64, requires_grad=True).exp()',
    () => torch.ones(40, { dtype: torch.float64, requires_grad: true }).exp(),
  ],
  [
    'torch.ones(2, requires_grad=True).exp().sum().grad_fn.name()',
    () => torch.ones(2, { requires_grad: true }).exp().sum().grad_fn!.name(),
  ],
  ['torch.empty(2, 0)', () => torch.empty(2, 0)],
  ['torch.empty(0, dtype=torch.int64)', () => torch.empty(0, { dtype: torch.int64 })],
  ['torch.empty(2, 3, device="meta")', () => torch.empty(2, 3, { device: 'meta' })],
  ['torch.empty(2, dtype=torch.int32, device="meta")', () => torch.empty([2], { dtype: torch.int32, device: 'meta' })],
  [
    'torch.sparse_coo_tensor(torch.tensor([[0, 1], [1, 0]]), torch.tensor([1.5, -2]), (2, 3))',
    () =>
      torch.sparse_coo_tensor(
        torch.tensor(
          [
            [0, 1],
            [1, 0],
          ],
          { dtype: torch.int64 },
        ),
        torch.tensor([1.5, -2]),
        [2, 3],
      ),
  ],
  [
    'torch.sparse_coo_tensor(torch.empty(2, 0, dtype=torch.int64), torch.empty(0, dtype=torch.float64), (2, 3))',
    () =>
      torch.sparse_coo_tensor(
        torch.empty([2, 0], { dtype: torch.int64 }),
        torch.empty([0], { dtype: torch.float64 }),
        [2, 3],
      ),
  ],
  ['torch.eye(3).to_sparse_csr()', () => torch.eye(3).to_sparse_csr()],
  ['torch.eye(3).to_sparse_csc()', () => torch.eye(3).to_sparse_csc()],
  ['torch.eye(4).to_sparse_bsr((2, 2))', () => torch.eye(4).to_sparse_bsr([2, 2])],
  [
    'torch.quantize_per_tensor(torch.tensor([0.11, -2.5, 7]), 0.1, 10, torch.quint8)',
    () => torch.quantize_per_tensor(torch.tensor([0.11, -2.5, 7]), 0.1, 10, torch.quint8),
  ],
  [
    'torch.quantize_per_channel(torch.tensor([[1., 2], [3, 4]]), torch.tensor([0.1, 0.5]), torch.tensor([0, 1]), 0, torch.qint8)',
    () =>
      torch.quantize_per_channel(
        torch.tensor([
          [1, 2],
          [3, 4],
        ]),
        torch.tensor([0.1, 0.5]),
        torch.tensor([0, 1], { dtype: torch.int64 }),
        0,
        torch.qint8,
      ),
  ],
  ['torch.tensor([1 + 2j, 3]).conj()', () => torch.tensor([new torch.Complex(1, 2), new torch.Complex(3)]).conj()],
  [
    'torch.tensor([1 + 2j, 3]).conj().imag',
    () => torch.tensor([new torch.Complex(1, 2), new torch.Complex(3)]).conj().imag,
  ],
  ['torch.ones(2, 3).shape', () => torch.ones(2, 3).shape],
  ['torch.ones(()).shape', () => torch.ones([]).shape],
  ['torch.finfo(torch.bfloat16)', () => torch.finfo(torch.bfloat16)],
  ['torch.finfo(torch.float8_e8m0fnu)', () => torch.finfo(torch.float8_e8m0fnu)],
  ['torch.iinfo(torch.int64)', () => torch.iinfo(torch.int64)],
  ['torch.int32', () => torch.int32],
  ['torch.channels_last', () => torch.channels_last],
  ['torch.ones(2).to_sparse().layout', () => torch.ones(2).to_sparse().layout],
  [
    'torch.tensor([[1., 2], [3, 0]]).max(1)',
    () =>
      torch
        .tensor([
          [1, 2],
          [3, 0],
        ])
        .max(1),
  ],
]

describe.skipIf(!python)('printing as Python prints', () => {
  afterEach(() => torch.set_printoptions({ profile: 'default' }))

  it('of 600 random tensors under random options', { timeout: 120_000 }, () => {
    const cases = drawCases(7, 600)
    expect(cases).toHaveLength(600)
    for (const sample of cases) {
      torch.set_printoptions({ profile: 'default' })
      torch.set_printoptions(sample.options)
      const { data: _, text, ...what } = sample
      expect(String(rebuild(sample)), JSON.stringify(what)).toBe(text)
    }
  })

  it('of every kind of tensor and of what describes them', { timeout: 60_000 }, () => {
    const program = `import json, torch\nprint(json.dumps([str(v) for v in [${pairs.map(([code]) => code).join(',\n')}]]))`
    const expected = JSON.parse(runPython(program)) as string[]
    for (const [i, [code, make]] of pairs.entries()) {
      const value = make()
      expect(typeof value === 'string' ? value : inspect(value), code).toBe(expected[i])
    }
  })
})
