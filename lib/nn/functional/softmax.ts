import { call } from '../../_C/call.js'
import { define } from '../../_C/callable.js'
import { native } from '../../_C/native.js'
import { warn } from '../../_C/raise.js'
import * as ops from '../../_generated/ops.js'
import type { dtype } from '../../dtype.js'
import { contiguous_format } from '../../memory_format.js'
import type { Tensor } from '../../tensor.js'

/** The dimension that PyTorch once chose by itself. */
function implicitDim(name: string, ndim: number): number {
  warn(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim=X as an argument.`)
  return ndim === 0 || ndim === 1 || ndim === 3 ? 0 : 1
}

/**
 * `exp(x) / Σ exp(x)` along `dim`; computed in `dtype` where one is given. Same shape as the input.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
 */
export const softmax = define(
  'softmax',
  ['input', 'dim?', '_stacklevel?', 'dtype?'],
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: dtype | null = null): Tensor =>
    call(ops.softmax, input, dim ?? implicitDim('softmax', native.dim(input)), dtype) as Tensor,
)

/**
 * `softmax(−x)` along `dim`.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html
 */
export const softmin = define(
  'softmin',
  ['input', 'dim?', '_stacklevel?', 'dtype?'],
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: dtype | null = null): Tensor =>
    call(ops.softmax, call(ops.neg, input), dim ?? implicitDim('softmin', native.dim(input)), dtype) as Tensor,
)

/**
 * `log(softmax(x))` along `dim`, without the loss of precision.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
 */
export const log_softmax = define(
  'log_softmax',
  ['input', 'dim?', '_stacklevel?', 'dtype?'],
  (input: Tensor, dim: number | null = null, _stacklevel = 3, dtype: dtype | null = null): Tensor =>
    call(ops.log_softmax, input, dim ?? implicitDim('log_softmax', native.dim(input)), dtype) as Tensor,
)

/**
 * Samples from the Gumbel-softmax distribution of unnormalised log-probabilities (…, classes). `hard` gives one-hot samples
 * whose gradient is that of the soft ones.
 * https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gumbel_softmax.html
 */
export const gumbel_softmax = define(
  'gumbel_softmax',
  ['logits', 'tau?', 'hard?', 'eps?', 'dim?'],
  (logits: Tensor, tau = 1, hard = false, eps = 1e-10, dim = -1): Tensor => {
    if (eps !== 1e-10) warn('`eps` parameter is deprecated and has no effect.')
    const like = { memory_format: contiguous_format }
    const exponential = call(ops.exponential_, call(ops.empty_like, logits, like))
    const gumbels = call(ops.neg, call(ops.log, exponential))
    const soft = call(ops.softmax, call(ops.div, call(ops.add, logits, gumbels), tau), dim) as Tensor
    if (!hard) return soft
    const index = call(ops.argmax, soft, dim, true)
    const oneHot = call(ops.scatter_, call(ops.zeros_like, logits, like), dim, index, 1)
    // Forward this is the one-hot value; backward only `soft` has a gradient.
    return call(ops.add, call(ops.sub, oneHot, call(ops.detach, soft)), soft) as Tensor
  },
)
