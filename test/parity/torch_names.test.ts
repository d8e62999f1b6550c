/** Numbers of functions beside the operators, as a live Python computes them. */
import * as torch from 'torch-node'
import { describe, expect, it } from 'vitest'
import { python, runPython } from './python.js'

const ask = <T>(program: string): T => JSON.parse(runPython(program)) as T

function expectClose(actual: torch.Tensor, expected: unknown, tolerance = 1e-6): void {
  const wanted = torch.tensor(expected as number[], { dtype: torch.float64 })
  torch.testing.assert_close(actual.to(torch.float64), wanted, { rtol: tolerance, atol: tolerance })
}

describe.skipIf(!python)('SobolEngine', () => {
  it('draws the same points', () => {
    const expected = ask<unknown[]>(`
import json, torch
from torch.quasirandom import SobolEngine
out = []
plain = SobolEngine(5)
out.append(plain.draw(4).tolist())
out.append(plain.draw(3, dtype=torch.float64).tolist())
plain.fast_forward(6)
out.append(plain.draw().tolist())
plain.reset()
out.append(plain.draw_base2(3).tolist())
mixed = SobolEngine(3, scramble=True, seed=7)
mixed.fast_forward(2)
out.append(mixed.draw(5).tolist())
torch.manual_seed(3)
out.append(SobolEngine(2, True).draw(1).tolist())
print(json.dumps(out))`)
    const plain = new torch.quasirandom.SobolEngine(5)
    const actual: unknown[] = [plain.draw(4).tolist(), plain.draw(3, { dtype: torch.float64 }).tolist()]
    plain.fast_forward(6)
    actual.push(plain.draw().tolist())
    plain.reset()
    actual.push(plain.draw_base2(3).tolist())
    const mixed = new torch.quasirandom.SobolEngine(3, { scramble: true, seed: 7 })
    mixed.fast_forward(2)
    actual.push(mixed.draw(5).tolist())
    torch.manual_seed(3)
    actual.push(new torch.quasirandom.SobolEngine(2, true).draw(1).tolist())
    expect(actual).toEqual(expected)
  })
})

const matrix = `
import json, torch
torch.manual_seed(5)
Q = torch.randn(12, 12, dtype=torch.float64)
A = Q @ Q.T + torch.diag(torch.arange(1, 13, dtype=torch.float64))
P = torch.randn(12, 12, dtype=torch.float64)
B = P @ P.T + 12 * torch.eye(12, dtype=torch.float64)
X = torch.randn(12, 3, dtype=torch.float64)
`

function matrices(): { A: torch.Tensor; B: torch.Tensor; X: torch.Tensor } {
  torch.manual_seed(5)
  const options = { dtype: torch.float64 }
  const Q = torch.randn(12, 12, options)
  const A = Q.matmul(Q.t()).add(torch.diag(torch.arange(1, 13, options)))
  const P = torch.randn(12, 12, options)
  return { A, B: P.matmul(P.t()).add(torch.eye(12, options).mul(12)), X: torch.randn(12, 3, options) }
}

