import * as torch from 'torch-node'
import { describe, it } from 'vitest'
import { compareExpressions, freshSeed, type Pair } from './expressions.js'
import { python } from './python.js'

const { sparse } = torch

/** A random matrix with few elements that are not 0, as nested lists. */
function draw(rows: number, columns: number): number[][] {
  const zero = torch.rand(rows, columns).gt(0.4)
  return torch.randn([rows, columns], { dtype: torch.float64 }).masked_fill(zero, 0).tolist() as number[][]
}

const setup = `
a, b, w = (torch.tensor(each, dtype=torch.float64) for each in (a, b, w))
s, t = a.to_sparse(), b.to_sparse()
layouts = dict(csr=a.to_sparse_csr(), csc=a.to_sparse_csc(), bsr=a.to_sparse_bsr((2, 3)), bsc=a.to_sparse_bsc((2, 3)))
def grad(f, x):
    x = x.detach().requires_grad_()
    f(x).backward()
    return x.grad
`

describe.skipIf(!python)('sparse tensors as in Python', () => {
  const seed = freshSeed()
  const inputs = { a: draw(4, 6), b: draw(4, 6), w: draw(6, 4) }
  const [a, b, w] = [inputs.a, inputs.b, inputs.w].map(each => torch.tensor(each, { dtype: torch.float64 })) as [
    torch.Tensor,
    torch.Tensor,
    torch.Tensor,
  ]
  const [s, t] = [a.to_sparse(), b.to_sparse()]
  const layouts = {
    csr: a.to_sparse_csr(),
    csc: a.to_sparse_csc(),
    bsr: a.to_sparse_bsr([2, 3]),
    bsc: a.to_sparse_bsc([2, 3]),
  }
  const names = ['csr', 'csc', 'bsr', 'bsc'] as const
  const grad = (f: (x: torch.Tensor) => torch.Tensor, x: torch.Tensor) => {
    const leaf = x.detach().requires_grad_()
    f(leaf).backward()
    return leaf.grad
  }
  const compare = (pairs: readonly Pair[]) => compareExpressions(pairs, { inputs, setup })

  it(`makes them, from lists too (seed ${seed})`, { timeout: 60_000 }, () => {
    const f64 = { dtype: torch.float64 }
    compare([
      [
        'torch.sparse_coo_tensor([[0, 1], [2, 0]], [3., 4.], [2, 3])',
        () =>
          torch.sparse_coo_tensor(
            [
              [0, 1],
              [2, 0],
            ],
            [3, 4],
            [2, 3],
          ),
      ],
      [
        'torch.sparse_coo_tensor([[0, 0]], [[3., 4.], [5., 6.]])',
        () =>
          torch.sparse_coo_tensor(
            [[0, 0]],
            [
              [3, 4],
              [5, 6],
            ],
          ),
      ],
      [
        'torch.sparse_coo_tensor(indices=[[0, 1]], values=[3., 4.], size=(5,), dtype=torch.float64, requires_grad=True)',
        () => torch.sparse_coo_tensor({ indices: [[0, 1]], values: [3, 4], size: [5], requires_grad: true, ...f64 }),
      ],
      ['torch.sparse_coo_tensor((2, 3), dtype=torch.float64)', () => torch.sparse_coo_tensor([2, 3], f64)],
      [
        "torch.sparse_coo_tensor([[0, 1]], [3., 4.], [2], device='meta')",
        () => torch.sparse_coo_tensor([[0, 1]], [3, 4], [2], { device: 'meta' }),
      ],
      [
        'torch.sparse_coo_tensor([[0, 1]], [3., 4.], [2], is_coalesced=True).is_coalesced()',
        () => torch.sparse_coo_tensor([[0, 1]], [3, 4], [2], { is_coalesced: true }).is_coalesced(),
      ],
      [
        'torch.sparse_coo_tensor([[0, 1]], a[0, :2].requires_grad_())',
        () => torch.sparse_coo_tensor([[0, 1]], a.at(0, torch.slice(2)).requires_grad_()),
      ],
      ['torch.sparse_coo_tensor([[0, 5]], [3., 4.], [2])', () => torch.sparse_coo_tensor([[0, 5]], [3, 4], [2])],
      [
        'torch.sparse_coo_tensor([[0, -1]], [3., 4.], [2], check_invariants=True)',
        () => torch.sparse_coo_tensor([[0, -1]], [3, 4], [2], { check_invariants: true }),
      ],
      [
        'torch.sparse_coo_tensor([[0, 5]], [3., 4.], [2], check_invariants=False)',
        () => torch.sparse_coo_tensor([[0, 5]], [3, 4], [2], { check_invariants: false }),
      ],
      [
        'torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1., 2.])',
        () => torch.sparse_csr_tensor([0, 1, 2], [0, 1], [1, 2]),
      ],
      [
        'torch.sparse_csr_tensor(torch.tensor([0, 1, 2], dtype=torch.int32), torch.tensor([0, 1], dtype=torch.int32), [1., 2.]).crow_indices()',
        () => {
          const int = { dtype: torch.int32 }
          return torch.sparse_csr_tensor(torch.tensor([0, 1, 2], int), torch.tensor([0, 1], int), [1, 2]).crow_indices()
        },
      ],
      [
        'torch.sparse_csc_tensor([0, 1, 2], [0, 1], [1., 2.], (3, 2), dtype=torch.float64, requires_grad=True)',
        () => torch.sparse_csc_tensor([0, 1, 2], [0, 1], [1, 2], [3, 2], { requires_grad: true, ...f64 }),
      ],
      [
        'torch.sparse_bsr_tensor([0, 1, 2], [0, 1], a.reshape(2, 3, 4))',
        () => torch.sparse_bsr_tensor([0, 1, 2], [0, 1], a.reshape(2, 3, 4)),
      ],
      [
        'torch.sparse_bsc_tensor([0, 1, 2], [0, 1], a.reshape(2, 3, 4))',
        () => torch.sparse_bsc_tensor([0, 1, 2], [0, 1], a.reshape(2, 3, 4)),
      ],
      [
        'torch.sparse_compressed_tensor([0, 1, 2], [0, 1], [1., 2.], layout=torch.sparse_csc)',
        () => torch.sparse_compressed_tensor([0, 1, 2], [0, 1], [1, 2], { layout: torch.sparse_csc }),
      ],
      [
        'torch.sparse_compressed_tensor([0, 1, 2], [0, 1], [1., 2.])',
        () => torch.sparse_compressed_tensor([0, 1, 2], [0, 1], [1, 2]),
      ],
      [
        'torch.sparse_csr_tensor([0, 1, 2], [0, 5], [1., 2.], (2, 2))',
        () => torch.sparse_csr_tensor([0, 1, 2], [0, 5], [1, 2], [2, 2]),
      ],
      [
        'torch.sparse.spdiags(a[:2, :3], torch.tensor([0, 1]), (3, 3), layout=torch.sparse_csr)',
        () =>
          sparse.spdiags(a.at(torch.slice(2), torch.slice(3)), torch.tensor([0n, 1n]), [3, 3], {
            layout: torch.sparse_csr,
          }),
      ],
      ['torch.zeros(2, 3, layout=torch.sparse_coo)', () => torch.zeros(2, 3, { layout: torch.sparse_coo })],
      ['torch.zeros(2, 3, layout=torch.sparse_csr)', () => torch.zeros(2, 3, { layout: torch.sparse_csr })],
    ])
  })

  it(`turns them into each other (seed ${seed})`, { timeout: 60_000 }, () => {
    const shared: Pair[] = [
      ['s', () => s],
      ['a.to_sparse(1)', () => a.to_sparse(1)],
      [
        'a.to_sparse(layout=torch.sparse_bsr, blocksize=(2, 2))',
        () => a.to_sparse({ layout: torch.sparse_bsr, blocksize: [2, 2] }),
      ],
      ['s.to_dense()', () => s.to_dense()],
      ['s.to(torch.float32)', () => s.to(torch.float32)],
      ['s.to_sparse_csr()', () => s.to_sparse_csr()],
      ['torch.rand(0, 3).to_sparse()', () => torch.rand(0, 3).to_sparse()],
      ['a.sparse_mask(t)', () => a.sparse_mask(t)],
      ['s.clone().sparse_resize_((7, 8), 2, 0)', () => s.clone().sparse_resize_([7, 8], 2, 0)],
      ['s.clone().sparse_resize_and_clear_((3,), 1, 0)', () => s.clone().sparse_resize_and_clear_([3], 1, 0)],
      ['torch.cat([s, t])', () => torch.cat([s, t])],
      ['torch.cat([s, t]).is_coalesced()', () => torch.cat([s, t]).is_coalesced()],
      ['torch.stack([s, t]).coalesce()', () => torch.stack([s, t]).coalesce()],
      [
        'torch.sparse_coo_tensor([[1, 0, 1]], [1., 2., 3.]).coalesce()',
        () => torch.sparse_coo_tensor([[1, 0, 1]], [1, 2, 3]).coalesce(),
      ],
      [
        'torch.sparse_coo_tensor([[1, 1]], [1., 2.]).indices()',
        () => torch.sparse_coo_tensor([[1, 1]], [1, 2]).indices(),
      ],
      ['s.indices(), s.values(), s._nnz(), s.sparse_dim()', () => [s.indices(), s.values(), s._nnz(), s.sparse_dim()]],
      ['s.type()', () => s.type()],
      ['s.nbytes', () => s.nbytes],
      ['s.transpose(0, 1)', () => s.transpose(0, 1)],
      ['s[1]', () => s.at(1)],
      ['s.is_sparse, s.is_sparse_csr, s.layout', () => [s.is_sparse, s.is_sparse_csr, s.layout]],
    ]
    for (const name of names) {
      const made = layouts[name]
      shared.push(
        [`layouts['${name}']`, () => made],
        [`layouts['${name}'].to_dense()`, () => made.to_dense()],
        [`layouts['${name}'].to_sparse()`, () => made.to_sparse()],
        [`layouts['${name}'].to_sparse_csr()`, () => made.to_sparse_csr()],
        [`layouts['${name}'].values()`, () => made.values()],
        [`layouts['${name}'].clone().requires_grad_()`, () => made.clone().requires_grad_()],
      )
    }
    compare(shared)
  })

  it(`computes with them (seed ${seed})`, { timeout: 60_000 }, () => {
    compare([
      ['s + t', () => s.add(t)],
      ['s * t', () => s.mul(t)],
      ['s * 2', () => s.mul(2)],
      ['s.add(t, alpha=3).coalesce()', () => s.add(t, { alpha: 3 }).coalesce()],
      ['torch.sparse.mm(s, w)', () => sparse.mm(s, w)],
      ['torch.sparse.mm(s, w.to_sparse())', () => sparse.mm(s, w.to_sparse())],
      ["torch.sparse.mm(layouts['csr'], w)", () => sparse.mm(layouts.csr, w)],
      ["torch.sparse.mm(layouts['csr'], w, 'mean')", () => sparse.mm(layouts.csr, w, 'mean')],
      ['s @ w[:, 0]', () => s.matmul(w.at('...', 0))],
      [
        'torch.sparse.addmm(a @ w, s, w, beta=2, alpha=3)',
        () => sparse.addmm(a.matmul(w), s, w, { beta: 2, alpha: 3 }),
      ],
      [
        "torch.sparse.sampled_addmm(layouts['csr'], b @ w, a, beta=0.5)",
        () => sparse.sampled_addmm(layouts.csr, b.matmul(w), a, { beta: 0.5 }),
      ],
      ['torch.sparse.sum(s)', () => sparse.sum(s)],
      ['torch.sparse.sum(s, 0)', () => sparse.sum(s, 0)],
      ['torch.sparse.sum(s, [0, 1])', () => sparse.sum(s, [0, 1])],
      ['torch.sparse.sum(s, 1, dtype=torch.float32)', () => sparse.sum(s, 1, { dtype: torch.float32 })],
      ['torch.sparse.softmax(s, 1)', () => sparse.softmax(s, 1)],
      ['torch.sparse.log_softmax(s, 0, dtype=torch.float32)', () => sparse.log_softmax(s, 0, { dtype: torch.float32 })],
      ['grad(lambda x: torch.sparse.mm(x, w).sum(), s)', () => grad(x => sparse.mm(x, w).sum(), s)],
      ['grad(lambda x: torch.sparse.mm(s, x).sum(), w)', () => grad(x => sparse.mm(s, x).sum(), w)],
      [
        'grad(lambda x: torch.sparse.sum(x, 0).to_dense().sum(), s)',
        () => grad(x => sparse.sum(x, 0).to_dense().sum(), s),
      ],
      ["grad(lambda x: (x @ w).sum(), layouts['csr'])", () => grad(x => x.matmul(w).sum(), layouts.csr)],
      ['torch.equal(s, t)', () => torch.equal(s, t)],
      ['s.sqrt(), s.neg(), s.abs().sum()', () => [s.sqrt(), s.neg(), s.abs().sum()]],
    ])
  })
})
