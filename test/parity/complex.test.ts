import * as torch from 'torch-node'
import { describe, it } from 'vitest'
import { compareExpressions, freshSeed } from './expressions.js'
import { python } from './python.js'

const { Complex } = torch

const setup = `
inf, nan = float('inf'), float('nan')
x = torch.complex(torch.tensor(re, dtype=torch.float64), torch.tensor(im, dtype=torch.float64))
odd = [1 + 2j, complex(nan, -inf), complex(-0.0, 0.0), complex(0, -0.0), 1e16 + 1e-7j, complex(0, -3), complex(inf, nan)]
o = torch.tensor(odd, dtype=torch.complex128)
def assigned(part, value):
    y = x.clone()
    setattr(y, part, value)
    return y
`

describe.skipIf(!python)('complex numbers as in Python', () => {
  const seed = freshSeed()
  const [re, im] = [
    torch.randn([2, 3], { dtype: torch.float64 }),
    torch.randn([2, 3], { dtype: torch.float64 }),
  ] as const
  const x = torch.complex(re, im)
  const odd = [
    new Complex(1, 2),
    new Complex(Number.NaN, Number.NEGATIVE_INFINITY),
    new Complex(-0, 0),
    new Complex(0, -0),
    new Complex(1e16, 1e-7),
    new Complex(0, -3),
    new Complex(Number.POSITIVE_INFINITY, Number.NaN),
  ]
  const o = torch.tensor(odd, { dtype: torch.complex128 })
  const assigned = (part: 'real' | 'imag', value: torch.Tensor | number) => {
    const y = x.clone()
    y[part] = value
    return y
  }

  it(`(seed ${seed})`, { timeout: 60_000 }, () => {
    const inputs = { re: re.tolist(), im: im.tolist() }
    compareExpressions(
      [
        ['x', () => x],
        ['o', () => o],
        ['torch.tensor(odd)', () => torch.tensor(odd)],
        ['torch.tensor([1 + 2j, 3])', () => torch.tensor([new Complex(1, 2), 3])],
        ['torch.tensor(1 - 2j)', () => torch.tensor(new Complex(1, -2))],
        ['[*map(str, odd)]', () => odd.map(String)],
        ['[*map(str, o.tolist())]', () => (o.tolist() as torch.Complex[]).map(String)],
        ['x.tolist()', () => x.tolist()],
        ['str(x[1, 2].item())', () => String(x.at(1, 2).item<torch.Complex>())],
        [
          'torch.tensor(x.tolist(), dtype=x.dtype).equal(x)',
          () => {
            return torch.tensor(x.tolist() as torch.Nested, { dtype: x.dtype }).equal(x)
          },
        ],
        ['x.real, x.imag, x.conj(), x.conj().imag', () => [x.real, x.imag, x.conj(), x.conj().imag]],
        ['torch.view_as_real(x)', () => torch.view_as_real(x)],
        ['torch.view_as_complex(torch.view_as_real(x))', () => torch.view_as_complex(torch.view_as_real(x))],
        ["assigned('real', 2), assigned('imag', x.real)", () => [assigned('real', 2), assigned('imag', x.real)]],
        ['x.abs(), x.angle(), x.sgn()', () => [x.abs(), x.angle(), x.sgn()]],
        ['x * 2j, x + 1, x.to(torch.complex64)', () => [x.mul(new Complex(0, 2)), x.add(1), x.to(torch.complex64)]],
        ['x.real.to(torch.complex32)', () => x.real.to(torch.complex32)],
        [
          'x.sum().item() == x.sum().tolist()',
          () => {
            return String(x.sum().item<torch.Complex>()) === String(x.sum().tolist())
          },
        ],
        ['torch.polar(x.abs(), x.angle())', () => torch.polar(x.abs(), x.angle())],
        ['torch.view_as_complex(x.real)', () => torch.view_as_complex(x.real)],
        ['x.real.imag', () => x.real.imag],
      ],
      { inputs, setup },
    )
  })
})
