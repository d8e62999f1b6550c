import * as torch from 'torch-node'
import { describe, it } from 'vitest'
import { compareExpressions, freshSeed } from './expressions.js'
import { python } from './python.js'

const setup = `
x = torch.tensor(x)
scales, zeros = torch.tensor([0.1, 0.05, 0.2]), torch.tensor([3, 0, 7])
q = torch.quantize_per_tensor(x, 0.05, 60, torch.quint8)
r = torch.quantize_per_tensor(x, 0.02, 0, torch.qint8)
c = torch.quantize_per_channel(x, scales, zeros, 0, torch.qint8)
def grad(f, x):
    x = x.detach().requires_grad_()
    f(x).sum().backward()
    return x.grad
`

describe.skipIf(!python)('quantized tensors as in Python', () => {
  const seed = freshSeed()
  const inputs = { x: torch.randn(3, 8).tolist() as number[][] }
  const x = torch.tensor(inputs.x)
  const scales = torch.tensor([0.1, 0.05, 0.2])
  const zeros = torch.tensor([3n, 0n, 7n])
  const q = torch.quantize_per_tensor(x, 0.05, 60, torch.quint8)
  const r = torch.quantize_per_tensor(x, 0.02, 0, torch.qint8)
  const c = torch.quantize_per_channel(x, scales, zeros, 0, torch.qint8)
  const intZeros = zeros.to(torch.int32)
  const grad = (f: (x: torch.Tensor) => torch.Tensor) => {
    const leaf = x.detach().requires_grad_()
    f(leaf).sum().backward()
    return leaf.grad
  }

  it(`makes and prints them (seed ${seed})`, { timeout: 60_000 }, () => {
    compareExpressions(
      [
        ['q', () => q],
        ['r', () => r],
        ['c', () => c],
        [
          'torch.quantize_per_tensor(x, 0.1, 0, torch.qint32)',
          () => torch.quantize_per_tensor(x, 0.1, 0, torch.qint32),
        ],
        [
          'torch.quantize_per_tensor(x, torch.tensor(0.1), torch.tensor(4), torch.quint8)',
          () => torch.quantize_per_tensor(x, torch.tensor(0.1), torch.tensor(4n), torch.quint8),
        ],
        [
          'torch.quantize_per_tensor([x, x], torch.tensor([0.1, 0.2]), torch.tensor([0, 1]), torch.qint8)',
          () => torch.quantize_per_tensor([x, x], torch.tensor([0.1, 0.2]), torch.tensor([0n, 1n]), torch.qint8),
        ],
        [
          'torch.quantize_per_tensor_dynamic(x, torch.quint8, False)',
          () => torch.quantize_per_tensor_dynamic(x, torch.quint8, false),
        ],
        [
          'torch.quantize_per_channel(x, scales, zeros.float(), 0, torch.quint8)',
          () => torch.quantize_per_channel(x, scales, zeros.float(), 0, torch.quint8),
        ],
        [
          'torch.quantize_per_tensor(x.repeat(20, 9), 0.05, 60, torch.quint8)',
          () => torch.quantize_per_tensor(x.repeat(20, 9), 0.05, 60, torch.quint8),
        ],
        ['q.dequantize()', () => q.dequantize()],
        ['torch.dequantize([q, c])', () => torch.dequantize([q, c])],
        ['str(q.q_scale()), q.q_zero_point()', () => [`${q.q_scale()}`, q.q_zero_point()]],
        ['c.q_per_channel_scales()', () => c.q_per_channel_scales()],
        ['c.q_per_channel_zero_points()', () => c.q_per_channel_zero_points()],
        ['c.q_per_channel_axis()', () => c.q_per_channel_axis()],
        ['q.int_repr(), c.int_repr()', () => [q.int_repr(), c.int_repr()]],
        ['q.qscheme(), c.qscheme()', () => [q.qscheme(), c.qscheme()]],
        ['q.dtype, q.is_quantized, x.is_quantized', () => [q.dtype, q.is_quantized, x.is_quantized]],
        ['q.type()', () => q.type()],
        ['x.q_scale()', () => x.q_scale()],
        ['c.q_scale()', () => c.q_scale()],
        [
          'torch.quantize_per_tensor(x, 0.1, 300, torch.quint8)',
          () => torch.quantize_per_tensor(x, 0.1, 300, torch.quint8),
        ],
        ['torch.quantize_per_tensor(x, 0.1, 0, torch.int8)', () => torch.quantize_per_tensor(x, 0.1, 0, torch.int8)],
      ],
      { inputs, setup },
    )
  })

  it(`computes with them (seed ${seed})`, { timeout: 60_000 }, () => {
    const { quantized } = torch.ops
    compareExpressions(
      [
        ['torch.ops.quantized.add(q, q, 0.1, 30)', () => quantized.add!(q, q, 0.1, 30)],
        ['torch.ops.quantized.add_relu(q, q, 0.1, 30)', () => quantized.add_relu!(q, q, 0.1, 30)],
        ['torch.ops.quantized.mul(q, q, 0.2, 5)', () => quantized.mul!(q, q, 0.2, 5)],
        ['torch.ops.quantized.mul(q, 3.0)', () => quantized.mul!(q, 3)],
        [
          'torch.ops.quantized.cat([q, q], dim=1, scale=None, zero_point=None)',
          () => {
            return quantized.cat!([q, q], { dim: 1, scale: null, zero_point: null })
          },
        ],
        [
          'torch.ops.quantized.linear(q, torch.ops.quantized.linear_prepack(r, x[0, :3]), 0.1, 30)',
          () => quantized.linear!(q, quantized.linear_prepack!(r, x.at(0, torch.slice(3))), 0.1, 30),
        ],
        [
          'torch.ops.quantized.linear_unpack(torch.ops.quantized.linear_prepack(r, None))[0]',
          () => {
            return quantized.linear_unpack!<[torch.Tensor]>(quantized.linear_prepack!(r, null))[0]
          },
        ],
        [
          'torch.ops.quantized.conv2d(q.view(1, 3, 2, 4), ' +
            'torch.ops.quantized.conv2d_prepack(r.view(2, 3, 2, 2), None, [1, 1], [1, 1], [1, 1], 1), 0.1, 30)',
          () => {
            const packed = quantized.conv2d_prepack!(r.view(2, 3, 2, 2), null, [1, 1], [1, 1], [1, 1], 1)
            return quantized.conv2d!(q.view(1, 3, 2, 4), packed, 0.1, 30)
          },
        ],
        ['q.relu(), q.view(4, 6), q.t().contiguous()', () => [q.relu(), q.view(4, 6), q.t().contiguous()]],
        ['q[0], q[..., 2:5], q[1, 2], c[1]', () => [q.at(0), q.at('...', torch.slice(2, 5)), q.at(1, 2), c.at(1)]],
        ['q[1, 2].item() == q.dequantize()[1, 2].item()', () => q.at(1, 2).item() === q.dequantize().at(1, 2).item()],
        ['q.clone().copy_(x * 2)', () => q.clone().copy_(x.mul(2))],
        ['torch.equal(q, q.clone()), torch.equal(q, r)', () => [torch.equal(q, q.clone()), torch.equal(q, r)]],
        ['q.mean(), q.max(), q.min()', () => [q.mean(), q.max(), q.min()]],
        ['q == q, q < 0.3', () => [q.eq(q), q.lt(0.3)]],
        ['q.sort(1)', () => q.sort(1)],
        ['q + q', () => q.add(q)],
        ['torch.max_pool1d(q[None], 2)', () => torch.max_pool1d(q.at(null), 2)],
        [
          'torch.nn.functional.interpolate(q[None, None], scale_factor=2)',
          () => {
            return torch.nn.functional.interpolate(q.at(null, null), { scale_factor: 2 })
          },
        ],
      ],
      { inputs, setup },
    )
  })

  it(`pretends to quantize, with gradients (seed ${seed})`, { timeout: 60_000 }, () => {
    compareExpressions(
      [
        [
          'torch.fake_quantize_per_tensor_affine(x, 0.1, 3, 0, 20)',
          () => torch.fake_quantize_per_tensor_affine(x, 0.1, 3, 0, 20),
        ],
        [
          'torch.fake_quantize_per_tensor_affine(x, torch.tensor(0.1), torch.tensor(3, dtype=torch.int32), 0, 20)',
          () => {
            const zero = torch.tensor(3, { dtype: torch.int32 })
            return torch.fake_quantize_per_tensor_affine(x, torch.tensor(0.1), zero, 0, 20)
          },
        ],
        [
          'torch.fake_quantize_per_channel_affine(x, scales, zeros.int(), 0, 0, 20)',
          () => torch.fake_quantize_per_channel_affine(x, scales, intZeros, 0, 0, 20),
        ],
        [
          'grad(lambda x: torch.fake_quantize_per_tensor_affine(x, 0.1, 3, 0, 20), x)',
          () => grad(x => torch.fake_quantize_per_tensor_affine(x, 0.1, 3, 0, 20)),
        ],
        [
          'grad(lambda x: torch.fake_quantize_per_channel_affine(x, scales, zeros.int(), 0, 0, 20), x)',
          () => grad(x => torch.fake_quantize_per_channel_affine(x, scales, intZeros, 0, 0, 20)),
        ],
      ],
      { inputs, setup },
    )
  })
})