describe.skipIf(!python)('lobpcg', () => {
  it.each(['ortho', 'basic'] as const)('finds the same pairs by the method %s', method => {
    const expected = ask<[number[], number[][], number][]>(`${matrix}
out = []
steps = []
for kw in (dict(), dict(B=B), dict(largest=False), dict(iK=torch.eye(12, dtype=torch.float64) / 3)):
    steps.clear()
    E, V = torch.lobpcg(A, 2, X=X.clone(), method='${method}', tracker=lambda w: steps.append(w.ivars['istep']), **kw)
    out.append((E.tolist(), V.tolist(), len(steps)))
print(json.dumps(out))`)
    const { A, B, X } = matrices()
    const iK = torch.eye(12, { dtype: torch.float64 }).div(3)
    for (const [i, keywords] of [{}, { B }, { largest: false }, { iK }].entries()) {
      let steps = 0
      const tracker = () => {
        steps++
      }
      const [E, V] = torch.lobpcg(A, 2, { X: X.clone(), method, tracker, ...keywords })
      const [values, vectors, count] = expected[i]!
      expectClose(E, values)
      expectClose(V, vectors, 1e-5)
      expect(steps).toBe(count)
    }
  })

  it('takes batches, sparse matrices and columns to drop', () => {
    const expected = ask<unknown[]>(`${matrix}
torch.manual_seed(1)
E, V = torch.lobpcg(torch.stack([A, B]), 2)
torch.manual_seed(1)
F, W = torch.lobpcg(A.to_sparse(), 1, ortho_bparams=dict(ortho_use_drop=True))
print(json.dumps([E.tolist(), V.tolist(), F.tolist(), W.tolist()]))`)
    const { A, B } = matrices()
    torch.manual_seed(1)
    const [E, V] = torch.lobpcg(torch.stack([A, B]), 2)
    torch.manual_seed(1)
    const [F, W] = torch.lobpcg(A.to_sparse(), 1, { ortho_bparams: { ortho_use_drop: true } })
    for (const [i, t] of [E, V, F, W].entries()) expectClose(t, expected[i], 1e-5)
  })

  it('has the same gradients', () => {
    const expected = ask<unknown[]>(`${matrix}
out = []
for k, largest in ((1, True), (2, False), (3, True)):
    a = A.clone().requires_grad_()
    E, V = torch.lobpcg(a, k, X=X[:, :k].clone(), largest=largest, tol=1e-12)
    (E.sum() + (V.abs() * torch.arange(12).reshape(-1, 1)).sum()).backward()
    out.append(a.grad.tolist())
print(json.dumps(out))`)
    const { A, X } = matrices()
    for (const [i, [k, largest]] of (
      [
        [1, true],
        [2, false],
        [3, true],
      ] as const
    ).entries()) {
      const a = A.clone().requires_grad_()
      const [E, V] = torch.lobpcg(a, k, { X: X.narrow(1, 0, k).clone(), largest, tol: 1e-12 })
      E.sum()
        .add(V.abs().mul(torch.arange(12).reshape(-1, 1)).sum())
        .backward()
      expectClose(a.grad!, expected[i], 1e-4)
    }
  })
})

