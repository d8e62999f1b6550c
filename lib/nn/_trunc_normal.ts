import { call } from '../_C/call.js'
import { warn } from '../_C/raise.js'
import * as ops from '../_generated/ops.js'
import * as torch from '../_generated/torch.js'
import { type dtype, float64 } from '../dtype.js'
import type { Generator } from '../random.js'
import type { Tensor } from '../tensor.js'

function scalar(value: number, dtype: dtype): Tensor {
  return call(ops.full, [], value, { dtype }) as Tensor
}

function normCdf(x: number): number {
  return (1 + Number(torch.erf(scalar(x / Math.SQRT2, float64)).item())) / 2
}

/** `value` as the tensor's dtype holds it. */
function rounded(tensor: Tensor, value: number): number {
  return Number(scalar(value, tensor.dtype).item())
}

function anyTrue(mask: Tensor): boolean {
  return Boolean(mask.any().item())
}

/**
 * Fills a tensor from the normal distribution cut off at `a` and `b`, drawing in Python's order: by rejection from the
 * normal distribution where most of it is inside, otherwise from the uniform one.
 */
export function truncNormal(
  tensor: Tensor,
  mean: number,
  std: number,
  a: number,
  b: number,
  generator: Generator | null,
): void {
  if (tensor.is_meta) return
  if (mean < a - 2 * std || mean > b + 2 * std)
    warn('mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be incorrect.')
  const inside = normCdf((b - mean) / std) - normCdf((a - mean) / std)
  if (inside > 0.3) rejectNormal(tensor, mean, std, rounded(tensor, a), rounded(tensor, b), generator)
  else rejectUniform(tensor, mean, std, a, b, generator)
}

function rejectNormal(
  tensor: Tensor,
  mean: number,
  std: number,
  low: number,
  high: number,
  generator: Generator | null,
): void {
  tensor.normal_(mean, std, { generator })
  let result = tensor
  for (;;) {
    const outside = result.lt(low).logical_or(result.gt(high))
    if (!anyTrue(outside)) break
    result = torch.where(outside, torch.empty_like(result).normal_(mean, std, { generator }), result)
  }
  if (result !== tensor) tensor.copy_(result)
}

function rejectUniform(
  tensor: Tensor,
  mean: number,
  std: number,
  a: number,
  b: number,
  generator: Generator | null,
): void {
  const mode = Math.max(a, Math.min(mean, b))
  const peak = -0.5 * ((mode - mean) / std) ** 2
  const candidates = torch.empty_like(tensor)
  const accept = torch.empty_like(tensor)
  const draw = (): Tensor => accept.uniform_({ generator }).log_().gt(candidates)
  const toLogDensity = (): Tensor => candidates.sub_(mean).div_(std).pow_(2).mul_(-0.5).sub_(peak)

  tensor.uniform_(a, b, { generator })
  candidates.copy_(tensor)
  toLogDensity()
  let pending = draw()
  if (!anyTrue(pending)) return
  let result = tensor
  do {
    candidates.uniform_(a, b, { generator })
    result = torch.where(pending, candidates, result)
    toLogDensity()
    pending = torch.where(pending, draw(), pending)
  } while (anyTrue(pending))
  tensor.copy_(result)
}
