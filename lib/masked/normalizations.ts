import { call } from '../_C/call.js'
import { define } from '../_C/callable.js'
import { native } from '../_C/native.js'
import * as ops from '../_generated/ops.js'
import type { dtype } from '../dtype.js'
import type { Tensor } from '../tensor.js'
import { canonicalDims, cast, checkStrided, withIdentity } from './_mask.js'
import { norm } from './reductions.js'

/** Operations along one dimension that keep the shape. */
function alongDim(
  name: string,
  identity: 'sum' | 'prod' | 'amax' | 'amin',
  compute: (kept: Tensor, dim: number, type: dtype) => unknown,
) {
  return define(
    name,
    ['input', 'dim', '*', 'dtype?', 'mask?'],
    (input: Tensor, dim: number, dtype: dtype | null = null, mask: Tensor | null = null): Tensor => {
      const [along] = canonicalDims(dim, native.dim(input))
      return compute(withIdentity(identity, name, input, mask), along ?? 0, dtype ?? input.dtype) as Tensor
    },
  )
}

/**
 * Running sum along `dim` of the elements where `mask` is true.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.cumsum.html
 */
export const cumsum = alongDim('cumsum', 'sum', (kept, dim, dtype) =>
  cast(call(ops.cumsum, kept, dim, { dtype }), dtype),
)

/**
 * Running product along `dim` of the elements where `mask` is true.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.cumprod.html
 */
export const cumprod = alongDim('cumprod', 'prod', (kept, dim, dtype) =>
  cast(call(ops.cumprod, kept, dim, { dtype }), dtype),
)

/**
 * Softmax along `dim` over the elements where `mask` is true; the others become 0.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.softmax.html
 */
export const softmax = alongDim('softmax', 'amax', (kept, dim, dtype) => call(ops.softmax, kept, dim, dtype))

/**
 * Logarithm of `softmax`.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.log_softmax.html
 */
export const log_softmax = alongDim('log_softmax', 'amax', (kept, dim, dtype) =>
  call(ops.log_softmax, kept, dim, dtype),
)

/**
 * Softmin along `dim` over the elements where `mask` is true; the others become 0.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.softmin.html
 */
export const softmin = alongDim('softmin', 'amin', (kept, dim, dtype) =>
  call(ops.softmax, call(ops.neg, kept), dim, dtype),
)

/**
 * Divides by the norm of order `ord` along `dim`, at least `eps`, of the elements where `mask` is true.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.normalize.html
 */
export const normalize = define(
  'normalize',
  ['input', 'ord', 'dim', '*', 'eps?', 'dtype?', 'mask?'],
  (
    input: Tensor,
    ord: number,
    dim: number,
    eps = 1e-12,
    dtype: dtype | null = null,
    mask: Tensor | null = null,
  ): Tensor => {
    const kept = withIdentity('sum', 'normalize', input, mask)
    const size = norm(input, ord, dim, { keepdim: true, dtype: dtype ?? input.dtype, mask })
    return call(ops.div, kept, call(ops.maximum, size, call(ops.new_full, size, [], eps))) as Tensor
  },
)

/**
 * `log(exp(input) + exp(other))`, elements whose mask is false counting as −∞.
 * https://docs.pytorch.org/docs/stable/generated/torch.masked.logaddexp.html
 */
export const logaddexp = define(
  'logaddexp',
  ['input', 'other', '*', 'dtype?', 'input_mask?', 'other_mask?'],
  (
    input: Tensor,
    other: Tensor,
    dtype: dtype | null = null,
    input_mask: Tensor | null = null,
    other_mask: Tensor | null = null,
  ): Tensor => {
    checkStrided('logaddexp', input)
    checkStrided('logaddexp', other)
    const a = withIdentity('logaddexp', 'logaddexp', input, input_mask)
    const b = withIdentity('logaddexp', 'logaddexp', other, other_mask)
    return cast(call(ops.logaddexp, a, b), dtype ?? input.dtype)
  },
)