describe.skipIf(!python)('testing', () => {
  it('make_tensor draws the same values', () => {
    const expected = ask<unknown[]>(`
import json, torch
from torch.testing import make_tensor
torch.manual_seed(11)
out = []
for name in 'bool uint8 int8 int16 int32 int64 uint16 float16 bfloat16 float32 float64 float8_e5m2'.split():
    out.append(make_tensor(3, 4, dtype=getattr(torch, name), device='cpu').double().tolist())
out.append(torch.view_as_real(make_tensor(2, 2, dtype=torch.complex64, device='cpu')).tolist())
out.append(make_tensor((2, 3), dtype=torch.float32, device='cpu', low=-1, high=0.5, noncontiguous=True).tolist())
out.append(make_tensor((20,), dtype=torch.int8, device='cpu', low=-0.5, high=2.5, exclude_zero=True).tolist())
out.append(make_tensor((4,), dtype=torch.float16, device='cpu', low=-1e9, high=1e9).tolist())
print(json.dumps(out))`)
    const { make_tensor } = torch.testing
    const device = 'cpu'
    torch.manual_seed(11)
    const kinds = [
      torch.bool,
      torch.uint8,
      torch.int8,
      torch.int16,
      torch.int32,
      torch.int64,
      torch.uint16,
      torch.float16,
      torch.bfloat16,
      torch.float32,
      torch.float64,
      torch.float8_e5m2,
    ]
    const actual = kinds.map(dtype => make_tensor(3, 4, { dtype, device }).double().tolist())
    actual.push(torch.view_as_real(make_tensor(2, 2, { dtype: torch.complex64, device })).tolist())
    const gaps = make_tensor([2, 3], { dtype: torch.float32, device, low: -1, high: 0.5, noncontiguous: true })
    expect(gaps.is_contiguous()).toBe(false)
    actual.push(gaps.tolist())
    actual.push(make_tensor(20, { dtype: torch.int8, device, low: -0.5, high: 2.5, exclude_zero: true }).tolist())
    actual.push(make_tensor([4], { dtype: torch.float16, device, low: -1e9, high: 1e9 }).tolist())
    expect(actual).toEqual(expected)
  })

  it('assert_close says the same', () => {
    const cases = `
f = torch.tensor([1.0, 2.0, 3.0]); g = torch.tensor([1.0, 4.0, 5.5])
i = torch.tensor([[1, 2], [3, 4]]); j = torch.tensor([[1, 2], [3, 9]])
t(f, g); t(f, g, rtol=0.0, atol=0.25); t(i, j); t(f, f.double()); t(f, f[:2]); t(f, f.double(), check_dtype=False)
t([f, f], [f, g]); t({'a': f}, {'b': f}); t({'a': [f]}, {'a': [g]}); t([f], [f, f]); t(True, False); t(None, f)
t(torch.tensor(1.0), torch.tensor(2.0)); t(torch.tensor(1), torch.tensor(3)); t(1.5, 2.5)
t(f.to_sparse(), g.to_sparse()); t(i.float().to_sparse_csr(), j.float().to_sparse_csr())
t(f.to_sparse(), (f * torch.tensor([0, 1, 1])).to_sparse()); t(f, f.to_sparse()); t(f, f.to_sparse(), check_layout=False)
t(i, i.t().contiguous().t(), check_stride=True); t(f, torch.tensor([1, float('nan'), 3])); t(f > 1, f > 2)
t(torch.tensor([float('nan')]), torch.tensor([float('nan')])); t(torch.tensor([float('nan')]), torch.tensor([float('nan')]), equal_nan=True)
t(f, 'x'); t(f, g, rtol=1.5); t(f, g, msg='mine'); t(f, torch.empty(3, device='meta'), check_device=False)
t(f.to(torch.float8_e5m2), g.to(torch.float8_e5m2)); t(torch.tensor([1 + 2j]), torch.tensor([1 + 3j]))
q(f, g)`
    const expected = ask<string[]>(`
import json, torch
out = []
def t(a, b, **kw):
    try:
        torch.testing.assert_close(a, b, **kw); out.append('close')
    except Exception as e:
        out.append(str(e))
def q(f, g):
    t(torch.quantize_per_tensor(f, 0.5, 0, torch.quint8), torch.quantize_per_tensor(g, 0.5, 0, torch.quint8))
${cases}
print(json.dumps(out))`)
    const said: string[] = []
    const t = (a: unknown, b: unknown, options: torch.testing.CloseOptions = {}) => {
      try {
        torch.testing.assert_close(a, b, options)
        said.push('close')
      } catch (error) {
        said.push((error as Error).message)
      }
    }
    const f = torch.tensor([1, 2, 3])
    const g = torch.tensor([1, 4, 5.5])
    const ints = (values: number[][]) => torch.tensor(values, { dtype: torch.int64 })
    const [i, j] = [ints([[1, 2], [3, 4]]), ints([[1, 2], [3, 9]])] as const // biome-ignore format: one a line
    t(f, g)
    t(f, g, { rtol: 0, atol: 0.25 })
    t(i, j)
    t(f, f.double())
    t(f, f.narrow(0, 0, 2))
    t(f, f.double(), { check_dtype: false })
    t([f, f], [f, g])
    t({ a: f }, { b: f })
    t({ a: [f] }, { a: [g] })
    t([f], [f, f])
    t(true, false)
    t(null, f)
    t(torch.tensor(1), torch.tensor(2))
    t(torch.tensor(1n), torch.tensor(3n))
    t(1.5, 2.5)
    t(f.to_sparse(), g.to_sparse())
    t(i.float().to_sparse_csr(), j.float().to_sparse_csr())
    t(f.to_sparse(), f.mul(torch.tensor([0, 1, 1])).to_sparse())
    t(f, f.to_sparse())
    t(f, f.to_sparse(), { check_layout: false })
    t(i, i.t().contiguous().t(), { check_stride: true })
    t(f, torch.tensor([1, Number.NaN, 3]))
    t(f.gt(1), f.gt(2))
    const nan = torch.tensor([Number.NaN])
    t(nan, nan.clone())
    t(nan, nan.clone(), { equal_nan: true })
    t(f, 'x')
    t(f, g, { rtol: 1.5 })
    t(f, g, { msg: 'mine' })
    t(f, torch.empty(3, { device: 'meta' }), { check_device: false })
    t(f.to(torch.float8_e5m2), g.to(torch.float8_e5m2))
    const complex = (im: number) => torch.tensor([new torch.Complex(1, im)])
    t(complex(2), complex(3))
    const quantized = (x: torch.Tensor) => torch.quantize_per_tensor(x, 0.5, 0, torch.quint8)
    t(quantized(f), quantized(g))
    expect(said).toHaveLength(expected.length)
    // Classes have other names here.
    const plain = (text: string) => text.replace(/<class '(?:torch\.)?(\w+)'>/g, "<class '$1'>")
    expect(said.map(plain)).toEqual(expected.map(plain))
  })
})
