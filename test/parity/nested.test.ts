import * as torch from 'torch-node'
import { describe, it } from 'vitest'
import { compareExpressions, freshSeed } from './expressions.js'
import { python } from './python.js'

const { nested } = torch

const setup = `
a, b, c = (torch.tensor(each) for each in (a, b, c))
n = torch.nested.nested_tensor([a, b])
def grad(f, x):
    x = x.detach().requires_grad_()
    f(x).sum().backward()
    return x.grad
`

describe.skipIf(!python)('nested tensors as in Python', () => {
  const seed = freshSeed()
  const [a, b, c] = [torch.randn(2, 3), torch.randn(4, 3), torch.randn(3, 5)] as const
  const inputs = { a: a.tolist(), b: b.tolist(), c: c.tolist() }
  const n = nested.nested_tensor([a, b])
  const grad = (f: (x: torch.Tensor) => torch.Tensor, x: torch.Tensor) => {
    const leaf = x.detach().requires_grad_()
    f(leaf).sum().backward()
    return leaf.grad
  }

  it(`(seed ${seed})`, { timeout: 60_000 }, () => {
    compareExpressions(
      [
        ['n', () => n],
        ['torch.nested.nested_tensor([])', () => nested.nested_tensor([])],
        ['torch.nested.nested_tensor([[1., 2.], [3.]])', () => nested.nested_tensor([[1, 2], [3]])],
        ['torch.nested.nested_tensor([1., 2.])', () => nested.nested_tensor([1, 2])],
        [
          'torch.nested.nested_tensor([a, b], dtype=torch.float64, requires_grad=True)',
          () => nested.nested_tensor([a, b], { dtype: torch.float64, requires_grad: true }),
        ],
        ['torch.nested.nested_tensor([a, a[0]])', () => nested.nested_tensor([a, a.at(0)])],
        ['torch.nested.as_nested_tensor(c)', () => nested.as_nested_tensor(c)],
        ['torch.nested.as_nested_tensor(c, torch.float64)', () => nested.as_nested_tensor(c, torch.float64)],
        ['torch.nested.as_nested_tensor(c[0])', () => nested.as_nested_tensor(c.at(0))],
        [
          'torch.nested.as_nested_tensor([a.clone().requires_grad_(), b])',
          () => nested.as_nested_tensor([a.clone().requires_grad_(), b]),
        ],
        ['torch.nested.narrow(c, 0, 1, 2)', () => nested.narrow(c, 0, 1, 2)],
        ['torch.nested.narrow(c, 1, 0, 2)', () => nested.narrow(c, 1, 0, 2)],
        ['torch.nested.to_padded_tensor(n, 0.5)', () => nested.to_padded_tensor(n, 0.5)],
        ['torch.nested.to_padded_tensor(n, 0.5, (2, 5, 4))', () => nested.to_padded_tensor(n, 0.5, [2, 5, 4])],
        ['torch.nested.to_padded_tensor(n, 0.5, (2, 2, 2))', () => nested.to_padded_tensor(n, 0.5, [2, 2, 2])],
        ['n.is_nested, a.is_nested', () => [n.is_nested, a.is_nested]],
        [
          'n.size(0), n.size(2), n.size(-1), n.dim(), n.numel()',
          () => {
            return [n.size(0), n.size(2), n.size(-1), n.dim(), n.numel()]
          },
        ],
        ['n.size(1)', () => n.size(1)],
        ['n.size(3)', () => n.size(3)],
        ['n.shape', () => n.shape],
        ['n.unbind()', () => n.unbind()],
        ['n[1], n[0, 1], n[-1]', () => [n.at(1), n.at(0, 1), n.at(-1)]],
        ['n[2]', () => n.at(2)],
        ['n + n, n * 2, n.relu()', () => [n.add(n), n.mul(2), n.relu()]],
        ['n.softmax(-1)', () => n.softmax(-1)],
        ['n.transpose(1, 2)', () => n.transpose(1, 2)],
        ['n.matmul(n.transpose(1, 2))', () => n.matmul(n.transpose(1, 2))],
        ['torch.nn.functional.linear(n, a)', () => torch.nn.functional.linear(n, a)],
        ['n.to(torch.float64)', () => n.to(torch.float64)],
        [
          'grad(lambda x: torch.nested.to_padded_tensor(torch.nested.as_nested_tensor([x, b]) * 3, 0), a)',
          () => grad(x => nested.to_padded_tensor(nested.as_nested_tensor([x, b]).mul(3), 0), a),
        ],
      ],
      { inputs, setup },
    )
  })
})
